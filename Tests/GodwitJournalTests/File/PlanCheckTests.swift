import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

@Suite struct PlanCheckTests {
  /// Edits of each kind; none may be taken for what the program wrote.
  static let edits = [
    "UPDATE meta SET value = replace(value, 'EU', 'US') WHERE key = 'info'",
    "UPDATE meta SET value = zeroblob(32) WHERE key = 'key'",
    "DELETE FROM meta WHERE key = 'planHash'",
    "UPDATE meta SET value = 'planned' WHERE key = 'phase'",
    "UPDATE source SET text = CAST('return {} ' AS BLOB) WHERE path = 'move.lua'",
    "DELETE FROM source WHERE path = 'lib/a.lua'",
    "INSERT INTO source VALUES ('lib/b.lua', x'', '')",
    "UPDATE project SET id = 'ffffffffffffffffffffffff' WHERE position = 3",
    "UPDATE project SET name = 'other' WHERE position = 3",
    "UPDATE project SET outcome = 'skipped' WHERE position = 3",
    "UPDATE project SET detail = '{}' WHERE position = 3",
    "UPDATE project SET detail = NULL WHERE position = 3",
    "DELETE FROM project WHERE position = 3",
    "UPDATE project SET position = 99 WHERE position = 3",
    "UPDATE operation SET operation = replace(operation, 'EU', 'AP1') WHERE position = 3",
    "DELETE FROM operation WHERE position = 3",
    "UPDATE operation SET number = 2 WHERE position = 3",
    "INSERT INTO operation SELECT 4, 9, operation, 'planned', 0 FROM operation WHERE position = 3",
    "UPDATE operation SET status = 'done' WHERE position = 3",
    "UPDATE operation SET status = 'planned' WHERE position = 1",
    "UPDATE operation SET wasRepeated = 1 WHERE position = 1",
    "UPDATE project SET settled = 'changed' WHERE position = 3",
    "UPDATE project SET settled = NULL WHERE position = 1",
    "UPDATE project SET settledDetail = '{}' WHERE position = 1",
    "UPDATE journal SET atMilliseconds = atMilliseconds + 1 WHERE sequence = 1",
    "UPDATE journal SET position = 2 WHERE sequence = 1",
    "UPDATE journal SET number = 2 WHERE sequence = 1",
    "UPDATE journal SET event = 'outcome' WHERE sequence = 1",
    "UPDATE journal SET detail = '{}' WHERE sequence = 1",
    "UPDATE journal SET hash = zeroblob(32) WHERE sequence = 1",
    "DELETE FROM journal WHERE sequence = 1",
    "DELETE FROM journal WHERE sequence = (SELECT max(sequence) FROM journal)",
    "DELETE FROM journal",
  ]

  @Test(arguments: edits)
  func `finds an edit`(sql: String) async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(4, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([Sample.intent(1)])
      try await file.commit([Sample.outcome(1), Sample.settled(1), Sample.intent(2)])
      try file.close()
      try RunFile.openForApplying(path).close()
      try Sample.edit(path, sql)
      let error = try await runFileError { _ = try RunFile.openForApplying(path) }
      #expect(error.kind == .damaged)
      #expect(error.advice != nil)
    }
  }

  @Test func `a history of every event passes`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      let file = try RunFile.openForApplying(path)
      for position in 1...3 {
        try await file.commit([Sample.intent(position)])
        try await file.commit([
          Sample.outcome(position, .inDoubt), Sample.settled(position, .inDoubt),
        ])
        try await file.commit([JournalEntry(position: position, event: .reopened)])
        try await file.commit([
          Sample.outcome(position, .planned), Sample.intent(position, isRepeat: true),
        ])
      }
      try await file.commit([Sample.outcome(1), Sample.settled(1)])
      try await file.commit([Sample.outcome(2, .failed), Sample.settled(2, .failed)])
      try file.close()
      let again = try RunFile.openForApplying(path)
      #expect(try again.totals()[.failed] == 1)
      try again.close()
    }
  }

  @Test func `columns cannot be shifted into one another`() async throws {
    try await TemporaryFolder.with { folder in
      var hashes: Set<String> = []
      for (index, (id, name)) in [("ab", "c"), ("a", "bc"), ("abc", "")].enumerated() {
        let file = try RunFile.create(at: folder.file("\(index)"), sources: [:], key: [])
        try await file.add([
          Project(id: ProjectID(id), name: name, organization: OrganizationID("o"))
        ])
        try hashes.insert(Sample.look(file.queue) { try PlanHash.compute($0) })
        try file.close()
      }
      #expect(hashes.count == 3)
    }
  }
}
