import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

@Suite struct JournalWriterTests {
  @Test func `one commit serves all that wait for it, and nothing is lost`() async throws {
    try await TemporaryFolder.with { folder in
      let count = 600
      let path = try await Sample.changes(count, folder)
      let file = try RunFile.openForApplying(path)
      let writer = JournalWriter(file: file)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for position in 1...count {
          group.addTask {
            try await writer.append([Sample.intent(position)])
            try await writer.append([Sample.outcome(position), Sample.settled(position)])
          }
        }
        try await group.waitForAll()
      }
      let commits = await writer.commits
      #expect(commits < count / 4)
      let rows = try Sample.look(file.queue) { database in
        try Row.fetchAll(database, sql: "SELECT position, event FROM journal ORDER BY sequence")
      }
      #expect(rows.count == 3 * count)
      var events: [Int: [String]] = [:]
      for row in rows { events[row["position"], default: []].append(row["event"]) }
      #expect(events.count == count)
      #expect(events.values.allSatisfy { $0 == ["intent", "outcome", "settled"] })
      #expect(try file.totals()[.changed] == count)
      try file.close()
      try RunFile.openForApplying(path).close()
    }
  }

  @Test func `an entry alone is committed at once`() async throws {
    try await TemporaryFolder.with { folder in
      let file = try RunFile.openForApplying(try await Sample.changes(3, folder))
      let writer = JournalWriter(file: file)
      for position in 1...3 { try await writer.append([Sample.intent(position)]) }
      #expect(await writer.commits == 3)
      try file.close()
    }
  }

  @Test func `what was appended can be read by others`() async throws {
    try await TemporaryFolder.with { folder in
      let count = 100
      let path = try await Sample.changes(count, folder)
      let file = try RunFile.openForApplying(path)
      let writer = JournalWriter(file: file)
      let other = try DatabaseQueue(path: path)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for position in 1...count {
          group.addTask {
            try await writer.append([Sample.intent(position)])
            return try Sample.look(other) { database in
              try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM journal WHERE position = ?)",
                arguments: [position]
              ) ?? false
            }
          }
        }
        for try await isThere in group { #expect(isThere) }
      }
      try other.close()
      try file.close()
    }
  }

  @Test func `an error reaches all that wait, and none of their entries is in the file`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let count = 50
      let path = try await Sample.changes(count, folder)
      let file = try RunFile.openForApplying(path)
      let writer = JournalWriter(file: file)
      try await writer.append([Sample.intent(1)])
      try Sample.edit(path, "UPDATE lease SET fencing = 9")
      let kinds = await withTaskGroup(of: RunFileError.Kind?.self) { group in
        for position in 1...count {
          group.addTask {
            do throws(RunFileError) {
              try await writer.append([Sample.intent(position)])
              return nil
            } catch {
              return error.kind
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(kinds == Array(repeating: .lostLease, count: count))
      let rows = try Sample.look(file.queue) {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM journal")
      }
      #expect(rows == 1)
      try file.close()
    }
  }
}
