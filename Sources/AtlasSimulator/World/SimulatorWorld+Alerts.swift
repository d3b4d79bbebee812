public import GodwitCore
import GRDB

/// Alert configurations and settings of projects, beside the API.
extension SimulatorWorld {
  /// How many alert configurations there are.
  ///
  /// - Throws: ``SimulatorError`` if the world cannot be read.
  public func alertConfigurationCount() throws(SimulatorError) -> Int {
    try read { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM alertConfigs") ?? 0
    }
  }

  /// The alert configurations of a project whole, with `id`, in Atlas' order, nothing masked.
  ///
  /// - Throws: ``SimulatorError`` if there is no such project or the world cannot be read.
  public func alertConfigurations(of project: String) throws(SimulatorError) -> [JSONObject] {
    try read { database in
      let key = try Self.key(of: project, in: database)
      return try Row.fetchAll(
        database,
        sql: "SELECT id, document FROM alertConfigs WHERE project = ? ORDER BY key",
        arguments: [key]
      )
      .map { row in
        let id: String = try row.decode(atIndex: 0)
        let document = try JSONObject(storedText: try row.decode(atIndex: 1))
        return document.merging(["id": .string(id)])
      }
    }
  }

  /// Adds an alert configuration as a person would in the user interface; no rule of the API is
  /// applied, but notifications without a `notifierId` get one.
  ///
  /// - Parameters:
  ///   - fields: All fields, secrets whole; `id` in it is ignored.
  ///   - project: The id of the project.
  /// - Returns: The id of the new configuration.
  /// - Throws: ``SimulatorError`` if there is no such project.
  @discardableResult
  public func addAlertConfiguration(
    _ fields: JSONObject,
    to project: String
  ) throws(SimulatorError) -> String {
    let id = store.ids.next()
    let now = WallClock.isoText(WallClock.now().seconds)
    var document: JSONObject = ["created": .string(now), "updated": .string(now), "enabled": true]
    document = document.merging(fields)
    document["id"] = nil
    let notifications = document["notifications"]?.arrayValue ?? []
    document["notifications"] = .array(
      notifications.compactMap(\.objectValue).map { notification in
        var notification = notification
        if notification["notifierId"] == nil {
          notification["notifierId"] = .string(store.ids.next())
        }
        return .object(notification)
      }
    )
    let row = AlertConfigRow(id: id, document: document)
    try write { database in
      let key = try Self.key(of: project, in: database)
      try WorldStore.insert(row, ofProjectKey: key, in: database)
    }
    return id
  }

  /// Changes fields of an alert configuration, as a person would.
  ///
  /// - Parameters:
  ///   - id: The id of the configuration.
  ///   - fields: The fields to lay over what is stored.
  ///   - project: The id of the project.
  /// - Throws: ``SimulatorError`` if there is no such configuration or project.
  public func changeAlertConfiguration(
    _ id: String,
    _ fields: JSONObject,
    in project: String
  ) throws(SimulatorError) {
    try write { database in
      let key = try Self.key(of: project, in: database)
      guard let old = try WorldStore.alertConfig(id, ofProjectKey: key, in: database) else {
        throw SimulatorError.edit("alert configuration \(id)", "There is none to change.")
      }
      let row = AlertConfigRow(id: id, document: old.document.merging(fields))
      try WorldStore.replace(row, ofProjectKey: key, in: database)
    }
  }

  /// Removes an alert configuration, as a person would.
  ///
  /// - Throws: ``SimulatorError`` if there is none, or no such project.
  public func removeAlertConfiguration(
    _ id: String,
    from project: String
  ) throws(SimulatorError) {
    try write { database in
      let key = try Self.key(of: project, in: database)
      guard try WorldStore.removeAlertConfig(id, ofProjectKey: key, in: database) else {
        throw SimulatorError.edit("alert configuration \(id)", "There is none to remove.")
      }
    }
  }

  /// The part of the world's fingerprint that is not integrations: alert configurations without
  /// what only Atlas makes, settings that were changed, and names.
  func fingerprintOfOthers(in database: Database) throws -> String {
    var text = ""
    let alerts = try Row.fetchCursor(
      database,
      sql: """
        SELECT p.id, a.document FROM alertConfigs AS a JOIN projects AS p ON p.key = a.project
        ORDER BY p.key, a.key
        """
    )
    while let row = try alerts.next() {
      let document = Self.timeless(try JSONObject(storedText: try row.decode(atIndex: 1)))
      let id: String = try row.decode(atIndex: 0)
      text += "\(id) alert \(String(json: .object(document)))\n"
    }
    let resources = try Row.fetchCursor(
      database,
      sql: """
        SELECT p.id, r.name, r.document FROM resources AS r JOIN projects AS p ON p.key = r.project
        ORDER BY p.key, r.name
        """
    )
    while let row = try resources.next() {
      text +=
        try (0..<3).map { try row.decode(String.self, atIndex: $0) }.joined(separator: " ") + "\n"
    }
    return text
  }

  /// A configuration without ids and times, which differ from run to run.
  private static func timeless(_ document: JSONObject) -> JSONObject {
    var document = document.removing { name, _ in name == "created" || name == "updated" }
    let notifications = document["notifications"]?.arrayValue ?? []
    document["notifications"] = .array(
      notifications.map { notification in
        .object(
          (notification.objectValue ?? [:]).removing { name, _ in
            name == "notifierId" || name == "integrationId"
          }
        )
      }
    )
    return document
  }
}
