import Foundation
import GodwitCore

/// Resolves references to secrets: `env:`, `file:`, `cmd:`, `csv:` and, for the simulator, `fake:`.
struct SecretReader {
  /// The environment.
  var environment = ProcessInfo.processInfo.environment
  /// The id of the simulator's world; `nil` against Atlas.
  var worldID: String?
  /// Whether files that others can read are taken.
  var acceptsReadableFiles: Bool

  /// Where a secret can be.
  enum Kind: String, CaseIterable {
    case env, file, cmd, csv, fake
  }

  /// What is behind a reference.
  enum Contents {
    /// One value for all projects.
    case value(SecretValue)
    /// A value for each project.
    case table(ProjectSecretTable)
  }

  /// What is behind a reference.
  ///
  /// - Throws: `Diagnostic` that names the secret and never shows what may be its value.
  func contents(of name: String, at reference: String) throws -> Contents {
    let (kind, rest) = try Self.parts(of: reference, name: name)
    let value: SecretValue
    switch kind {
    case .env: value = try fromEnvironment(name, rest)
    case .file: value = try fromFile(name, rest)
    case .cmd: value = try fromCommand(name, rest)
    case .csv: return .table(try fromTable(name, rest))
    case .fake: value = try fake(name, rest)
    }
    guard !value.isEmpty else { throw Diagnostic("secret \(name): \(kind):\(rest) is empty") }
    if let defect = value.defect {
      throw Diagnostic(
        "secret \(name): what is at \(kind):\(rest) \(defect.words)",
        advice: defect.advice
      )
    }
    return .value(value)
  }

  /// The one value behind a reference.
  ///
  /// - Throws: `Diagnostic`, also for a reference that has a value for each project.
  func value(of name: String, at reference: String) throws -> SecretValue {
    guard case .value(let value) = try contents(of: name, at: reference) else {
      throw Diagnostic(
        "secret \(name): one value is needed here, and csv: has one for each project",
        advice: "give another reference, such as env:VARIABLE"
      )
    }
    return value
  }

  /// Takes a reference apart.
  ///
  /// - Throws: `Diagnostic` for what is no reference; it may be the secret itself, and is not shown.
  static func parts(of reference: String, name: String) throws -> (kind: Kind, rest: String) {
    let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else {
      throw Diagnostic(
        "secret \(name): this is not a reference to a secret",
        advice: "write env:VARIABLE, file:PATH, cmd:COMMAND, csv:FILE#COLUMN or, with --simulator,"
          + " fake:hex32"
      )
    }
    return (kind, String(parts[1]))
  }

  /// Whether a reference has a command run.
  static func isCommand(_ reference: String) -> Bool { reference.hasPrefix("cmd:") }

  private func fromEnvironment(_ name: String, _ variable: String) throws -> SecretValue {
    guard let text = environment[variable] else {
      throw Diagnostic(
        "secret \(name): the environment variable \(variable) is not set",
        advice: "export it, or give another reference"
      )
    }
    return SecretValue(text)
  }

  private func fromFile(_ name: String, _ path: String) throws -> SecretValue {
    let bytes = try SecretFile.contents(
      of: path,
      for: name,
      acceptsReadable: acceptsReadableFiles
    )
    return SecretValue(SecretFile.withoutFinalLineEnd(bytes))
  }

  private func fromCommand(_ name: String, _ command: String) throws -> SecretValue {
    do throws(SecretCommand.Failure) {
      let bytes = try SecretCommand(command: command).output()
      return SecretValue(SecretFile.withoutFinalLineEnd(bytes))
    } catch {
      throw Diagnostic("secret \(name): \(error.reason)", advice: error.advice)
    }
  }

  private func fromTable(_ name: String, _ place: String) throws -> ProjectSecretTable {
    guard let mark = place.lastIndex(of: "#"), mark > place.startIndex,
      place.index(after: mark) < place.endIndex
    else {
      throw Diagnostic(
        "secret \(name): csv: takes FILE#COLUMN",
        advice: "for example csv:keys.csv#apiKey"
      )
    }
    let path = String(place[..<mark])
    let bytes = try SecretFile.contents(
      of: path,
      for: name,
      limit: SecretFile.longestTable,
      acceptsReadable: acceptsReadableFiles
    )
    return try ProjectSecretTable(
      bytes,
      file: path,
      column: String(place[place.index(after: mark)...]),
      name: name
    )
  }

  private func fake(_ name: String, _ form: String) throws -> SecretValue {
    guard let worldID else {
      throw Diagnostic(
        "secret \(name): fake: references are for the simulator only",
        advice: "add --simulator, or give a real reference such as env:VARIABLE"
      )
    }
    // The same world and name give the same value to plan, apply and the next plan.
    let digits = SecretValue("\(name)\u{0}\(form)").keyedHash(key: Array(worldID.utf8))
    switch form {
    case "hex32": return SecretValue(String(digits.prefix(32)))
    case "uuid":
      let text = Array(digits)
      let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }
      return SecretValue(groups.joined(separator: "-"))
    case "url": return SecretValue("https://hooks.example.com/services/\(digits.prefix(24))")
    default:
      throw Diagnostic(
        "secret \(name): unknown form fake:\(form)",
        advice: Suggestion.advice(for: form, in: ["hex32", "uuid", "url"])
      )
    }
  }
}
