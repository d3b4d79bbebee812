internal import Foundation
internal import GRDB
internal import GodwitCore

/// Tells whether a run file is what its program wrote, before anything is sent by it.
enum PlanCheck {
  /// Compares the plan with its hash, the journal with its hashes, and the statuses with the
  /// journal.
  ///
  /// - Throws: ``RunFileError`` of kind `damaged`, or `wrongPhase` for a plan that is incomplete.
  static func check(_ database: Database, path: String) throws {
    let phase = try RunFile.meta(database, "phase", as: String.self)
    guard phase != RunInfo.Phase.planning.rawValue else {
      throw RunFileError(
        .wrongPhase,
        path: path,
        detail: "the plan in it is incomplete",
        advice: "it was interrupted before it could be reviewed; plan again"
      )
    }
    let expected = try RunFile.meta(database, "planHash", as: String.self)
    guard try PlanHash.compute(database) == expected else {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "the plan is not the one that was recorded",
        advice: "somebody or something changed the file; plan again"
      )
    }
    try checkJournal(database, path: path)
    try checkStatuses(database, phase: phase, path: path)
  }

  private static func checkJournal(_ database: Database, path: String) throws {
    var last = Data()
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT sequence, atMilliseconds, position, number, event, detail, hash
        FROM journal ORDER BY sequence
        """
    )
    while let row = try rows.next() {
      let hash = PlanHash.journal(
        after: last,
        at: row[1],
        position: row[2],
        number: row[3],
        event: row[4],
        detail: row[5]
      )
      guard hash == row[6] as Data else {
        throw RunFileError(
          .damaged,
          path: path,
          detail: "the journal does not fit its hashes from row \(row[0] as Int64) on",
          advice: advice
        )
      }
      last = hash
    }
  }

  /// The columns that say how things stand follow from the journal: they are folds over it.
  ///
  /// This finds what the chain of hashes cannot: rows cut off its end, and edits of the columns.
  private static func checkStatuses(_ database: Database, phase: String?, path: String) throws {
    let isBegun = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM journal)") ?? false
    let isPhaseRight = phase != RunInfo.Phase.planned.rawValue || !isBegun
    let operations = try Int.fetchOne(database, sql: strayOperations) ?? 0
    let projects = try Int.fetchOne(database, sql: strayProjects) ?? 0
    guard isPhaseRight, operations == 0, projects == 0 else {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "what it says of operations and projects does not fit its journal",
        advice: advice
      )
    }
  }

  private static let advice =
    "somebody or something changed the file; compare Atlas with `godwit show`"

  private static let strayOperations = """
    SELECT count(*) FROM operation AS o
    LEFT JOIN journal AS j ON j.sequence = (
      SELECT max(sequence) FROM journal WHERE position = o.position AND number = o.number
    )
    WHERE o.status IS NOT CASE j.event
        WHEN 'intent' THEN 'sending'
        WHEN 'outcome' THEN json_extract(j.detail, '$.status')
        ELSE 'planned' END
      OR o.wasRepeated IS NOT EXISTS (
        SELECT 1 FROM journal AS i
        WHERE i.position = o.position AND i.number = o.number AND i.event = 'intent'
          AND json_extract(i.detail, '$.isRepeat')
      )
    """

  private static let strayProjects = """
    SELECT count(*) FROM project AS p
    LEFT JOIN journal AS j ON j.sequence = (
      SELECT max(sequence) FROM journal WHERE position = p.position AND number IS NULL
    )
    WHERE p.settled IS NOT CASE j.event
        WHEN 'settled' THEN json_extract(j.detail, '$.outcome') END
      OR p.settledDetail IS NOT CASE j.event WHEN 'settled' THEN j.detail END
    """
}
