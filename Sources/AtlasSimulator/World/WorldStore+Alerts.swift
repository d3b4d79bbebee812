import GRDB
import GodwitCore

/// One alert configuration as it is stored.
struct AlertConfigRow {
  let id: String
  /// All fields, secrets whole, without `id` and `groupId`.
  let document: JSONObject
}

extension AlertConfigRow {
  /// Reads a row that begins with the id and the document.
  fileprivate init(_ row: Row) throws {
    id = try row.decode(atIndex: 0)
    document = try JSONObject(storedText: try row.decode(atIndex: 1))
  }
}

extension WorldStore {
  /// One page of a project's alert configurations and how many there are; `nil` without the project.
  func alertConfigs(
    of project: String,
    _ range: Range<Int>
  ) throws -> (rows: [AlertConfigRow], total: Int)? {
    try read { database in
      guard let key = try Self.key(of: project, in: database) else { return nil }
      let rows = try Row.fetchCursor(
        try database.cachedStatement(
          sql: """
            SELECT id, document FROM alertConfigs WHERE project = ? ORDER BY key LIMIT ? OFFSET ?
            """
        ),
        arguments: [key, range.count, range.lowerBound]
      )
      var page: [AlertConfigRow] = []
      while let row = try rows.next() {
        page.append(try AlertConfigRow(row))
      }
      let total = try Int.fetchOne(
        try database.cachedStatement(sql: "SELECT count(*) FROM alertConfigs WHERE project = ?"),
        arguments: [key]
      )
      return (page, total ?? 0)
    }
  }

  /// One alert configuration: `nil` without the project, then without the configuration.
  func alertConfig(of project: String, id: String) throws -> AlertConfigRow?? {
    try read { database in
      guard let key = try Self.key(of: project, in: database) else { return nil }
      return .some(try Self.alertConfig(id, ofProjectKey: key, in: database))
    }
  }

  /// One alert configuration of a project.
  static func alertConfig(
    _ id: String,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> AlertConfigRow? {
    let row = try Row.fetchOne(
      try database.cachedStatement(
        sql: "SELECT id, document FROM alertConfigs WHERE project = ? AND id = ?"
      ),
      arguments: [key, id]
    )
    return try row.map(AlertConfigRow.init)
  }

  /// How many alert configurations a project has.
  static func alertConfigCount(ofProjectKey key: Int64, in database: Database) throws -> Int {
    try Int.fetchOne(
      try database.cachedStatement(sql: "SELECT count(*) FROM alertConfigs WHERE project = ?"),
      arguments: [key]
    ) ?? 0
  }

  /// Adds an alert configuration, after all others.
  static func insert(
    _ row: AlertConfigRow,
    ofProjectKey key: Int64,
    in database: Database
  ) throws {
    try database.cachedStatement(
      sql: "INSERT INTO alertConfigs (project, id, document) VALUES (?, ?, ?)"
    )
    .execute(arguments: [key, row.id, String(json: .object(row.document))])
  }

  /// Stores an alert configuration in the place of the one of its id.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  static func replace(
    _ row: AlertConfigRow,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> Bool {
    try database.cachedStatement(
      sql: "UPDATE alertConfigs SET document = ? WHERE project = ? AND id = ?"
    )
    .execute(arguments: [String(json: .object(row.document)), key, row.id])
    return database.changesCount > 0
  }

  /// Removes an alert configuration.
  ///
  /// - Returns: whether there was one.
  static func removeAlertConfig(
    _ id: String,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> Bool {
    try database.cachedStatement(sql: "DELETE FROM alertConfigs WHERE project = ? AND id = ?")
      .execute(arguments: [key, id])
    return database.changesCount > 0
  }

  /// Whether an alert configuration of the project notifies through this type.
  static func isNotified(
    type: String,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> Bool {
    let texts = try String.fetchCursor(
      try database.cachedStatement(sql: "SELECT document FROM alertConfigs WHERE project = ?"),
      arguments: [key]
    )
    while let text = try texts.next() {
      let notifications = try JSONObject(storedText: text)["notifications"]?.arrayValue ?? []
      if notifications.contains(where: { $0.objectValue?["typeName"] == .string(type) }) {
        return true
      }
    }
    return false
  }
}
