internal import Foundation

/// A disk of some kilobytes that is mounted for the time of a test; it takes the rights of root.
public struct SmallDisk: Sendable {
  /// Whether such a disk can be mounted here.
  public static let canMount: Bool = {
    let path = NSTemporaryDirectory() + "godwit-mount-" + UUID().uuidString
    guard (try? SmallDisk(at: path, kilobytes: 64)) != nil else { return false }
    defer { try? FileManager.default.removeItem(atPath: path) }
    return run(["umount", path])
  }()

  struct MountError: Error {}

  private let path: String

  /// Makes a folder and mounts a disk there.
  public init(at path: String, kilobytes: Int) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    self.path = path
    guard Self.run(["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path]) else {
      throw MountError()
    }
  }

  /// How many bytes are free.
  public func freeBytes() throws -> Int {
    let values = try FileManager.default.attributesOfFileSystem(forPath: path)
    return (values[.systemFreeSize] as? NSNumber)?.intValue ?? 0
  }

  /// Takes the disk away, with all that is on it.
  public func unmount() { _ = Self.run(["umount", path]) }

  private static func run(_ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
