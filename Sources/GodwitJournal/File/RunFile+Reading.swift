internal import Foundation
internal import GRDB
public import GodwitCore

extension RunFile {
  /// The head of the run.
  public func info() throws(RunFileError) -> RunInfo {
    try Self.run(path) {
      try queue.read { database in
        guard
          let phase = try Self.meta(database, "phase", as: String.self)
            .flatMap(RunInfo.Phase.init(rawValue:)),
          let info = RunInfo(
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
        return info
      }
    }
  }

  /// The key under which secrets are told apart.
  public func secretKey() throws(RunFileError) -> [UInt8] {
    try Self.run(path) {
      try queue.read { database in
        Array(try Self.meta(database, "key", as: Data.self) ?? Data())
      }
    }
  }

  /// The script and its modules as they were planned: path to text.
  public func sources() throws(RunFileError) -> [String: [UInt8]] {
    try Self.run(path) {
      try queue.read { database in
        var result: [String: [UInt8]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT path, text FROM source") {
          result[row["path"]] = Array(row["text"] as Data)
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
            bucket: row["bucket"],
            isOpen: row["isOpen"],
            isDoubtful: row["isDoubtful"],
            isPlanned: Self.isBeforeApplying(phase)
          )
          totals[outcome] += row["count"]
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
    let operations = try operations(database, position: row["position"])
    let planned = ProjectOutcome(rawValue: row["outcome"] ?? "") ?? .notStarted
    let plan = ProjectPlan(
      project: try Self.project(row, path: path),
      outcome: planned,
      detail: try Self.object(row["detail"], path: path),
      operations: operations.map(\.operation)
    )
    let settled: String? = row["settled"]
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
      : StoredReason(try Self.object(row["settledDetail"], path: path))
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

  private func operations(
    _ database: Database,
    position: Int
  ) throws -> [ProjectRecord.OperationRecord] {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT number, operation, status, wasRepeated FROM operation
          WHERE position = ? ORDER BY number
          """
      ),
      arguments: [position]
    )
    return try rows.map { row in
      guard
        let operation = Operation(
          number: row["number"],
          stored: try Self.object(row["operation"], path: path)
        ),
        let status = OperationStatus(rawValue: row["status"])
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
        wasRepeated: row["wasRepeated"]
      )
    }
  }
}
