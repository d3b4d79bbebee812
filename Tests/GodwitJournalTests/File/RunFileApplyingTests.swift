import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

@Suite struct RunFileApplyingTests {
  @Test func `asks SQLite whether commits are durable`() async throws {
    try await TemporaryFolder.with { folder in
      let file = try RunFile.openForApplying(try await Sample.changes(1, folder))
      let (mode, level) = try Sample.look(file.queue) { database in
        (
          try String.fetchOne(database, sql: "PRAGMA journal_mode"),
          try Int.fetchOne(database, sql: "PRAGMA synchronous")
        )
      }
      #expect(mode == "wal")
      #expect(level == 2)
      try file.close()
    }
  }

  @Test func `is one clean file after it was closed`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      let file = try RunFile.openForApplying(path)
      #expect(!file.mayHaveLostCommits && !file.wasAbandoned && !file.wasTakenOver)
      try await file.commit([Sample.intent(1), Sample.outcome(1), Sample.settled(1)])
      #expect(folder.names.contains("a.godwit-wal"))
      try file.close()
      try file.close()
      #expect(folder.names == ["a.godwit"])
      let again = try RunFile.openForApplying(path)
      #expect(!again.mayHaveLostCommits && !again.wasAbandoned)
      try again.close()
    }
  }

  @Test func `what was cut off while it was opened or closed has lost nothing, its copy may have`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(2, folder)
      try Sample.edit(path, "UPDATE meta SET value = 2 WHERE key = 'clean'")
      let reader = try RunFile.openForReading(path)
      try reader.copy(to: folder.file("copy"))
      try reader.close()
      for (name, isWhole) in [("a.godwit", true), ("copy", false)] {
        let file = try RunFile.openForApplying(folder.file(name))
        #expect(file.wasCutOff)
        #expect(file.mayHaveLostCommits == !isWhole, "\(name)")
        #expect(file.mayLackIntents == !isWhole, "\(name)")
        try file.close()
      }
    }
  }

  @Test func `an opening that was cut off before the mark was off is made good by the next one`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(2, folder)
      // As a kill leaves it: the mark is off in the -wal alone.
      let queue = try DatabaseQueue(path: path)
      try await queue.writeWithoutTransaction { database in
        try CleanMark.complete.set(in: database)
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        try CleanMark.off.set(in: database)
      }
      for end in ["", "-wal"] { try folder.copy("a.godwit" + end, to: "b" + end) }
      try queue.close()
      let file = try RunFile.openForApplying(folder.file("b"))
      #expect(!file.mayHaveLostCommits)
      try await file.commit([Sample.intent(1)])
      try folder.copy("b", to: "c")
      try file.close()
      try Sample.edit(folder.file("c"), "UPDATE lease SET process = 4194999")
      let alone = try RunFile.openForApplying(folder.file("c"))
      #expect(alone.lostCommits == .isMissing)
      try alone.close()
    }
  }

  @Test func `an attempt that was once in doubt is told, whatever was found out later`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(4, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([
        Sample.intent(1), Sample.outcome(1, .inDoubt), Sample.outcome(1, .planned),
        Sample.intent(2), Sample.outcome(2, .planned),
        Sample.intent(3), Sample.outcome(3, .inDoubt),
      ])
      let pending = try await file.pending(after: 0, limit: 9, retrying: [])
      #expect(pending.map(\.unanswered) == [[1], [], [1], []])
      try file.close()
    }
  }

  @Test func `the mark is off in the main file before the first intent`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      let file = try RunFile.openForApplying(path)
      try folder.copy("a.godwit", to: "b.godwit")
      let queue = try DatabaseQueue(path: folder.file("b.godwit"))
      let clean = try Sample.look(queue) { try RunFile.meta($0, "clean", as: Int.self) }
      #expect(clean == 0)
      try file.close()
    }
  }

  @Test func `a run that was cut off goes on with its wal, and says when it is not there`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([Sample.intent(1), Sample.outcome(1), Sample.settled(1)])
      try await file.commit([Sample.intent(2)])
      // What a kill leaves: the files as they are.
      try folder.copy("a.godwit", to: "b")
      try folder.copy("a.godwit-wal", to: "b-wal")
      try folder.copy("a.godwit", to: "c")
      try file.close()
      // The lease is this process' own, which lives: a copy has to be taken from it.
      for name in ["b", "c"] { try Self.forgetLease(folder, name) }

      let reading = try RunFile.openForReading(folder.file("b"))
      #expect(try reading.totals()[.changed] == 1)
      try reading.close()
      #expect(folder.names.contains("b-wal"))

      let whole = try RunFile.openForApplying(folder.file("b"))
      #expect(!whole.mayHaveLostCommits && !whole.mayLackIntents && whole.wasCutOff)
      let pending = try await whole.pending(after: 0, limit: 9, retrying: [])
      #expect(pending.map(\.position) == [2, 3])
      #expect(pending.first?.intents[1]?.stamp == "s")
      #expect(pending.first?.intents[1]?.image == Sample.image)
      #expect(pending.first?.record.outcome == .inDoubt)
      try whole.close()

      // A reader leaves an empty -wal, which is not one that was there.
      let early = try RunFile.openForReading(folder.file("c"))
      #expect(try early.totals()[.changed] == 3)
      try early.close()
      let cut = try RunFile.openForApplying(folder.file("c"))
      #expect(cut.mayHaveLostCommits && cut.mayLackIntents)
      try cut.close()
      #expect(folder.names == ["a.godwit", "b", "c"])
    }
  }

  @Test(
    arguments: [("", false), (", boot = 'earlier'", true), (", host = 'elsewhere'", true)]
  )
  func `after a kill an intent may be missing if the host was started anew, or is another one`(
    change: String,
    mayLackIntents: Bool
  ) async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(2, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([Sample.intent(1)])
      try Sample.edit(path, "UPDATE lease SET process = 4194999" + change)
      // What a kill leaves: the files as they are.
      for suffix in ["", "-wal"] { try folder.copy("a.godwit" + suffix, to: "b" + suffix) }
      try file.close()
      let killed = try RunFile.openForApplying(folder.file("b"), mayTakeOver: true)
      #expect(killed.wasAbandoned && killed.wasCutOff && !killed.mayHaveLostCommits)
      #expect(killed.mayLackIntents == mayLackIntents)
      #expect(try killed.totals()[.inDoubt] == 1)
      let first = try await killed.pending(after: 0, limit: 9, retrying: [])
      #expect(first.map(\.suspects) == (mayLackIntents ? [[1], [1]] : [[], []]))
      // A clean end does not bring back what was lost; what was committed since is not suspect.
      try await killed.commit([Sample.intent(2)])
      try killed.close()
      let closed = try RunFile.openForApplying(folder.file("b"))
      #expect(closed.mayLackIntents == mayLackIntents)
      let later = try await closed.pending(after: 0, limit: 9, retrying: [])
      #expect(later.map(\.suspects) == (mayLackIntents ? [[1], []] : [[], []]))
      try closed.close()
    }
  }

  /// Lets go of the lease in what a kill has left, without touching its -wal.
  private static func forgetLease(_ folder: TemporaryFolder, _ name: String) throws {
    let wal = folder.names.contains(name + "-wal")
    let queue = try DatabaseQueue(path: folder.file(name))
    try queue.writeWithoutTransaction { database in
      if wal { try database.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
      try database.execute(sql: "UPDATE lease SET process = 4194999")
      guard wal else { return }
      // Closing would fold the -wal into the file: keep both as they are now.
      try folder.copy(name, to: "kept")
      try folder.copy(name + "-wal", to: "kept-wal")
    }
    try queue.close()
    guard wal else { return }
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: folder.file(name + suffix))
    }
    for suffix in ["", "-wal"] {
      let kept = folder.file("kept" + suffix)
      try FileManager.default.moveItem(atPath: kept, toPath: folder.file(name + suffix))
    }
  }

  @Test func `a reader meanwhile leaves the run whole`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(2, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([Sample.intent(1)])
      let reader = try RunFile.openForReading(path)
      #expect(try reader.totals()[.inDoubt] == 1)
      try file.close()
      #expect(try reader.totals()[.inDoubt] == 1)
      try reader.close()
      let again = try RunFile.openForApplying(path)
      #expect(!again.mayHaveLostCommits && !again.wasAbandoned)
      #expect(try again.totals()[.inDoubt] == 1)
      try again.close()
      #expect(folder.names == ["a.godwit"])
    }
  }

  @Test func `the phase follows what is committed`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(2, folder)
      let untouched = try RunFile.openForApplying(path)
      try untouched.close()
      #expect(try Self.phase(path) == .planned)

      let file = try RunFile.openForApplying(path)
      #expect(try file.totals()[.changed] == 2)
      try await file.commit([Sample.intent(1)])
      #expect(try file.info().phase == .applying)
      #expect(try file.totals()[.inDoubt] == 1)
      #expect(try file.totals()[.notStarted] == 1)
      try await file.commit([Sample.outcome(1), Sample.settled(1), Sample.settled(2, .failed)])
      try await file.finishIfNothingIsOpen()
      #expect(try file.info().phase == .finished)
      try file.close()

      let again = try RunFile.openForApplying(path)
      try await again.commit([JournalEntry(position: 2, event: .reopened)])
      #expect(try again.info().phase == .applying)
      try await again.finishIfNothingIsOpen()
      #expect(try again.info().phase == .applying)
      // Settled, and killed before that was noted: closing notes it.
      try await again.commit([Sample.settled(2)])
      try again.close()
      #expect(try Self.phase(path) == .finished)
    }
  }

  private static func phase(_ path: String) throws -> RunInfo.Phase {
    let file = try RunFile.openForReading(path)
    defer { try? file.close() }
    return try file.info().phase
  }

  @Test func `what is pending follows what is committed`() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.file("a")
      try await Sample.write(
        (1...6).map { Sample.changed($0) } + [Sample.plan(7, .held), Sample.plan(8, .failed)],
        to: path
      )
      let file = try RunFile.openForApplying(path)
      try await file.commit([
        Sample.intent(1), Sample.outcome(1), Sample.settled(1),
        Sample.intent(2), Sample.outcome(2, .failed), Sample.settled(2, .failed),
        Sample.settled(3, .held),
        Sample.intent(4), Sample.outcome(4, .inDoubt), Sample.settled(4, .inDoubt),
        Sample.intent(5, isRepeat: true),
      ])
      func positions(_ retrying: Set<ProjectOutcome>) async throws -> [Int] {
        let all = try await file.pending(after: 0, limit: 99, retrying: retrying)
        #expect(try file.pendingCount(retrying: retrying) == all.count)
        #expect(try file.pendingOperations(retrying: retrying).projects == all.count)
        #expect(try file.pendingOperations(retrying: retrying).secrets == ["apiKey"])
        return all.map(\.position)
      }
      #expect(try await positions([]) == [4, 5, 6])
      #expect(try await positions([.failed]) == [2, 4, 5, 6])
      #expect(try await positions([.failed, .held]) == [2, 3, 4, 5, 6])
      let pending = try await file.pending(after: 3, limit: 2, retrying: [])
      #expect(pending.map(\.position) == [4, 5])
      #expect(pending.map(\.wasSettled) == [true, false])
      #expect(pending.map(\.record.outcome) == [.inDoubt, .inDoubt])
      #expect(pending[1].intents[1]?.isRepeat == true)
      #expect(pending[1].record.operations[0].wasRepeated)
      let totals = try file.totals()
      #expect(totals.isBalanced)
      let expected: [ProjectOutcome: Int] = [
        .changed: 1, .failed: 2, .held: 2, .inDoubt: 2, .notStarted: 1,
      ]
      #expect(totals.counts.filter { $0.value > 0 } == expected)
      try file.close()
    }
  }

  @Test func `a file that is only for reading takes no entries`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      let file = try RunFile.openForReading(path)
      let error = try await runFileError { try await file.commit([Sample.intent(1)]) }
      #expect(error.kind == .wrongPhase)
      try file.close()
    }
  }

  @Test func `a commit is made even if its task was cancelled`() async throws {
    try await TemporaryFolder.with { folder in
      let file = try RunFile.openForApplying(try await Sample.changes(1, folder))
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        try await file.commit([Sample.intent(1)])
      }
      task.cancel()
      try await task.value
      #expect(try file.totals()[.inDoubt] == 1)
      try file.close()
    }
  }
}
