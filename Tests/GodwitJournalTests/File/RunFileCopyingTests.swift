import Foundation
import GodwitCore
import Synchronization
import TestSupport
import Testing

@testable import GodwitJournal

@Suite struct RunFileCopyingTests {
  @Test func `copies a run into one file, and never over another`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(5, folder)
      let file = try RunFile.openForReading(path)
      try file.copy(to: folder.file("b"))
      let error = try await runFileError { try file.copy(to: folder.file("b")) }
      #expect(error.kind == .exists)
      #expect(error.advice == "choose another name")
      try file.close()
      #expect(folder.names == ["a.godwit", "b"])
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("b"))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let copy = try RunFile.openForApplying(folder.file("b"))
      #expect(!copy.mayHaveLostCommits)
      #expect(try copy.totals()[.changed] == 5)
      try copy.close()
    }
  }

  @Test func `copies a run while it is applied, as it is at one instant`() async throws {
    try await TemporaryFolder.with { folder in
      let count = 200
      let path = try await Sample.changes(count, folder)
      let file = try RunFile.openForApplying(path)
      let reached = Mutex(0)
      async let applying: Void = {
        for position in 1...count {
          try await file.commit([Sample.intent(position)])
          try await file.commit([Sample.outcome(position), Sample.settled(position)])
          reached.withLock { $0 = position }
        }
      }()
      var seen: [Int] = []
      for number in 0..<5 {
        let reader = try RunFile.openForReading(path)
        try reader.copy(to: folder.file("copy-\(number)"))
        try reader.close()
        #expect(try await eventually { reached.withLock { $0 } >= (number + 1) * count / 6 })
      }
      try await applying
      try file.close()
      for number in 0..<5 {
        let copy = folder.file("copy-\(number)")
        try Sample.edit(copy, "UPDATE lease SET isHeld = 0")
        #expect(!folder.names.contains("copy-\(number)-wal"))
        let file = try RunFile.openForApplying(copy)
        #expect(file.mayHaveLostCommits)
        let totals = try file.totals()
        #expect(totals.isBalanced)
        seen.append(try file.pendingCount(retrying: []))
        try file.close()
      }
      #expect(seen == seen.sorted(by: >))
    }
  }
}
