import ArgumentParser
import Foundation
import GodwitCore

/// Puts what variables and `godwit.toml` say into the arguments of a command.
///
/// What is typed is strongest, then `GODWIT_…`, then the file beside the script, then the user's
/// own. The strongest place that has an option gives it whole; of options that take `NAME=VALUE`
/// each name counts for itself.
struct Settings {
  /// An option that was not typed, and where it comes from.
  struct Addition: Equatable {
    var option: String
    var arguments: [String]
    /// The variable or file.
    var origin: String
  }

  /// Options that take `NAME=VALUE`, and what they are called as settings of scripts in general,
  /// of which a script takes those that it knows.
  static let presets = ["param": "preset-param", "secret": "preset-secret"]

  private static let prefix = "GODWIT_"
  /// Variables of other programs that are stronger than a file.
  private static let twins: [String: [String]] = [
    "base-url": ["MONGODB_ATLAS_BASE_URL", "MCLI_OPS_MANAGER_URL"],
    "org": ["MONGODB_ATLAS_ORG_ID"], "no-color": ["NO_COLOR"],
  ]
  /// Where a run goes is in the run.
  private static let whereTo: Set<String> = ["simulator", "world", "base-url"]
  private static let rivals: [Set<String>] = [["simulator", "world"], ["base-url", "profile"]]

  /// One place that settings come from.
  private struct Place {
    var name: (String) -> String
    var values: [String: [String]]
    var isFile = true
    /// Judges the values of a file that may have come with a script.
    var trust: SettingsTrust?
  }

  /// The environment.
  var environment: [String: String]
  /// What the program takes.
  var program: CommandShape

  /// The files that settings may be in for a command line, strongest first.
  ///
  /// One that lies in the user's configuration folder is the user's own, also beside a script.
  func files(for arguments: TypedArguments) -> [(path: String, isOwn: Bool)] {
    let folder = arguments.scriptFolder
    let beside = folder == "." ? SettingsFile.name : folder + "/" + SettingsFile.name
    guard let own = ConfigurationFolders(environment: environment).settingsFile else {
      return [(beside, false)]
    }
    let isSame = FolderBorder.canonical(beside) == FolderBorder.canonical(own)
    // A file must not stand in the way of the command that judges files.
    let isJudging = arguments.path.first == TrustCommand.configuration.commandName
    return (isSame || isJudging ? [] : [(beside, false)]) + [(own, true)]
  }

  /// What is to be added to the arguments.
  ///
  /// - Throws: `Diagnostic` for a variable or key that is not understood, and for a setting beside a
  ///   script that needs the user's trust and does not have it.
  func additions(to arguments: [String]) throws -> [Addition] {
    let typed = TypedArguments(arguments, of: program)
    guard !typed.asksForHelp else { return [] }
    var places = [try variables()]
    for (path, isOwn) in files(for: typed) {
      guard let file = try SettingsFile.read(path, of: program) else { continue }
      var place = Place(name: { _ in path }, values: file.values)
      if !isOwn {
        let trust = SettingsTrust(file, environment: environment)
        // Where credentials go is not left to whether this command happens to ask.
        for (key, values) in file.values.sorted(by: { $0.key < $1.key }) {
          if case .server = SettingReach.all[key] { try trust.check(key, values) }
        }
        place.trust = trust
      }
      places.append(place)
    }
    return try additions(typed, places)
  }

  private func additions(_ typed: TypedArguments, _ places: [Place]) throws -> [Addition] {
    var present = typed.typed
    var result: [Addition] = []
    for place in places {
      let before = present
      for (key, values) in place.values.sorted(by: { $0.key < $1.key }) {
        guard let option = typed.command.option(key), isWanted(key, typed, place, before) else {
          continue
        }
        let addition = Addition(option: key, arguments: [], origin: place.name(key))
        if Self.takesNames(key) {
          let taken = typed.typedNames[key] ?? []
          let fresh = values.filter { value in
            !taken.contains(String(value.prefix { $0 != "=" }))
              && !result.contains { $0.option == key && Self.name(of: $0) == Self.name(value) }
          }
          try place.trust?.check(key, fresh)
          let flag = Self.presets[key] ?? key
          result += fresh.map { value in
            var addition = addition
            addition.arguments = ["--\(flag)=\(value)"]
            return addition
          }
        } else if !before.contains(key) {
          present.insert(key)
          try place.trust?.check(key, values)
          var addition = addition
          addition.arguments = try Self.words(option, values, from: addition.origin)
          if !addition.arguments.isEmpty { result.append(addition) }
        }
      }
    }
    return result
  }

