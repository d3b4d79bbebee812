import GRDB
import GodwitCore

/// One project as it is stored.
struct ProjectRow {
  let id: String
  let organizationID: String
  let name: String
  let created: Int64
  let clusterCount: Int64
  /// JSON text of an array of `{"key", "value"}`.
  let tags: String

  fileprivate static let columns =
    "p.id, o.id, p.name, p.created, p.clusterCount, p.tags "
    + "FROM projects AS p JOIN organizations AS o ON o.key = p.organization"

  fileprivate init(_ row: Row) throws {
    id = try row.decode(atIndex: 0)
    organizationID = try row.decode(atIndex: 1)
    name = try row.decode(atIndex: 2)
    created = try row.decode(atIndex: 3)
    clusterCount = try row.decode(atIndex: 4)
    tags = try row.decode(atIndex: 5)
  }
}

/// One organization as it is stored.
struct OrganizationRow {
  let key: Int64
  let id: String
  let name: String

  fileprivate init(_ row: Row) throws {
    key = try row.decode(atIndex: 0)
    id = try row.decode(atIndex: 1)
    name = try row.decode(atIndex: 2)
  }
}

extension WorldStore {
  /// One page of all projects, in the order of their names, and how many there are.
  func projects(_ range: Range<Int>) throws -> (rows: [ProjectRow], total: Int) {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT \(ProjectRow.columns) WHERE p.key > ? AND p.key <= ? ORDER BY p.key"
      )
      let rows = try Row.fetchCursor(statement, arguments: [range.lowerBound, range.upperBound])
      var page: [ProjectRow] = []
      while let row = try rows.next() { page.append(try ProjectRow(row)) }
      let total = try Int.fetchOne(
        try database.cachedStatement(sql: "SELECT max(key) FROM projects")
      )
      return (page, total ?? 0)
    }
  }

  /// One page of the projects of an organisation whose names begin with a prefix.
  func projects(
    ofOrganization key: Int64,
    namePrefix: String,
    _ range: Range<Int>
  ) throws -> (rows: [ProjectRow], total: Int) {
    try read { database in
      let filter = "p.organization = ? AND p.name LIKE ? ESCAPE '\\'"
      let pattern = Self.likePattern(prefix: namePrefix)
      let rows = try Row.fetchCursor(
        try database.cachedStatement(
          sql: "SELECT \(ProjectRow.columns) WHERE \(filter) ORDER BY p.key LIMIT ? OFFSET ?"
        ),
        arguments: [key, pattern, range.count, range.lowerBound]
      )
      var page: [ProjectRow] = []
      while let row = try rows.next() { page.append(try ProjectRow(row)) }
      let total = try Int.fetchOne(
        try database.cachedStatement(sql: "SELECT count(*) FROM projects AS p WHERE \(filter)"),
        arguments: [key, pattern]
      )
      return (page, total ?? 0)
    }
  }

  /// The project with this id.
  func project(_ id: String) throws -> ProjectRow? {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT \(ProjectRow.columns) WHERE p.id = ?"
      )
      return try Row.fetchOne(statement, arguments: [id]).map(ProjectRow.init)
    }
  }

  /// The projects of this name, at most one an organisation.
  func projects(named name: String) throws -> [ProjectRow] {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT \(ProjectRow.columns) WHERE p.name = ? ORDER BY p.key"
      )
      return try Row.fetchAll(statement, arguments: [name]).map(ProjectRow.init)
    }
  }

  /// The organisations whose names begin with a prefix, by name.
  func organizations(namePrefix: String) throws -> [OrganizationRow] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT key, id, name FROM organizations WHERE name LIKE ? ESCAPE '\\' ORDER BY name",
        arguments: [Self.likePattern(prefix: namePrefix)]
      )
      .map(OrganizationRow.init)
    }
  }

  /// The organisation with this id.
  func organization(_ id: String) throws -> OrganizationRow? {
    try read { database in
      try Row.fetchOne(
        database,
        sql: "SELECT key, id, name FROM organizations WHERE id = ?",
        arguments: [id]
      )
      .map(OrganizationRow.init)
    }
  }

  /// A pattern for `LIKE`, which ignores case as Atlas' name filter does.
  private static func likePattern(prefix: String) -> String {
    var pattern = ""
    for character in prefix {
      if "\\%_".contains(character) { pattern.append("\\") }
      pattern.append(character)
    }
    return pattern + "%"
  }
}
