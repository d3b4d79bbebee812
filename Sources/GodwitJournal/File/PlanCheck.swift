internal import Foundation
internal import GRDB
internal import GodwitCore

/// Tells whether a run file is what its program wrote, before anything is sent by it.
enum PlanCheck {
  /// Compares the plan with its hash and its code, the journal with its hashes, and the columns that say
  /// how things stand with the journal.
  ///
  /// - Parameters:
  ///   - database: the run file, in a transaction; its schema and pages have been checked.
  ///   - path: its path, for errors.
  ///   - key: the key of this machine.
  /// - Returns: what was checked, to compare later reads with; and where the plan comes from.
  /// - Throws: ``RunFileError`` of kind `damaged`, or `wrongPhase` for a plan that is incomplete.
  static func check(
    _ database: Database,
    path: String,
    key: PlanKey?
  ) throws -> (seal: RunSeal, origin: PlanOrigin) {
    let phase = try RunFile.meta(database, "phase", as: String.self)
    guard phase != RunInfo.Phase.planning.rawValue else {
      throw RunFileError(
        .wrongPhase,
        path: path,
        detail: "the plan in it is incomplete",
        advice: "it was interrupted before it could be reviewed; plan again"
      )
    }
    var plans: [Int64: Data] = [:]
    let hash = try PlanHash.compute(database) { section, row in
      let position: Int64 = try row.decode(atIndex: 0)
      plans[position] = try PlanHash.extend(plans[position], by: row, of: section)
    }
    guard try RunFile.meta(database, "planHash", as: String.self) == hash else {
      throw damaged(
        path,
        "the plan is not the one that was recorded",
        "somebody or something changed the file; plan again"
      )
    }
    let origin = try PlanProof.judge(database, key, hash: hash, path: path)
    let seal = RunSeal(
      head: try PlanHash.compute(.head, database),
      sources: try PlanHash.compute(.sources, database),
      plans: plans,
      journal: try fold(database, path: path)
    )
    let isBegun = !seal.journal.last.isEmpty
    guard phase != RunInfo.Phase.planned.rawValue || !isBegun else { throw strayColumns(path) }
    try checkColumns(database, seal.journal, path: path)
    return (seal, origin)
  }

  private static func fold(_ database: Database, path: String) throws -> JournalFold {
    var fold = JournalFold()
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT sequence, atMilliseconds, position, number, event, detail, hash
        FROM journal ORDER BY sequence
        """
    )
    while let row = try rows.next() {
      let entry = JournalFold.Entry(
        milliseconds: try row.decode(atIndex: 1),
        position: try row.decode(atIndex: 2),
        number: try row.decode(atIndex: 3),
        event: try row.decode(atIndex: 4),
        detail: try row.decode(atIndex: 5)
      )
      let hash = fold.add(entry, try RunFile.object(entry.detail, path: path))
      guard JournalEntry.Event.names.contains(entry.event), hash == (try row.decode(atIndex: 6))
      else {
        let sequence: Int64 = try row.decode(atIndex: 0)
        throw damaged(path, "the journal does not fit its hashes from row \(sequence) on")
      }
    }
    return fold
  }

  /// The columns that say how things stand follow from the journal: they are folds over it.
  ///
  /// This finds what the chain of hashes cannot: rows cut off its end, and edits of the columns.
  private static func checkColumns(
    _ database: Database,
    _ journal: JournalFold,
    path: String
  ) throws {
    let operations = try Row.fetchCursor(
      database,
      sql: "SELECT position, number, status, wasRepeated FROM operation"
    )
    while let row = try operations.next() {
      let standing = JournalFold.Standing(
        status: try row.decode(atIndex: 2),
        wasRepeated: try row.decode(atIndex: 3)
      )
      let expected = journal.standing(
        of: try row.decode(atIndex: 1),
        at: try row.decode(atIndex: 0)
      )
      guard standing == expected else { throw strayColumns(path) }
    }
    let projects = try Row.fetchCursor(
      database,
      sql: "SELECT position, settled, settledDetail FROM project"
    )
    while let row = try projects.next() {
      let isRight = journal.fits(
        settled: try row.decode(atIndex: 1),
        detail: try row.decode(atIndex: 2),
        at: try row.decode(atIndex: 0)
      )
      guard isRight else { throw strayColumns(path) }
    }
  }

  private static func strayColumns(_ path: String) -> RunFileError {
    damaged(path, "what it says of operations and projects does not fit its journal")
  }

  private static func damaged(
    _ path: String,
    _ detail: String,
    _ advice: String = "somebody or something changed the file; compare Atlas with `godwit show`"
  ) -> RunFileError {
    RunFileError(.damaged, path: path, detail: detail, advice: advice)
  }
}
