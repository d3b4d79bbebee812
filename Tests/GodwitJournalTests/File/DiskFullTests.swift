import Foundation
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

/// Run files on a disk of one megabyte.
@Suite struct DiskFullTests {
  @Test(.enabled(if: SmallDisk.canMount, "no small disk can be mounted here"))
  func `a full disk is a clear error, loses nothing, and the run goes on once there is space`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let disk = TemporaryFolder(path: folder.file("disk"))
      let mounted = try SmallDisk(at: disk.path, kilobytes: 1024)
      defer { mounted.unmount() }
      let path = try await Sample.changes(100, disk)
      let file = try RunFile.openForApplying(path)
      let bytes = try mounted.freeBytes()
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

  @Test(.enabled(if: SmallDisk.canMount, "no small disk can be mounted here"))
  func `a plan on a full disk says to plan again and leaves no file`() async throws {
    try await TemporaryFolder.with { folder in
      let disk = TemporaryFolder(path: folder.file("disk"))
      let mounted = try SmallDisk(at: disk.path, kilobytes: 16)
      defer { mounted.unmount() }
      let error = try await runFileError {
        _ = try RunFile.create(at: disk.file("a"), sources: [:], key: Sample.key)
      }
      #expect(error.kind == .diskFull)
      #expect(error.advice?.contains("plan again") == true)
      #expect(disk.names == [])
    }
  }

  @Test(.enabled(if: SmallDisk.canMount, "no small disk can be mounted here"))
  func `a copy on a full disk says to copy again and leaves no file`() async throws {
    try await TemporaryFolder.with { folder in
      let disk = TemporaryFolder(path: folder.file("disk"))
      let mounted = try SmallDisk(at: disk.path, kilobytes: 16)
      defer { mounted.unmount() }
      let file = try RunFile.openForReading(try await Sample.changes(5, folder))
      let error = try await runFileError { try file.copy(to: disk.file("a")) }
      #expect(error.kind == .diskFull)
      #expect(error.advice == "free some space, then copy again")
      #expect(disk.names == [])
      try file.close()
    }
  }
}
