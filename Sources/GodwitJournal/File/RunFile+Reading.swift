internal import Foundation
internal import GRDB
public import GodwitCore

extension RunFile {
  /// The head of the run.
  public func info() throws(RunFileError) -> RunInfo {
    try Self.run(path) {
      try queue.read { database in
        try compare { try $0.check(.head, database, path: path) }
        guard
          let phase = try Self.meta(database, "phase", as: String.self)
            .flatMap(RunInfo.Phase.init(rawValue:)),
          var info = RunInfo(
            stored: try Self.object(
              try Self.meta(database, "info", as: String.self),
              path: path
            ),
            phase: phase
          )
        else {
          throw RunFileError(
            .wrongPhase,
            path: path,
            detail: "the plan in it is incomplete",
            advice: "it was interrupted before it could be reviewed; plan again"
          )
        }
        info.origin = origin
        return info
      }
    }
  }

  /// The key under which secrets are told apart.
  public func secretKey() throws(RunFileError) -> [UInt8] {
    try Self.run(path) {
      try queue.read { database in
        try compare { try $0.check(.head, database, path: path) }
        return Array(try Self.meta(database, "key", as: Data.self) ?? Data())
      }
    }
  }

  /// The script and its modules as they were planned: path to text.
  public func sources() throws(RunFileError) -> [String: [UInt8]] {
    try Self.run(path) {
      try queue.read { database in
        try compare { try $0.check(.sources, database, path: path) }
        var result: [String: [UInt8]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT path, text FROM source") {
          let text: Data = try row.decode(atIndex: 1)
          result[try row.decode(atIndex: 0)] = Array(text)
        }
        return result
      }
    }
  }

  /// How many projects are in the run.
  public func projectCount() throws(RunFileError) -> Int {
    try Self.run(path) {
      try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM project") ?? 0 }
    }
  }

  /// How many projects are in each bucket, as of now.
  public func totals() throws(RunFileError) -> Totals {
    try Self.run(path) {
      try queue.read { database in
        let phase = try Self.meta(database, "phase", as: String.self)
        var totals = Totals(
          selected: try Int.fetchOne(database, sql: "SELECT count(*) FROM project") ?? 0
        )
        let rows = try Row.fetchCursor(
          database,
          sql: """
            SELECT coalesce(settled, outcome, 'notStarted') AS bucket,
              settled IS NULL AND outcome IS 'changed' AS isOpen,
              EXISTS (SELECT 1 FROM operation o WHERE o.position = p.position
                AND o.status IN ('sending', 'inDoubt')) AS isDoubtful,
              count(*) AS count
            FROM project p GROUP BY 1, 2, 3
            """
        )
        while let row = try rows.next() {
          let outcome = Self.outcome(
            bucket: try row.decode(forColumn: "bucket"),
            isOpen: try row.decode(forColumn: "isOpen"),
            isDoubtful: try row.decode(forColumn: "isDoubtful"),
            isPlanned: Self.isBeforeApplying(phase)
          )
          totals[outcome] += try row.decode(Int.self, forColumn: "count")
        }
        return totals
      }
    }
  }

  private static func isBeforeApplying(_ phase: String?) -> Bool {
    phase == RunInfo.Phase.planned.rawValue || phase == RunInfo.Phase.planning.rawValue
  }

  private static func outcome(
    bucket: String,
    isOpen: Bool,
    isDoubtful: Bool,
    isPlanned: Bool
  ) -> ProjectOutcome {
    if isOpen, !isPlanned { return isDoubtful ? .inDoubt : .notStarted }
    return ProjectOutcome(rawValue: bucket) ?? .notStarted
  }

