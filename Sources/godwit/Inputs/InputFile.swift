import Foundation
import GodwitCore

/// A file that was named on the command line.
enum InputFile {
  /// What is in it.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - name: what it is, for people, for example `targets file`.
  /// - Returns: its bytes.
  /// - Throws: `Diagnostic` if there is none, or if it cannot be read.
  static func contents(of path: String, called name: String) throws -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Diagnostic("there is no \(name) \(path)", advice: "check the path")
    }
    guard !isFolder.boolValue else {
      throw Diagnostic("the \(name) \(path) is a folder", advice: "name a file in it")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Diagnostic("the \(name) \(path) cannot be read", advice: "check its permissions")
    }
    return data
  }
}
