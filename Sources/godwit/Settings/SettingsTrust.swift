import Foundation
import GodwitCore

/// Judges what a settings file beside a script says: what it may say by itself, and what the user has
/// to trust it for.
struct SettingsTrust {
  /// A setting that needs trust.
  struct Concern: Hashable {
    /// The line of the file that it stands on, from 1 on.
    var line: Int?
    /// The key, for example `secret.apiKey`.
    var key: String
    /// The long option.
    var option: String
    /// The value, shortened; `nil` where showing it would help nobody.
    var value: String?
    /// What it does, as a phrase.
    var effect: String

    /// The setting and what it does, for people.
    var words: String {
      let place = line.map { "line \($0): " } ?? ""
      return place + key + (value.map { " = \"\($0)\"" } ?? "") + " " + effect
    }
  }

  /// The file.
  let file: SettingsFile
  private let border: FolderBorder
  private let store: TrustStore

  /// Takes a file and the user's environment.
  init(_ file: SettingsFile, environment: [String: String]) {
    self.file = file
    let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
    border = FolderBorder(folder, home: environment["HOME"])
    store = TrustStore(environment: environment)
  }

  /// All settings of the file that need trust, in the order of its lines.
  var concerns: [Concern] {
    file.values.flatMap { option, values in values.compactMap { concern(option, $0) } }
      .sorted { ($0.line ?? 0, $0.key) < ($1.line ?? 0, $1.key) }
  }

  /// Checks values that a command would take from the file.
  ///
  /// - Throws: `Diagnostic` for one that needs trust, if the user has not trusted the file as it is.
  func check(_ option: String, _ values: [String]) throws {
    guard values.contains(where: { SettingReach.concern(option, $0, in: border) != nil }),
      let concern = values.lazy.compactMap({ self.concern(option, $0) }).first
    else { return }
    let problem: String
    switch try file.entry.map(store.standing) ?? .unknown {
    case .trusted: return
    case .changed: problem = "it has changed since you trusted it"
    case .unknown: problem = "you have not trusted this file"
    }
    let place = concern.line.map { "\(file.path), line \($0)" } ?? file.path
    let value = concern.value.map { " = \"\($0)\"" } ?? ""
    throw Diagnostic(
      "\(place): \(concern.key)\(value) \(concern.effect), and \(problem)",
      advice: "read the file, then type `\(Self.command(for: file.path))`; or type "
        + "\(Self.typed(concern)) yourself"
    )
  }

  /// The command that trusts a file.
  static func command(for path: String) -> String {
    path == SettingsFile.name ? "godwit trust" : "godwit trust \(Shell.quoted(path))"
  }

  private static func typed(_ concern: Concern) -> String {
    let hasName = concern.key != concern.option
    let name = hasName ? String(concern.key.dropFirst(concern.option.count + 1)) : ""
    return "--\(concern.option)" + (hasName ? " \(Shell.quoted(name + "=REF"))" : "")
  }

  private func concern(_ option: String, _ value: String) -> Concern? {
    guard let effect = SettingReach.concern(option, value, in: border) else { return nil }
    var key = option
    var shown: String? = value
    switch SettingReach.all[option] {
    case .reference:
      let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      key += ".\(parts[0])"
      shown = parts.count > 1 ? String(parts[1]) : nil
    // A URL may hold a password.
    case .server: shown = nil
    default: break
    }
    return Concern(
      line: file.line(of: option, value),
      key: key,
      option: option,
      value: shown.map { $0.count > 200 ? $0.prefix(200) + "…" : $0 },
      effect: effect
    )
  }
}
