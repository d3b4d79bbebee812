import Foundation
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

/// Run files on a disk of one megabyte.
@Suite struct DiskFullTests {
  /// Whether a small disk can be mounted here; it takes the rights of root.
  static let canMount: Bool = {
    let path = NSTemporaryDirectory() + "godwit-mount-" + UUID().uuidString
    guard
      (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true))
        != nil
    else { return false }
    defer { try? FileManager.default.removeItem(atPath: path) }
    guard mountSmallDisk(path, kilobytes: 64) else { return false }
    return unmount(path)
  }()

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

  private static func mountSmallDisk(_ path: String, kilobytes: Int) -> Bool {
    run(["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path])
  }

  @discardableResult private static func unmount(_ path: String) -> Bool { run(["umount", path]) }

  @Test(.enabled(if: canMount, "no small disk can be mounted here"))
  func `a full disk is a clear error, loses nothing, and the run goes on once there is space`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let disk = TemporaryFolder(path: folder.file("disk"))
      try FileManager.default.createDirectory(
        atPath: disk.path,
        withIntermediateDirectories: false
      )
      try #require(Self.mountSmallDisk(disk.path, kilobytes: 1024))
      defer { Self.unmount(disk.path) }
      let path = try await Sample.changes(100, disk)
      let file = try RunFile.openForApplying(path)
      let free = try FileManager.default.attributesOfFileSystem(forPath: disk.path)
      let bytes = try #require(free[.systemFreeSize] as? Int)
      let ballast = disk.file("ballast")
      try Data(count: bytes - 120_000).write(to: URL(fileURLWithPath: ballast))
      var committed = 0
      let error = try await runFileError {
        for position in 1...100 {
          try await file.commit([Sample.intent(position)])
          committed = position
        }
      }
      #expect(error.kind == .diskFull)
      #expect(error.advice?.contains("godwit resume") == true)
      #expect(committed > 0)
      let again = try await runFileError { try await file.commit([Sample.intent(100)]) }
      #expect(again.kind == .diskFull)
      #expect(try file.totals()[.inDoubt] == committed)
      try? file.close()
      try FileManager.default.removeItem(atPath: ballast)
      try Sample.edit(path, "UPDATE lease SET isHeld = 0")
      let mended = try RunFile.openForApplying(path)
      #expect(try mended.totals()[.inDoubt] == committed)
      try await mended.commit([Sample.intent(committed + 1)])
      try mended.close()
    }
  }

  @Test(.enabled(if: canMount, "no small disk can be mounted here"))
  func `a plan on a full disk says to plan again and leaves no file`() async throws {
    try await TemporaryFolder.with { folder in
      let disk = TemporaryFolder(path: folder.file("disk"))
      try FileManager.default.createDirectory(
        atPath: disk.path,
        withIntermediateDirectories: false
      )
      try #require(Self.mountSmallDisk(disk.path, kilobytes: 16))
      defer { Self.unmount(disk.path) }
      let error = try await runFileError {
        _ = try RunFile.create(at: disk.file("a"), sources: [:], key: Sample.key)
      }
      #expect(error.kind == .diskFull)
      #expect(error.advice?.contains("plan again") == true)
      #expect(disk.names == [])
    }
  }
}
