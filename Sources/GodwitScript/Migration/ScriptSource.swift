internal import Crypto
internal import Foundation
public import GodwitCore

/// The text of a script and of the modules beside it.
public struct ScriptSource: Sendable, Hashable {
  /// The path of the script as it was typed.
  public let path: String
  /// The script's text.
  public let text: [UInt8]
  /// The modules in the folder `lib` beside it: name as in `require` to path and text.
  public let modules: [String: Module]

  /// A file of the folder `lib`.
  public struct Module: Sendable, Hashable {
    /// The path, by which errors name it.
    public let path: String
    /// The text.
    public let text: [UInt8]

    /// Names a module's text.
    public init(path: String, text: [UInt8]) {
      self.path = path
      self.text = text
    }
  }

  /// Makes a source from texts.
  public init(path: String, text: [UInt8], modules: [String: Module] = [:]) {
    self.path = path
    self.text = text
    self.modules = modules
  }

  private static let fileLimit = 256 * 1024
  private static let totalLimit = 1024 * 1024

  /// Reads a script and the modules beside it.
  ///
  /// - Throws: ``Diagnostic`` if the file is missing, a folder, unreadable or too large.
  public init(reading path: String) throws(Diagnostic) {
    let text = try Self.read(path)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(
      "lib",
      isDirectory: true
    )
    var modules: [String: Module] = [:]
    var total = text.count
    if text.firstRange(of: Array("require".utf8)) != nil {
      for file in Self.files(in: folder) {
        let module = Module(
          path: "\(Self.folder(of: path))lib/\(file)",
          text: try Self.read(folder.appendingPathComponent(file).path)
        )
        total += module.text.count
        modules[Self.moduleName("lib/\(file)")] = module
      }
    }
    guard total <= Self.totalLimit else {
      throw Diagnostic(
        "\(path) and its modules are larger than 1 MiB",
        advice: "make the scripts smaller"
      )
    }
    self.init(path: path, text: text, modules: modules)
  }

  /// The folder of a script as it was typed, with the slash behind it; empty for the current one.
  private static func folder(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[...$0] } ?? ""
  }

  /// What `require` calls a file, by its path relative to the script's folder.
  private static func moduleName(_ file: some StringProtocol) -> String {
    String(file.dropLast(4)).replacing("/", with: ".")
  }

  /// The `.lua` files below a folder, relative to it; links are left out, since they could lead
  /// anywhere.
  private static func files(in folder: URL) -> [String] {
    let keys: Set<URLResourceKey> = [.isRegularFileKey, .isSymbolicLinkKey]
    // Of a link with a slash behind it the target would be looked at.
    let root = folder.standardizedFileURL.path
    let isLink = try? URL(fileURLWithPath: root, isDirectory: false)
      .resourceValues(forKeys: [.isSymbolicLinkKey]).isSymbolicLink
    guard isLink != true,
      let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: Array(keys))
    else { return [] }
    var result: [String] = []
    for case let file as URL in walk {
      let values = try? file.resourceValues(forKeys: keys)
      guard values?.isRegularFile == true, values?.isSymbolicLink != true,
        file.pathExtension == "lua"
      else { continue }
      let path = file.standardizedFileURL.path
      guard path.hasPrefix(root) else { continue }
      result.append(String(path.dropFirst(root.count).drop { $0 == "/" }))
    }
    return result.sorted { $0.bytesPrecede($1) }
  }

  private static func read(_ path: String) throws(Diagnostic) -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Diagnostic(
        "there is no script \(path)",
        advice: "check the path; scripts end in .lua"
      )
    }
    guard !isDirectory.boolValue else {
      throw Diagnostic("\(path) is a folder, not a script", advice: "name a file that ends in .lua")
    }
    // Not the whole file, whose size may be without end.
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: fileLimit + 1) ?? Data()
    else {
      throw Diagnostic("\(path) cannot be read", advice: "check its permissions")
    }
    try? handle.close()
    guard data.count <= fileLimit else {
      throw Diagnostic("\(path) is larger than 256 KiB", advice: "make the script smaller")
    }
    return Array(data)
  }

  /// The SHA-256 of the script's text, in hexadecimal digits.
  public var sha256: String {
    SHA256.hash(data: text).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
      .joined()
  }

  /// All texts by path, as a run file keeps them.
  public var texts: [String: [UInt8]] {
    var result = [path: text]
    for module in modules.values { result[module.path] = module.text }
    return result
  }

  /// Puts a source together again from what a run file kept.
  ///
  /// - Returns: `nil` if the script itself is not among the texts.
  public init?(path: String, texts: [String: [UInt8]]) {
    guard let text = texts[path] else { return nil }
    let folder = Self.folder(of: path)
    var modules: [String: Module] = [:]
    for (other, text) in texts where other != path && other.hasPrefix(folder) {
      modules[Self.moduleName(other.dropFirst(folder.count))] = Module(path: other, text: text)
    }
    self.init(path: path, text: text, modules: modules)
  }
}
