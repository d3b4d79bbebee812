internal import Foundation
internal import GRDB
public import GodwitCore

extension RunFile {
  /// A project that is to be applied, with what the journal knows of it.
  public struct Pending: Sendable {
    /// The project's position in the run.
    public var position: Int
    /// The plan and the statuses.
    public var record: ProjectRecord
    /// The last intent of each operation that has one, by operation number.
    public var intents: [Int: CommittedIntent]
    /// What the answers to the operations that were made showed, by operation number.
    public var answers: [Int: JSONObject] = [:]
    /// The operations of which an intent may be missing, so that they may have been sent.
    public var suspects: Set<Int> = []
    /// The operations of which an attempt was once in doubt, whatever was found out later.
    public var unanswered: Set<Int> = []
    /// Whether the project had ended in a bucket and is taken up again.
    public var wasSettled: Bool
  }

  /// How many projects are pending, by the rule of ``pending(after:limit:retrying:)``.
  public func pendingCount(retrying: Set<ProjectOutcome>) throws(RunFileError) -> Int {
    try Self.run(path) {
      try queue.read { database in
        try Int.fetchOne(
          database,
          sql: "SELECT count(*) FROM project WHERE \(Self.condition(retrying))"
        ) ?? 0
      }
    }
  }

  /// What is pending in a run, before anything is sent.
  public struct PendingOperations: Sendable, Hashable {
    /// In how many projects something is pending.
    public var projects = 0
    /// How many operations are not settled.
    public var operations = 0
    /// How many of these cannot be taken back.
    public var irreversible = 0
    /// The secrets whose values they need.
    public var secrets: Set<String> = []
  }

  /// Counts what ``pending(after:limit:retrying:)`` will give.
  ///
  /// - Parameters:
  ///   - retrying: the buckets of settled projects that are taken up again.
  ///   - each: is lent every project, with the secrets that its operations need.
  /// - Returns: the counts.
  /// - Throws: ``RunFileError`` if the file cannot be read.
  public func pendingOperations(
    retrying: Set<ProjectOutcome>,
    each: (Project, Set<String>) -> Void = { _, _ in }
  ) throws(RunFileError) -> PendingOperations {
    try Self.run(path) {
      try queue.read { database in
        var result = PendingOperations()
        let rows = try Row.fetchCursor(
          database,
          sql: "SELECT * FROM project WHERE \(Self.condition(retrying))"
        )
        while let row = try rows.next() {
          result.projects += 1
          let record = try record(database, row, isPlanned: false)
          var names: Set<String> = []
          for entry in record.operations where !entry.status.isSettled {
            result.operations += 1
            if entry.operation.isIrreversible { result.irreversible += 1 }
            names.formUnion(entry.operation.secretNames)
          }
          result.secrets.formUnion(names)
          each(record.project, names)
        }
        return result
      }
    }
  }

  private static func condition(_ retrying: Set<ProjectOutcome>) -> String {
    let buckets = retrying.union([.inDoubt]).map { "'\($0.rawValue)'" }.sorted()
    return
      "outcome = 'changed' AND (settled IS NULL OR settled IN (\(buckets.joined(separator: ",")))"
      + ")"
  }

