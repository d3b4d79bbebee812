public import GodwitCore
import GRDB

/// Direct access to a world, beside the API: for tests, and for what only a person can do.
///
/// Each call is one transaction on the served world and is seen by the next request. Secrets are
/// whole here.
public struct SimulatorWorld: Sendable {
  let store: WorldStore

  /// How many projects the world has.
  ///
  /// - Throws: ``SimulatorError`` if the world cannot be read.
  public func projectCount() throws(SimulatorError) -> Int {
    try read { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM projects") ?? 0
    }
  }

  /// The ids of all projects, in the order of their names.
  ///
  /// - Throws: ``SimulatorError`` if the world cannot be read.
  public func projectIDs() throws(SimulatorError) -> [String] {
    try read { database in
      try String.fetchAll(database, sql: "SELECT id FROM projects ORDER BY key")
    }
  }

  /// The id of a project by its id or name; `nil` if there is none, one of them if several share it.
  ///
  /// - Throws: ``SimulatorError`` if the world cannot be read.
  public func projectID(named name: String) throws(SimulatorError) -> String? {
    try read { database in
      try String.fetchOne(
        database,
        sql: "SELECT id FROM projects WHERE id = ? OR name = ? ORDER BY key LIMIT 1",
        arguments: [name, name]
      )
    }
  }

  /// How many integrations there are, of one type or of all.
  ///
  /// - Throws: ``SimulatorError`` if the world cannot be read.
  public func integrationCount(type: String? = nil) throws(SimulatorError) -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: "SELECT count(*) FROM integrations WHERE ? IS NULL OR type = ?",
        arguments: [type, type]
      ) ?? 0
    }
  }

  /// The ids of the projects that have an integration of this type, in the order of their names.
  ///
  /// - Throws: ``SimulatorError`` if the world cannot be read.
  public func projectIDs(having type: String) throws(SimulatorError) -> [String] {
    try read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT p.id FROM integrations AS i JOIN projects AS p ON p.key = i.project
          WHERE i.type = ? ORDER BY p.key
          """,
        arguments: [type]
      )
    }
  }

  /// An integration whole: all fields, `type` and `id`, nothing masked; `nil` if there is none.
  ///
  /// - Throws: ``SimulatorError`` if there is no such project or the world cannot be read.
  public func integration(
    of project: String,
    type: String
  ) throws(SimulatorError) -> JSONObject? {
    try read { database in
      let key = try Self.key(of: project, in: database)
      let row = try WorldStore.integration(ofProjectKey: key, type: type, in: database)
      guard let row else { return nil }
      var whole = row.document
      whole["id"] = .string(row.id)
      return whole
    }
  }

  /// Adds an integration as a person would in the user interface; no rule of the API is applied.
  ///
  /// - Parameters:
  ///   - fields: All fields, secrets whole; `type` and `id` in it are ignored.
  ///   - type: The type, known or not.
  ///   - project: The id of the project, which must have none of this type.
  /// - Returns: The id of the new integration.
  /// - Throws: ``SimulatorError`` if there is one already, or no such project.
  @discardableResult
  public func add(
    _ fields: JSONObject,
    type: String,
    to project: String
  ) throws(SimulatorError) -> String {
    try put(fields, type: type, project: project, expectsOne: false)
  }

  /// Replaces an integration whole, as a person would; it gets a new id.
  ///
  /// - Parameters:
  ///   - fields: All fields, secrets whole; `type` and `id` in it are ignored.
  ///   - type: The type.
  ///   - project: The id of the project, which must have one of this type.
  /// - Returns: The new id.
  /// - Throws: ``SimulatorError`` if there is none, or no such project.
  @discardableResult
  public func replace(
    _ fields: JSONObject,
    type: String,
    in project: String
  ) throws(SimulatorError) -> String {
    try put(fields, type: type, project: project, expectsOne: true)
  }

  /// Removes an integration, as a person would.
  ///
  /// - Throws: ``SimulatorError`` if there is none, or no such project.
  public func remove(type: String, from project: String) throws(SimulatorError) {
    try write { database in
      let key = try Self.key(of: project, in: database)
      guard try WorldStore.remove(type: type, ofProjectKey: key, in: database) else {
        throw SimulatorError.edit("\(type) of project \(project)", "There is none to remove.")
      }
    }
  }

  /// The whole world in one text, to compare two worlds by.
  ///
  /// One line for each integration, in the order of projects and types: the project's id, the type,
  /// and the fields as JSON with secrets whole and without the integration's id, which every PUT
  /// changes. Then one for each alert configuration, without ids and times, and one for settings of
  /// a project that were changed.
  ///
  /// - Throws: ``SimulatorError`` if the world cannot be read.
  public func fingerprint() throws(SimulatorError) -> String {
    try read { database in
      var text = ""
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT p.id, i.type, i.document
          FROM integrations AS i JOIN projects AS p ON p.key = i.project
          ORDER BY p.key, i.place, i.type
          """
      )
      while let row = try rows.next() {
        text +=
          try (0..<3).map { try row.decode(String.self, atIndex: $0) }.joined(separator: " ") + "\n"
      }
      return text + (try fingerprintOfOthers(in: database))
    }
  }

  private func put(
    _ fields: JSONObject,
    type: String,
    project: String,
    expectsOne: Bool
  ) throws(SimulatorError) -> String {
    let id = store.ids.next()
    try write { database in
      let key = try Self.key(of: project, in: database)
      let old = try WorldStore.integration(ofProjectKey: key, type: type, in: database)
      guard (old != nil) == expectsOne else {
        throw SimulatorError.edit(
          "\(type) of project \(project)",
          expectsOne ? "There is none to replace." : "There is one already."
        )
      }
      var document = fields
      document["id"] = nil
      document["type"] = .string(type)
      try WorldStore.store(document, type: type, id: id, ofProjectKey: key, in: database)
    }
    return id
  }

  static func key(of project: String, in database: Database) throws -> Int64 {
    guard let key = try WorldStore.key(of: project, in: database) else {
      throw SimulatorError.edit("project \(project)", "The world has no such project.")
    }
    return key
  }

  func read<Value>(
    _ body: (Database) throws -> Value
  ) throws(SimulatorError) -> Value {
    do { return try store.read(body) } catch { throw .database(error, subject: "the world") }
  }

  func write<Value>(
    _ body: (Database) throws -> Value
  ) throws(SimulatorError) -> Value {
    do { return try store.write(body) } catch { throw .database(error, subject: "the world") }
  }
}

extension SimulatorError {
  static func edit(_ subject: String, _ problem: String) -> SimulatorError {
    SimulatorError(
      kind: .invalidEdit,
      subject: subject,
      problem: problem,
      advice: "Look at the project's integrations and edit what is there."
    )
  }
}
