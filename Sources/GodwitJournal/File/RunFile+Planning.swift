internal import GRDB
public import GodwitCore

extension RunFile {
  /// A project with its position in the run.
  public struct Selected: Sendable {
    /// The position, from 1 in the order of selection.
    public var position: Int
    /// The project.
    public var project: Project
  }

  /// Adds selected projects; positions go up in the order of adding.
  ///
  /// One that was added before, since it moved from one page of the listing to another, stays as it
  /// was.
  public func add(_ projects: [Project]) async throws(RunFileError) {
    try await write { database in
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO project (id, name, orgId, project) VALUES (?, ?, ?, ?)
          ON CONFLICT (id) DO NOTHING
          """
      )
      for project in projects {
        try insert.execute(arguments: [
          project.id.text, project.name, project.organization.text,
          Self.text(project.stored),
        ])
      }
    }
  }

  /// The selected projects that come after a position, at most `limit`.
  public func selected(after position: Int, limit: Int) async throws(RunFileError) -> [Selected] {
    try await write { [path] database in
      let rows = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT position, id, name, orgId, project FROM project
            WHERE position > ? AND outcome IS NULL ORDER BY position LIMIT ?
            """
        ),
        arguments: [position, limit]
      )
      return try rows.map { row in
        Selected(
          position: try row.decode(forColumn: "position"),
          project: try Self.project(row, path: path)
        )
      }
    }
  }

  /// Records the plans of projects, by position; projects that the script's `select` refused are
  /// taken out of the selection.
  public func record(
    _ plans: [(position: Int, plan: ProjectPlan)],
    refused: [Int]
  ) async throws(RunFileError) {
    try await write { database in
      let project = try database.cachedStatement(
        sql: "UPDATE project SET outcome = ?, detail = ? WHERE position = ?"
      )
      let operation = try database.cachedStatement(
        sql: """
          INSERT INTO operation (position, number, operation, status)
          VALUES (?, ?, ?, 'planned')
          """
      )
      for (position, plan) in plans {
        try project.execute(arguments: [
          plan.outcome.rawValue, Self.text(plan.storedDetail), position,
        ])
        for planned in plan.operations {
          try operation.execute(arguments: [
            position, planned.number, Self.text(planned.stored),
          ])
        }
      }
      let delete = try database.cachedStatement(sql: "DELETE FROM project WHERE position = ?")
      for position in refused { try delete.execute(arguments: [position]) }
    }
  }

  /// Adds plans of names that were selected and not found.
  public func addNotFound(_ plans: [ProjectPlan]) async throws(RunFileError) {
    try await write { database in
      for plan in plans {
        try database.execute(
          sql: """
            INSERT INTO project (id, name, orgId, project, outcome, detail)
            VALUES (?, ?, '', '{}', ?, ?)
            ON CONFLICT (id) DO NOTHING
            """,
          arguments: [
            plan.project.id.text, plan.project.name, plan.outcome.rawValue,
            Self.text(plan.storedDetail),
          ]
        )
      }
    }
  }

  /// Completes the plan: writes the head, seals everything with one hash, and makes it durable.
  public func finishPlanning(_ info: RunInfo) async throws(RunFileError) {
    try await write { [planKey] database in
      try Self.setMeta(database, "info", Self.text(info.stored))
      let hash = try PlanHash.compute(database)
      try Self.setMeta(database, "planHash", hash)
      if let planKey { try PlanProof.write(database, planKey, hash: hash) }
    }
    try Self.run(path, purpose) {
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try database.inTransaction(.immediate) {
          try Self.setMeta(database, "phase", RunInfo.Phase.planned.rawValue)
          return .commit
        }
      }
    }
  }

  /// Keeps the head of a plan that was cut short, so that it can be listed.
  public func recordIncomplete(_ info: RunInfo) async throws(RunFileError) {
    try await write { database in
      try Self.setMeta(database, "info", Self.text(info.stored))
    }
  }

  static func text(_ object: JSONObject) -> String {
    StoredJSON.plain(.object(object)).encodedString()
  }

  static func object(_ text: String?, path: String) throws -> JSONObject {
    guard let text else { return [:] }
    guard let value = try? JSONValue(parsing: text),
      case .object(let object) = StoredJSON.restored(value)
    else {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "a row of the run file cannot be read",
        advice: RunFileError.adviceForDamage
      )
    }
    return object
  }

  static func project(_ row: Row, path: String) throws -> Project {
    Project(
      id: try row.decode(forColumn: "id"),
      name: try row.decode(forColumn: "name"),
      organization: try row.decode(forColumn: "orgId"),
      stored: try object(try row.decode(forColumn: "project"), path: path)
    )
  }
}