  /// The projects after a position that still have something to do, at most `limit`.
  ///
  /// These are the ones not begun or not ended, those in doubt, and of the settled ones those in
  /// a bucket of `retrying`.
  public func pending(
    after position: Int,
    limit: Int,
    retrying: Set<ProjectOutcome>
  ) async throws(RunFileError) -> [Pending] {
    let condition = Self.condition(retrying)
    return try await write { [self] database in
      let rows = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT * FROM project WHERE position > ? AND \(condition)
            ORDER BY position LIMIT ?
            """
        ),
        arguments: [position, limit]
      )
      return try rows.map { row in
        let position: Int = try row.decode(forColumn: "position")
        let record = try record(database, row, isPlanned: false)
        let history = try history(database, position: position)
        let settled: String? = try row.decode(forColumn: "settled")
        let hasBegun = record.operations.contains { $0.status != .planned }
        return Pending(
          position: position,
          record: record,
          intents: hasBegun ? history.intents : [:],
          answers: hasBegun ? history.answers : [:],
          suspects: suspects(record, history),
          unanswered: history.unanswered,
          wasSettled: settled != nil
        )
      }
    }
  }

  /// Those of which the journal has nothing since an intent may have been lost.
  private func suspects(_ record: ProjectRecord, _ history: ProjectHistory) -> Set<Int> {
    guard let suspectSequence else { return [] }
    return Set(record.operations.map(\.operation.number))
      .subtracting(history.numbers(after: suspectSequence))
  }

  /// Reads the notes with the last entry of the journal on an operation, and with those on its project
  /// that came after it.
  ///
  /// - Parameters:
  ///   - number: the operation's number.
  ///   - position: its project's position in the run.
  /// - Returns: the notes, `nil` for an entry without one; none if nothing is known of the operation.
  /// - Throws: ``RunFileError`` if the file cannot be read.
  public func notes(
    sinceLastOf number: Int,
    at position: Int
  ) async throws(RunFileError) -> [String?] {
    try await write { [self] database in
      try history(database, position: position).notes(sinceLastOf: number)
    }
  }

  /// What the journal has of a project; where the run is sealed, it is compared with what was checked.
  private func history(_ database: Database, position: Int) throws -> ProjectHistory {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT sequence, atMilliseconds, position, number, event, detail FROM journal
          WHERE position = ? ORDER BY sequence
          """
      ),
      arguments: [position]
    )
    let entries = try rows.map { row in
      JournalFold.Entry(
        milliseconds: try row.decode(atIndex: 1),
        position: try row.decode(atIndex: 2),
        number: try row.decode(atIndex: 3),
        event: try row.decode(atIndex: 4),
        detail: try row.decode(atIndex: 5)
      )
    }
    try compare { try $0.check(entries, at: Int64(position), path: path) }
    var history = ProjectHistory()
    for (row, entry) in zip(rows, entries) {
      history.add(
        sequence: try row.decode(atIndex: 0),
        number: entry.number.flatMap { Int(exactly: $0) },
        event: entry.event,
        try Self.object(entry.detail, path: path)
      )
    }
    return history
  }

  /// Sets the phase of the run.
  ///
  /// - Throws: `lostLease` if another process has the run.
  public func setPhase(_ phase: RunInfo.Phase) async throws(RunFileError) {
    let seconds = clock() / 1000
    try await write { [path, lease] database in
      try lease?.renew(database, path: path, nowSeconds: seconds)
      try Self.setMeta(database, "phase", phase.rawValue)
    }
  }

  /// Renews the lease again and again until the task is cancelled, so that a run that waits for long, for
  /// an answer or between two writes, is not taken for one whose process is gone.
  ///
  /// - Parameters:
  ///   - interval: the time between two renewals; a lease expires after 30 s.
  ///   - wait: waits for the interval, and throws when it is cancelled.
  public func keepLease(
    every interval: Duration = .seconds(10),
    wait: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) async {
    while true {
      do {
        try await wait(interval)
        let seconds = clock() / 1000
        try await write { [path, lease] database in
          try lease?.renew(database, path: path, nowSeconds: seconds)
        }
      } catch {
        // Whoever commits next finds out what is wrong, and says so.
        return
      }
    }
  }

  /// Notes that a run has come to its end, if no project of it is open or in doubt.
  ///
  /// - Throws: `lostLease` if another process has the run.
  public func finishIfNothingIsOpen() async throws(RunFileError) {
    let seconds = clock() / 1000
    try await write { [path, lease] database in
      try lease?.renew(database, path: path, nowSeconds: seconds)
      try Self.finishIfNothingIsOpen(database)
    }
  }

  static func finishIfNothingIsOpen(_ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE meta SET value = 'finished' WHERE key = 'phase' AND value = 'applying'
        AND NOT EXISTS (SELECT 1 FROM project WHERE \(condition([])))
        """
    )
  }

  /// Commits entries in one transaction, the first of which marks the run as begun;
  /// ``JournalWriter`` is the way in.
  ///
  /// It does not heed the cancellation of its task: an outcome that is known has to be kept.
  func commit(_ entries: [JournalEntry]) async throws(RunFileError) {
    guard let lease else {
      throw RunFileError(.wrongPhase, path: path, detail: "the run is not open for applying")
    }
    let milliseconds = clock()
    CrashPoint.pass("before a commit")
    let work = Task { [self] in
      try await queue.writeWithoutTransaction { database in
        try follow(entries) { journal in
          try database.inTransaction(.immediate) {
            try insert(entries, lease, at: milliseconds, &journal, database)
            return .commit
          }
        }
      }
    }
    do { try await work.value } catch {
      throw RunFileError.wrapping(error, path: path, purpose)
    }
    CrashPoint.pass("after a commit")
  }

  private func insert(
    _ entries: [JournalEntry],
    _ lease: RunLease,
    at milliseconds: Int64,
    _ journal: inout JournalFold,
    _ database: Database
  ) throws {
    try lease.renew(database, path: path, nowSeconds: milliseconds / 1000)
    try database.cachedStatement(
      sql: """
        UPDATE meta SET value = 'applying'
        WHERE key = 'phase' AND value IN ('planned', 'finished')
        """
    ).execute()
    let last = try Data.fetchOne(
      database.cachedStatement(sql: "SELECT hash FROM journal ORDER BY sequence DESC LIMIT 1")
    )
    guard last ?? Data() == journal.last else { throw RunSeal.changed(path) }
    let insert = try database.cachedStatement(
      sql: """
        INSERT INTO journal (atMilliseconds, position, number, event, detail, hash)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    )
    for entry in entries {
      let object = entry.event.detail
      let detail = Self.text(object)
      let hash = journal.add(
        JournalFold.Entry(
          milliseconds: milliseconds,
          position: Int64(entry.position),
          number: entry.number.map(Int64.init),
          event: entry.event.name,
          detail: detail
        ),
        object
      )
      try insert.execute(arguments: [
        milliseconds, entry.position, entry.number, entry.event.name, detail, hash,
      ])
      try Self.carryOut(entry, detail: detail, database)
    }
  }

  /// Keeps the columns that say how things stand in step with the journal.
  private static func carryOut(
    _ entry: JournalEntry,
    detail: String,
    _ database: Database
  ) throws {
    switch entry.event {
    case .intent(_, _, let isRepeat):
      try database.cachedStatement(
        sql: """
          UPDATE operation SET status = 'sending', wasRepeated = wasRepeated OR ?
          WHERE position = ? AND number = ?
          """
      ).execute(arguments: [isRepeat, entry.position, entry.number])
    case .outcome(let status, _, _):
      try database.cachedStatement(
        sql: "UPDATE operation SET status = ? WHERE position = ? AND number = ?"
      ).execute(arguments: [status.rawValue, entry.position, entry.number])
    case .settled(let outcome, _, _, _, _):
      try database.cachedStatement(
        sql: "UPDATE project SET settled = ?, settledDetail = ? WHERE position = ?"
      ).execute(arguments: [outcome.rawValue, detail, entry.position])
    case .reopened:
      try database.cachedStatement(
        sql: "UPDATE project SET settled = NULL, settledDetail = NULL WHERE position = ?"
      ).execute(arguments: [entry.position])
    }
  }
}
