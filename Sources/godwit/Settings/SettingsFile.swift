import Foundation
import GodwitCore
import TOMLKit

/// A `godwit.toml`: long options by name, without the dashes.
struct SettingsFile {
  /// Where it is.
  var path: String
  /// The values by name of the option; flags have `true` or `false`.
  var values: [String: [String]]

  /// Keys that decide where credentials go, which a file that came with a script must not.
  static let ownKeys: Set<String> = ["base-url", "allow-http", "profile"]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - program: whose options its keys are.
  ///   - isOwn: whether it is the user's own and not one beside a script.
  /// - Returns: `nil` if there is no file.
  /// - Throws: `Diagnostic` with the key or line that is wrong.
  static func read(_ path: String, of program: CommandShape, isOwn: Bool) throws -> SettingsFile? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let data = try InputFile.contents(of: path, called: "settings file")
    try checkIsClosed(path)
    let table: TOMLTable
    do {
      table = try TOMLTable(string: String(decoding: data, as: UTF8.self))
    } catch let error as TOMLParseError {
      throw Diagnostic(
        "\(path), line \(error.source.begin.line): not TOML",
        detail: error.description
      )
    }
    let names = program.settingNames
    var values: [String: [String]] = [:]
    for (key, value) in table {
      guard names.contains(key) else { throw unknown(key, names, path) }
      guard isOwn || !ownKeys.contains(key) else {
        throw Diagnostic(
          "\(path): \(key) decides where credentials go, and may not stand beside a script",
          advice: "put it into your own settings, or type --\(key)"
        )
      }
      values[key] = try texts(value, key: key, path: path)
    }
    return SettingsFile(path: path, values: values)
  }

  /// Whoever can write the file can have commands run: `secret` takes `cmd:`.
  private static func checkIsClosed(_ path: String) throws {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
    guard mode & 0o002 == 0 else {
      throw Diagnostic(
        "\(path): everybody can write it (mode \(String(mode, radix: 8)))",
        advice: "chmod o-w it"
      )
    }
  }

  private static func unknown(_ key: String, _ names: [String], _ path: String) -> Diagnostic {
    if CommandShape.isForTyping(key) {
      return Diagnostic("\(path): \(key) cannot be set", advice: "type --\(key) where you mean it")
    }
    let nearest = Suggestion.nearest(to: key, in: names)
    return Diagnostic(
      "\(path): unknown key \"\(key)\"",
      advice: nearest.map { "did you mean \"\($0)\"?" }
        ?? "keys are the long options of `godwit COMMAND --help`, without the dashes"
    )
  }

  /// The texts of a value: one, those of an array, or `NAME=VALUE` for the entries of a table.
  private static func texts(
    _ value: any TOMLValueConvertible,
    key: String,
    path: String
  ) throws -> [String] {
    if let text = text(value) { return [text] }
    if let array = value.array {
      return try array.map { element in
        guard let text = text(element) else { throw unsuitable(key, path) }
        return text
      }
    }
    if let table = value.table {
      return try table.map { name, element in
        guard let text = text(element) else { throw unsuitable("\(key).\(name)", path) }
        return "\(name)=\(text)"
      }
    }
    throw unsuitable(key, path)
  }

  private static func unsuitable(_ key: String, _ path: String) -> Diagnostic {
    Diagnostic("\(path): \(key) is neither text, number nor boolean, nor a list of them")
  }

  private static func text(_ value: any TOMLValueConvertible) -> String? {
    if let text = value.string { return text }
    if let flag = value.bool { return flag ? "true" : "false" }
    if let integer = value.int { return String(integer) }
    return value.double.map { "\($0)" }
  }
}
