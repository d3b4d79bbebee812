import GRDB
import GodwitCore

/// Small resources of a project that are objects of settings.
enum ProjectResource: String {
  case groupSettings = "settings"
  case auditLog
  case maintenanceWindow

  /// What a new project has.
  ///
  /// Source: the OpenAPI description; a window that was never set has neither day nor hour.
  var standard: JSONObject {
    switch self {
    case .groupSettings:
      [
        "isCollectDatabaseSpecificsStatisticsEnabled": true, "isDataExplorerEnabled": true,
        "isExtendedStorageSizesEnabled": false, "isPerformanceAdvisorEnabled": true,
        "isRealtimePerformancePanelEnabled": true, "isSchemaAdvisorEnabled": true,
      ]
    case .auditLog:
      [
        "auditAuthorizationSuccess": false, "auditFilter": "{}", "configurationType": "NONE",
        "enabled": false,
      ]
    case .maintenanceWindow:
      ["autoDeferOnceEnabled": false, "numberOfDeferrals": 0, "startASAP": false]
    }
  }
}

extension WorldStore {
  /// One resource of a project as it is stored.
  static func resource(
    _ resource: ProjectResource,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> JSONObject {
    let text = try String.fetchOne(
      try database.cachedStatement(
        sql: "SELECT document FROM resources WHERE project = ? AND name = ?"
      ),
      arguments: [key, resource.rawValue]
    )
    return try text.map { try JSONObject(storedText: $0) } ?? resource.standard
  }

  /// Stores a resource of a project.
  static func store(
    _ document: JSONObject,
    as resource: ProjectResource,
    ofProjectKey key: Int64,
    in database: Database
  ) throws {
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO resources VALUES (?, ?, ?)")
      .execute(arguments: [key, resource.rawValue, String(json: .object(document))])
  }

  /// Gives a project another name.
  ///
  /// - Throws: `GROUP_ALREADY_EXISTS` if another one of the organization has it.
  static func rename(
    _ project: String,
    to name: String,
    in database: Database
  ) throws -> Bool {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT key, organization FROM projects WHERE id = ?",
      arguments: [project]
    )
    guard let row else { return false }
    let other = try Int.fetchOne(
      database,
      sql: "SELECT 1 FROM projects WHERE organization = ? AND name = ? AND id <> ?",
      arguments: [try row.decode(Int64.self, atIndex: 1), name, project]
    )
    guard other == nil else { throw APIError.groupExists(name) }
    try database.execute(
      sql: "UPDATE projects SET name = ? WHERE key = ?",
      arguments: [name, try row.decode(Int64.self, atIndex: 0)]
    )
    return true
  }
}
