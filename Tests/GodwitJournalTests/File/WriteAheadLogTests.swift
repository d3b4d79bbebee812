import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

/// What a `-wal` lacks is found out before SQLite passes over it.
@Suite struct WriteAheadLogTests {
  /// How many entries SQLite finds in the journal of a copy, with the files beside it.
  private static func entries(_ folder: TemporaryFolder, _ name: String) -> Int? {
    guard let queue = try? DatabaseQueue(path: folder.file(name)) else { return nil }
    defer { try? queue.close() }
    return try? queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM journal") }
  }

  private static func copy(
    _ folder: TemporaryFolder,
    as name: String,
    withIndex: Bool
  ) throws {
    for end in ["", "-wal"] + (withIndex ? ["-shm"] : []) {
      try folder.copy("a.godwit" + end, to: name + end)
    }
  }

  private static func change(_ path: String, _ body: (inout Data) -> Void) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    body(&bytes)
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  @Test func `what a kill leaves lacks nothing, at any commit and after the log began anew`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(60, folder)
      let file = try RunFile.openForApplying(path)
      for position in 1...60 {
        try await file.commit([Sample.intent(position), Sample.outcome(position)])
        if position % 20 == 0 {
          _ = try await file.queue.writeWithoutTransaction { try $0.checkpoint(.full) }
        }
        for withIndex in [true, false] {
          let name = "\(position)-\(withIndex)"
          try Self.copy(folder, as: name, withIndex: withIndex)
          #expect(!WriteAheadLog(beside: folder.file(name)).isEmpty)
          #expect(!WriteAheadLog(beside: folder.file(name)).lacksCommits)
        }
      }
      try file.close()
    }
  }

  @Test func `a bit that flipped in it is found if commits are lost by it`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(30, folder)
      let file = try RunFile.openForApplying(path)
      for position in 1...30 { try await file.commit([Sample.intent(position)]) }
      let length = try #require(FileManager.default.contents(atPath: path + "-wal")).count
      var random = SeededRandom(seed: 7)
      var lost = 0
      for round in 0..<150 {
        let name = "\(round)"
        // A flip in the very last frame is known by the index alone.
        let withIndex = round % 2 == 0
        try Self.copy(folder, as: name, withIndex: withIndex)
        let place = Int.random(in: 0..<(withIndex ? length : length - 4200), using: &random)
        try Self.change(folder.file(name + "-wal")) { $0[place] ^= 1 << UInt8.random(in: 0...7) }
        let lacksCommits = WriteAheadLog(beside: folder.file(name)).lacksCommits
        let entries = Self.entries(folder, name)
        if entries != 30 {
          lost += 1
          #expect(lacksCommits, "byte \(place) of \(length): \(entries.map(String.init) ?? "none")")
        }
      }
      #expect(lost > 100)
      try file.close()
    }
  }

  @Test func `a log that was cut is told by what the index counted`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(10, folder)
      let file = try RunFile.openForApplying(path)
      for position in 1...10 { try await file.commit([Sample.intent(position)]) }
      for (part, end) in [(0.3, 0), (0.6, 0), (1, -4096), (1, -1)] {
        let name = "\(part)\(end)"
        try Self.copy(folder, as: name, withIndex: true)
        try Self.change(folder.file(name + "-wal")) {
          $0 = $0.prefix(Int(Double($0.count) * part) + end)
        }
        #expect(WriteAheadLog(beside: folder.file(name)).lacksCommits, "\(name)")
      }
      try Self.copy(folder, as: "short", withIndex: false)
      try Self.change(folder.file("short-wal")) { $0 = $0.prefix(20) }
      #expect(WriteAheadLog(beside: folder.file("short")).lacksCommits)
      try file.close()
    }
  }

  @Test func `a run whose log is damaged says so and takes what is missing for sent`() async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(20, folder)
      let file = try RunFile.openForApplying(path)
      try Sample.edit(path, "UPDATE lease SET process = 4194999")
      for position in 1...19 { try await file.commit([Sample.intent(position)]) }
      try Self.copy(folder, as: "b", withIndex: true)
      try Self.change(folder.file("b-wal")) { $0[$0.count / 2] ^= 4 }
      try file.close()
      for isLookedAt in [false, true] {
        let name = isLookedAt ? "c" : "d"
        for end in ["", "-wal", "-shm"] { try folder.copy("b" + end, to: name + end) }
        // Whoever looks at it has SQLite count anew in the index.
        if isLookedAt { try RunFile.openForReading(folder.file(name)).close() }
        let damaged = try RunFile.openForApplying(folder.file(name))
        #expect(damaged.lostCommits == .isDamaged)
        #expect(damaged.mayLackIntents)
        let pending = try await damaged.pending(after: 0, limit: 20, retrying: [])
        #expect(pending[18].suspects == [1])
        #expect(pending[18].record.operations[0].status == .planned)
        try damaged.close()
      }
    }
  }
}