  /// Whether an option of a place is wanted for a command.
  private func isWanted(
    _ key: String,
    _ typed: TypedArguments,
    _ place: Place,
    _ stronger: Set<String>
  ) -> Bool {
    if typed.isAboutRun {
      if Self.whereTo.contains(key) { return false }
      // What only a plan takes is in the run already.
      let plan = program.subcommands.first { $0.name == "plan" }
      let resume = program.subcommands.first { $0.name == "resume" }
      if plan?.option(key) != nil, resume?.option(key) == nil { return false }
    }
    if place.isFile {
      if (Self.twins[key] ?? []).contains(where: { environment[$0]?.isEmpty == false }) {
        return false
      }
      let isProfileBeaten =
        key == "profile" && !CredentialSource(environment: environment).isEmpty
      if isProfileBeaten { return false }
    }
    for (index, rivals) in Self.rivals.enumerated() where rivals.contains(key) {
      if !stronger.isDisjoint(with: Self.rivals[1 - index]) { return false }
    }
    return true
  }

  private static func takesNames(_ key: String) -> Bool {
    presets[key] != nil || key == "escrow"
  }

  private static func name(_ value: String) -> Substring { value.prefix { $0 != "=" } }

  /// The name that an addition of `NAME=VALUE` is for.
  private static func name(of addition: Addition) -> Substring? {
    addition.arguments.first.flatMap { argument in
      argument.firstIndex(of: "=").map { name(String(argument[argument.index(after: $0)...])) }
    }
  }

  /// An option as it would be typed.
  private static func words(
    _ option: CommandShape.Option,
    _ values: [String],
    from origin: String
  ) throws -> [String] {
    guard option.takesValue else {
      switch values.first?.lowercased() {
      case "true", "1", "yes", "on": return ["--\(option.name)"]
      case "false", "0", "no", "off": return []
      default:
        throw Diagnostic("\(origin): \(option.name) takes true or false")
      }
    }
    guard values.count == 1 || option.isRepeating else {
      throw Diagnostic("\(origin): \(option.name) takes one value")
    }
    return values.map { "--\(option.name)=\($0)" }
  }

  // MARK: - Variables

  /// The variable of an option.
  static func variable(of option: String) -> String {
    prefix + option.uppercased().replacing("-", with: "_")
  }

  /// The options that variables give; of repeatable ones each line is a value.
  private func variables() throws -> Place {
    let names = Dictionary(
      uniqueKeysWithValues: program.settingNames.map { (Self.variable(of: $0), $0) }
    )
    var values: [String: [String]] = [:]
    for (variable, text) in environment.sorted(by: { $0.key < $1.key })
    where variable.hasPrefix(Self.prefix) && !text.isEmpty {
      // Those of the tests' own are no settings, and only debug builds heed them.
      if variable.hasPrefix(Self.prefix + "TEST_") || variable == PlanKeys.variable { continue }
      guard let name = names[variable] else { throw Self.unknown(variable, names) }
      values[name] = text.split(separator: "\n").map(String.init)
    }
    return Place(name: { Self.variable(of: $0) }, values: values, isFile: false)
  }

  private static func unknown(_ variable: String, _ names: [String: String]) -> Diagnostic {
    let option = variable.dropFirst(prefix.count).lowercased().replacing("_", with: "-")
    if CommandShape.isForTyping(option) {
      return Diagnostic(
        "\(variable) is set, and --\(option) has no variable",
        advice: "unset it, and type --\(option) where you mean it"
      )
    }
    let nearest = Suggestion.nearest(to: variable, in: names.keys.sorted())
    return Diagnostic(
      "unknown variable \(variable)",
      advice: nearest.map { "did you mean \($0)?" }
        ?? "variables are \(prefix) and a long option of `godwit COMMAND --help`; unset it"
    )
  }
}
