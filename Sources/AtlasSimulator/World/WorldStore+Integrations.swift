import GRDB
import GodwitCore

/// One integration as it is stored.
struct IntegrationRow {
  let id: String
  /// All fields and `type`, secrets whole, without `id`.
  let document: JSONObject
}

extension WorldStore {
  /// What API v2 lists of a project, as JSON texts; `nil` if there is no such project.
  func shownIntegrations(of project: String) throws -> [String]? {
    try read { database in try Self.shownIntegrations(of: project, in: database) }
  }

  static func shownIntegrations(of project: String, in database: Database) throws -> [String]? {
    let rows = try Row.fetchCursor(
      try database.cachedStatement(
        sql: """
          SELECT i.shown FROM projects AS p LEFT JOIN integrations AS i ON i.project = p.key
          WHERE p.id = ? ORDER BY i.place
          """
      ),
      arguments: [project]
    )
    var texts: [String]?
    while let row = try rows.next() {
      if texts == nil { texts = [] }
      if let text = try row.decode(String?.self, atIndex: 0) { texts?.append(text) }
    }
    return texts
  }

  /// All integrations of a project whole, in the order of lists.
  static func integrations(
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> [(type: String, row: IntegrationRow)] {
    let rows = try Row.fetchAll(
      try database.cachedStatement(
        sql: "SELECT type, id, document FROM integrations WHERE project = ? ORDER BY place, type"
      ),
      arguments: [key]
    )
    return try rows.map { row in
      let document = try JSONObject(storedText: try row.decode(atIndex: 2))
      return (
        try row.decode(atIndex: 0),
        IntegrationRow(id: try row.decode(atIndex: 1), document: document)
      )
    }
  }

  /// The key of a project.
  static func key(of project: String, in database: Database) throws -> Int64? {
    try Int64.fetchOne(
      try database.cachedStatement(sql: "SELECT key FROM projects WHERE id = ?"),
      arguments: [project]
    )
  }

  /// What API v2 answers for one type: `nil` if there is no such project, then none of the type.
  func shownIntegration(of project: String, type: String) throws -> String?? {
    try read { database in
      let row = try Row.fetchOne(
        try database.cachedStatement(
          sql: """
            SELECT i.shown FROM projects AS p
            LEFT JOIN integrations AS i ON i.project = p.key AND i.type = ? WHERE p.id = ?
            """
        ),
        arguments: [type, project]
      )
      return try row.map { try $0.decode(String?.self, atIndex: 0) }
    }
  }

  /// One integration whole.
  static func integration(
    ofProjectKey key: Int64,
    type: String,
    in database: Database
  ) throws -> IntegrationRow? {
    let row = try Row.fetchOne(
      try database.cachedStatement(
        sql: "SELECT id, document FROM integrations WHERE project = ? AND type = ?"
      ),
      arguments: [key, type]
    )
    guard let row else { return nil }
    let text: String = try row.decode(atIndex: 1)
    return IntegrationRow(
      id: try row.decode(atIndex: 0),
      document: try JSONObject(storedText: text)
    )
  }

  /// Stores an integration with its id in place of the project's one of the same type, if any.
  static func store(
    _ document: JSONObject,
    type: String,
    id: String,
    ofProjectKey key: Int64,
    in database: Database
  ) throws {
    let isShown = TypeRules.rule(for: type)?.isInV2 ?? true
    try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO integrations VALUES (?, ?, ?, ?, ?, ?)"
    )
    .execute(arguments: [
      key, TypeRules.place(of: type), type, id, String(json: .object(document)),
      isShown ? WireForm.v2(type: type, id: id, document: document) : nil,
    ])
  }

  /// Removes an integration.
  ///
  /// - Returns: whether there was one.
  static func remove(
    type: String,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> Bool {
    try database.cachedStatement(
      sql: "DELETE FROM integrations WHERE project = ? AND type = ?"
    )
    .execute(arguments: [key, type])
    return database.changesCount > 0
  }
}

extension JSONObject {
  /// The object of a text that the store has written.
  init(storedText text: String) throws {
    guard let object = try JSONValue(parsing: Array(text.utf8)).objectValue else {
      throw APIError.unexpected
    }
    self = object
  }
}
