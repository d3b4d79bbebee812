internal import Foundation

/// A folder of recorded texts that tests compare with.
///
/// With `GODWIT_RECORD=1` in the environment the texts are recorded instead.
public struct GoldenFolder: Sendable {
  private let folder: URL

  /// The folder `Golden` of a test target.
  ///
  /// - Parameter file: a file of the target, right in its folder or one folder down.
  public init(besideOrAbove file: String) {
    let own = URL(filePath: file).deletingLastPathComponent()
    let beside = own.appending(path: "Golden")
    let isBeside = FileManager.default.fileExists(atPath: beside.path)
    folder = isBeside ? beside : own.deletingLastPathComponent().appending(path: "Golden")
  }

  /// What was recorded under a name.
  ///
  /// - Parameters:
  ///   - name: the name of the file.
  ///   - text: what is recorded, where that is asked for.
  /// - Returns: the recorded text.
  /// - Throws: an error if there is no such file, or it cannot be written.
  public func text(_ name: String, recording text: String) throws -> String {
    let file = folder.appending(path: name)
    if ProcessInfo.processInfo.environment["GODWIT_RECORD"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}
