/// What an option can do when a settings file gives it, which decides where it may stand.
enum SettingReach: Sendable {
  /// It chooses, narrows or shows; any file may have it.
  case harmless
  /// It names a file, which has to lie in the folder of a settings file that is not trusted.
  case path
  /// It says where secrets are: `NAME=REF`.
  case reference
  /// It decides where credentials go.
  case server
  /// It weakens a guard when it is on.
  case looseningFlag
  /// It weakens a guard unless it is at least as strict as the default.
  case bound(@Sendable (String) -> Bool)
  /// It decides for the user, whatever its value is.
  case decision
  /// It can only be typed.
  case typed

  /// Every long option of the program.
  ///
  /// A new option belongs here: until it does, no file beside a script may have it.
  static let all: [String: SettingReach] = [
    // Only typed: all that lets a guard pass, or is a command in itself.
    "help": .typed, "version": .typed, "yes": .typed, "apply": .typed, "take-over": .typed,
    "script-limit": .typed, "accept-drift": .typed, "accept-expired": .typed,
    "accept-irreversible": .typed, "accept-readable-secret-files": .typed,
    "accept-silent-alerts": .typed, "list": .typed, "revoke": .typed,
    // Where credentials and requests go.
    "base-url": .server, "allow-http": .server, "profile": .server,
    // What runs or reads.
    "secret": .reference, "escrow": .reference,
    "params-file": .path, "targets": .path, "world": .path, "out": .path, "faults": .path,
    "request-log": .path, "tasks": .path,
    // Guards.
    "allow-empty": .looseningFlag, "allow-unknown-fields": .looseningFlag,
    "max-failures": .bound(FailureLimit.isWithinStandard),
    "settle": .bound { Delay(argument: $0).map { $0.milliseconds >= 5000 } ?? true },
    "expires": .bound { Span(argument: $0).map { $0.seconds <= 86_400 } ?? true },
    "older-than": .bound { Span(argument: $0).map { $0.seconds >= 30 * 86_400 } ?? true },
    "as": .decision, "operation": .decision, "retry": .decision,
    // The rest.
    "param": .harmless, "project": .harmless, "org": .harmless, "tag": .harmless,
    "has": .harmless, "exclude": .harmless, "limit": .harmless, "group": .harmless,
    "where-tail": .harmless, "without-secrets": .harmless, "rewrite-secrets": .harmless,
    "parallelism": .harmless, "deadline": .harmless, "simulator": .harmless,
    "output": .harmless, "log-format": .harmless, "no-color": .harmless,
    "detailed-exitcode": .harmless, "projects": .harmless, "seed": .harmless,
    "port": .harmless, "latency": .harmless, "fail-rate": .harmless, "fault": .harmless,
    "token-lifetime": .harmless,
  ]

  /// Why a value may not come from a file that is not trusted.
  ///
  /// - Parameters:
  ///   - option: the long option.
  ///   - value: the value, as it would be typed.
  ///   - folder: the folder of the file.
  /// - Returns: a phrase that follows the name of the option; `nil` if the value is taken.
  static func concern(_ option: String, _ value: String, in folder: FolderBorder) -> String? {
    switch all[option] {
    case .harmless: nil
    case .path: value == "-" || folder.holds(value) ? nil : "names a file outside its folder"
    case .reference: concern(ofReference: value, in: folder)
    case .server: "decides where credentials go"
    case .looseningFlag: isFalse(value) ? nil : "weakens a guard"
    case .bound(let isStrict): isStrict(value) ? nil : "weakens a guard"
    case .decision, .typed: "decides something that is for you to type"
    case nil: "is not known to be harmless"
    }
  }

  private static func isFalse(_ value: String) -> Bool {
    ["false", "0", "no", "off"].contains(value.lowercased())
  }

  private static func concern(ofReference text: String, in folder: FolderBorder) -> String? {
    let reference = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).last
    let parts = (reference ?? "").split(
      separator: ":",
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    // What is no reference is refused where references are read, without being shown.
    guard parts.count == 2, let kind = SecretReader.Kind(rawValue: String(parts[0])) else {
      return nil
    }
    let rest = String(parts[1])
    switch kind {
    case .cmd: return "runs a command"
    case .file: return folder.holds(rest) ? nil : "reads a file outside its folder"
    case .csv:
      let path = rest.lastIndex(of: "#").map { String(rest[..<$0]) } ?? rest
      return folder.holds(path) ? nil : "reads a file outside its folder"
    case .env: return isCredential(rest) ? "reads credentials of Atlas or a key of godwit" : nil
    case .fake: return nil
    }
  }

  private static func isCredential(_ variable: String) -> Bool {
    let name = variable.uppercased()
    return ["MONGODB_ATLAS_", "MCLI_", "GODWIT_"].contains { name.hasPrefix($0) }
  }
}
