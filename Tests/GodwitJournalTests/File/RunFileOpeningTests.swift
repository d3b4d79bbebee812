import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

/// Files that are not runs, or not any more.
@Suite struct RunFileOpeningTests {
  /// How a file is made that cannot be opened, and what is said about it.
  struct Bad: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var kind: RunFileError.Kind
    var spoil: @Sendable (String) throws -> Void
  }

  static let bad: [Bad] = [
    Bad(testDescription: "missing", kind: .notFound) {
      try FileManager.default.removeItem(atPath: $0)
    },
    Bad(testDescription: "folder", kind: .notARun) {
      try FileManager.default.removeItem(atPath: $0)
      try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false)
    },
    Bad(testDescription: "empty", kind: .notARun) {
      try Data().write(to: URL(fileURLWithPath: $0))
    },
    Bad(testDescription: "garbage", kind: .notARun) {
      try Data((0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        .write(to: URL(fileURLWithPath: $0))
    },
    Bad(testDescription: "a few letters", kind: .notARun) {
      try Data("hello".utf8).write(to: URL(fileURLWithPath: $0))
    },
    Bad(testDescription: "another program's database", kind: .notARun) {
      try Sample.edit($0, "PRAGMA application_id = 7")
    },
    Bad(testDescription: "newer", kind: .newer(version: 99)) {
      try Sample.edit($0, "PRAGMA user_version = 99")
    },
    Bad(testDescription: "of no version", kind: .damaged) {
      try Sample.edit($0, "PRAGMA user_version = 0")
    },
    Bad(testDescription: "truncated", kind: .damaged) {
      let data = try #require(FileManager.default.contents(atPath: $0))
      try data.prefix(data.count / 2 / 4096 * 4096).write(to: URL(fileURLWithPath: $0))
    },
  ]

  @Test(arguments: bad)
  func `says what is wrong with a file`(_ bad: Bad) async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(200, folder)
      try bad.spoil(path)
      let before = FileManager.default.contents(atPath: path)
      let reading = try await runFileError {
        let file = try RunFile.openForReading(path)
        try file.forEachRecord { _ in }
      }
      #expect(reading.kind == bad.kind)
      #expect(reading.path == path)
      let applying = try await runFileError { _ = try RunFile.openForApplying(path) }
      #expect(applying.kind == bad.kind)
      #expect(FileManager.default.contents(atPath: path) == before)
    }
  }

  @Test func `a run file of the format before is read and applied`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      try Sample.edit(path, "PRAGMA user_version = 1")
      let reading = try RunFile.openForReading(path)
      #expect(try reading.projectCount() == 3)
      try reading.close()
      let applying = try RunFile.openForApplying(path)
      #expect(try applying.pendingCount(retrying: []) == 3)
      try applying.close()
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func `says that a file cannot be read`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
      let error = try await runFileError { _ = try RunFile.openForReading(path) }
      #expect(error.kind == .notWritable)
    }
  }

  @Test func `says that another program has locked the file`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      try Sample.during(path, "BEGIN EXCLUSIVE") {
        let error = #expect(throws: RunFileError.self) { _ = try RunFile.openForApplying(path) }
        #expect(error?.kind == .inUse)
      }
      try RunFile.openForApplying(path).close()
    }
  }

  @Test func `a transaction that a kill cut off before WAL was on is undone by a reader`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(300, folder)
      // A small cache spills pages into the file before the commit.
      let update = """
        PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;
        UPDATE project SET detail = hex(randomblob(4000))
        """
      try Sample.during(path, update) {
        for name in ["a.godwit", "a.godwit-journal"] {
          try folder.copy(name, to: "b" + name.dropFirst())
        }
      }
      let copy = folder.file("b.godwit")
      let file = try RunFile.openForReading(copy)
      var count = 0
      try file.forEachRecord {
        #expect($0.reason == nil)
        count += 1
      }
      #expect(count == 300)
      try file.close()
      try RunFile.openForApplying(copy).close()
      #expect(!folder.names.contains("b.godwit-journal"))
    }
  }

  @Test func `reading leaves the file as it is`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(20, folder)
      let before = FileManager.default.contents(atPath: path)
      let file = try RunFile.openForReading(path)
      try file.forEachRecord { _ in }
      _ = try file.totals()
      let error = try await runFileError { try await file.setPhase(.finished) }
      #expect(error.kind == .notWritable)
      try file.close()
      #expect(FileManager.default.contents(atPath: path) == before)
      #expect(folder.names == ["a.godwit"])
    }
  }
}
