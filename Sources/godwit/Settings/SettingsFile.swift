import Crypto
import Foundation
import GodwitCore
import GuardedFiles
import TOMLKit

/// A `godwit.toml`: long options by name, without the dashes.
struct SettingsFile {
  /// Where it is.
  var path: String
  /// The values by name of the option; flags have `true` or `false`.
  var values: [String: [String]]

  /// The bytes that the values were read from.
  private let bytes: [UInt8]

  /// What such a file is called.
  static let name = "godwit.toml"
  private static let longest = 1 << 20

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - program: whose options its keys are.
  /// - Returns: `nil` if there is no file.
  /// - Throws: `Diagnostic` with the key or line that is wrong.
  static func read(_ path: String, of program: CommandShape) throws -> SettingsFile? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let bytes = try contents(of: path)
    let table: TOMLTable
    do {
      table = try TOMLTable(string: String(decoding: bytes, as: UTF8.self))
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
      values[key] = try texts(value, key: key, path: path)
    }
    return SettingsFile(path: path, values: values, bytes: bytes)
  }

  /// The file as it is trusted: by its canonical path and its content.
  var entry: TrustStore.Entry? {
    FolderBorder.canonical(path).map { canonical in
      let digest = SHA256.hash(data: bytes).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      return TrustStore.Entry(path: canonical, sha256: digest.joined())
    }
  }

  /// The line on which a value begins, from 1 on: the parser does not keep it.
  ///
  /// The value stands in the first statement after which the text so far has it.
  func line(of key: String, _ value: String) -> Int? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count <= 2000 else { return nil }
    var text: [UInt8] = []
    var begin = 1
    for (index, line) in lines.enumerated() {
      text += line + [UInt8(ascii: "\n")]
      guard let table = try? TOMLTable(string: String(decoding: text, as: UTF8.self)) else {
        continue
      }
      let found = table[key].flatMap { try? Self.texts($0, key: key, path: path) }
      if found?.contains(value) == true { return begin }
      begin = index + 2
    }
    return nil
  }

  /// The bytes of a file; a pipe or a device could hold the program up.
  private static func contents(of path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0, let standing = FileStanding(ofDescriptor: descriptor) else {
      throw Diagnostic(
        "the settings file \(path) cannot be read",
        detail: String(cString: strerror(errno)),
        advice: "check its permissions"
      )
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard standing.kind == .regular else {
      throw Diagnostic("the settings file \(path) is not a file", advice: "remove it")
    }
    try checkIsClosed(path, standing)
    guard let data = try? handle.read(upToCount: longest + 1) ?? Data(), data.count <= longest
    else {
      throw Diagnostic("the settings file \(path) has more than 1 MiB", advice: "shorten it")
    }
    guard !data.contains(0) else {
      throw Diagnostic("the settings file \(path) is not text: it has a NUL byte")
    }
    return Array(data)
  }

  /// Another user who can write the file chooses what the program does.
  private static func checkIsClosed(_ path: String, _ standing: FileStanding) throws {
    guard standing.mode & 0o002 == 0 else {
      throw Diagnostic(
        "\(path): everybody can write it (mode \(String(standing.mode, radix: 8)))",
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
