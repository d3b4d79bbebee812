internal import Foundation

/// A folder of its own for one test.
public struct TemporaryFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Names a folder that is there already, and stays.
  public init(path: String) {
    self.path = path
  }

  /// The path of a file in it.
  public func file(_ name: String) -> String { path + "/" + name }

  /// The names of the files in it, in order.
  public var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// Copies a file within the folder, with its permissions.
  public func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: file(name), toPath: file(other))
  }

  /// Makes a folder for the time of a call, and removes it afterwards.
  public static func with<Result>(
    _ body: (TemporaryFolder) async throws -> Result
  ) async throws -> Result {
    let path = NSTemporaryDirectory() + "godwit-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(TemporaryFolder(path: path))
  }
}