  /// Gives every project to `body`, by name, one at a time.
  ///
  /// - Parameters:
  ///   - project: an id or a name, to get only the projects that have it.
  ///   - body: receives one record after the other.
  /// - Throws: `damaged` if a row cannot be read, and what `body` throws as `other`.
  public func forEachRecord(
    project: String? = nil,
    _ body: (ProjectRecord) throws -> Void
  ) throws(RunFileError) {
    try Self.run(path) {
      try queue.read { database in
        let isPlanned = Self.isBeforeApplying(
          try Self.meta(database, "phase", as: String.self)
        )
        let condition = project == nil ? "" : "WHERE id = :project OR name = :project"
        let rows = try Row.fetchCursor(
          database,
          sql: "SELECT * FROM project \(condition) ORDER BY name, id",
          arguments: project.map { ["project": $0] } ?? StatementArguments()
        )
        while let row = try rows.next() {
          try body(try record(database, row, isPlanned: isPlanned))
        }
      }
    }
  }

  /// Puts one project's rows together.
  func record(_ database: Database, _ row: Row, isPlanned: Bool) throws -> ProjectRecord {
    let position: Int64 = try row.decode(forColumn: "position")
    let operations = try operations(database, of: row, at: position)
    let outcomeText: String? = try row.decode(forColumn: "outcome")
    let planned = ProjectOutcome(rawValue: outcomeText ?? "") ?? .notStarted
    let plan = ProjectPlan(
      project: try Self.project(row, path: path),
      outcome: planned,
      detail: try Self.object(try row.decode(forColumn: "detail"), path: path),
      operations: operations.map(\.operation)
    )
    let settled: String? = try row.decode(forColumn: "settled")
    let settledDetail: String? = try row.decode(forColumn: "settledDetail")
    let isDoubtful = operations.contains { $0.status == .sending || $0.status == .inDoubt }
    let outcome = Self.outcome(
      bucket: settled ?? planned.rawValue,
      isOpen: settled == nil && planned == .changed,
      isDoubtful: isDoubtful,
      isPlanned: isPlanned
    )
    var why =
      settled == nil
      ? StoredReason(reason: plan.reason, advice: plan.advice, position: plan.position)
      : StoredReason(try Self.object(settledDetail, path: path))
    if settled == nil, planned == .changed, !isPlanned {
      why = Self.whyOpen(operations) ?? why
    } else if why.needsPerson, !isDoubtful {
      why = StoredReason(
        reason: "a person said what became of the write",
        advice: "`godwit resume` goes on from there",
        position: nil
      )
    }
    return ProjectRecord(
      plan: plan,
      outcome: outcome,
      reason: why.reason,
      advice: why.advice,
      position: why.position,
      needsPerson: why.needsPerson,
      operations: operations
    )
  }

  /// Why a project has not ended that was begun; `nil` if it was not.
  private static func whyOpen(
    _ operations: [ProjectRecord.OperationRecord]
  ) -> StoredReason? {
    let made = operations.count(where: \.status.isSettled)
    let reason: String
    if operations.contains(where: { $0.status == .sending || $0.status == .inDoubt }) {
      reason = "a write is on its way, or was when the run ended"
    } else if made == operations.count {
      reason = "all operations were made, and the project has not ended"
    } else if made > 0 {
      reason = "\(made) of \(operations.count) operations were made"
    } else {
      return nil
    }
    return StoredReason(
      reason: reason,
      advice: "`godwit resume` goes on from there",
      position: nil
    )
  }

  /// The operations of a project; where the run is sealed, its rows are compared with what was checked.
  private func operations(
    _ database: Database,
    of project: Row,
    at position: Int64
  ) throws -> [ProjectRecord.OperationRecord] {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT position, number, operation, status, wasRepeated FROM operation
          WHERE position = ? ORDER BY number
          """
      ),
      arguments: [position]
    )
    try compare { try $0.check(project, rows, at: position, path: path) }
    return try rows.map { row in
      let status: String = try row.decode(atIndex: 3)
      guard
        let operation = Operation(
          number: try row.decode(atIndex: 1),
          stored: try Self.object(try row.decode(atIndex: 2), path: path)
        ),
        let status = OperationStatus(rawValue: status)
      else {
        throw RunFileError(
          .damaged,
          path: path,
          detail: "an operation cannot be read",
          advice: RunFileError.adviceForDamage
        )
      }
      return ProjectRecord.OperationRecord(
        operation: operation,
        status: status,
        wasRepeated: try row.decode(atIndex: 4)
      )
    }
  }
}
