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
        let position: Int = row["position"]
        let record = try record(database, row, isPlanned: false)
        let hasBegun = record.operations.contains { $0.status != .planned }
        return Pending(
          position: position,
          record: record,
          intents: hasBegun ? try intents(database, position: position) : [:],
          answers: hasBegun ? try answers(database, position: position) : [:],
          suspects: try suspects(database, position: position, record),
          unanswered: try unanswered(database, position: position),
          wasSettled: row["settled"] as String? != nil
        )
      }
    }
  }

  /// Those of which the journal has nothing since an intent may have been lost.
  private func suspects(
    _ database: Database,
    position: Int,
    _ record: ProjectRecord
  ) throws -> Set<Int> {
    guard let suspectSequence else { return [] }
    let known = try Int.fetchSet(
      database.cachedStatement(
        sql: "SELECT number FROM journal WHERE position = ? AND sequence > ? AND number IS NOT NULL"
      ),
      arguments: [position, suspectSequence]
    )
    return Set(record.operations.map(\.operation.number)).subtracting(known)
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
    try await write { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT json_extract(detail, '$.note') FROM journal
          WHERE position = :position AND sequence >=
            (SELECT max(sequence) FROM journal WHERE position = :position AND number = :number)
          ORDER BY sequence
          """,
        arguments: ["position": position, "number": number]
      ).map { $0[0] as String? }
    }
  }

  private func unanswered(_ database: Database, position: Int) throws -> Set<Int> {
    try Int.fetchSet(
      database.cachedStatement(
        sql: """
          SELECT number FROM journal
          WHERE position = ? AND event = 'outcome' AND number IS NOT NULL
            AND json_extract(detail, '$.status') = 'inDoubt'
          """
      ),
      arguments: [position]
    )
  }

  private func intents(_ database: Database, position: Int) throws -> [Int: CommittedIntent] {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT number, detail FROM journal
          WHERE position = ? AND event = 'intent' ORDER BY sequence
          """
      ),
      arguments: [position]
    )
    var result: [Int: CommittedIntent] = [:]
    for row in rows {
      let detail = try Self.object(row["detail"], path: path)
      result[row["number"]] = CommittedIntent(
        image: detail["image"]?.objectValue,
        stamp: detail["stamp"]?.stringValue,
        isRepeat: detail["isRepeat"]?.boolValue ?? false
      )
    }
    return result
  }

  /// The images that were kept with the outcomes of operations that were made.
  private func answers(_ database: Database, position: Int) throws -> [Int: JSONObject] {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT number, detail FROM journal
          WHERE position = ? AND event = 'outcome' AND number IS NOT NULL
            AND json_extract(detail, '$.status') = 'done'
          ORDER BY sequence
          """
      ),
      arguments: [position]
    )
    var result: [Int: JSONObject] = [:]
    for row in rows {
      result[row["number"]] = try Self.object(row["detail"], path: path)["image"]?.objectValue
    }
    return result
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
      try await queue.write { try insert(entries, lease, at: milliseconds, $0) }
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
    _ database: Database
  ) throws {
    try lease.renew(database, path: path, nowSeconds: milliseconds / 1000)
    try database.cachedStatement(
      sql: """
        UPDATE meta SET value = 'applying'
        WHERE key = 'phase' AND value IN ('planned', 'finished')
        """
    ).execute()
    var hash =
      try Data.fetchOne(
        database.cachedStatement(
          sql: "SELECT hash FROM journal ORDER BY sequence DESC LIMIT 1"
        )
      ) ?? Data()
    let insert = try database.cachedStatement(
      sql: """
        INSERT INTO journal (atMilliseconds, position, number, event, detail, hash)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    )
    for entry in entries {
      let detail = Self.text(entry.event.detail)
      hash = PlanHash.journal(
        after: hash,
        at: milliseconds,
        position: Int64(entry.position),
        number: entry.number.map(Int64.init),
        event: entry.event.name,
        detail: detail
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
