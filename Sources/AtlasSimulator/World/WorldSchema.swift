import GRDB
import GuardedFiles

/// The tables of a world, and the marks by which its file is known.
///
/// Rows are in the order in which Atlas lists them, so that a page is a range of keys.
enum WorldSchema {
  /// SQLite's `application_id` of a world: "GdwS".
  static let applicationID = 0x4764_7753
  /// The version of these tables, SQLite's `user_version`.
  static let version = 2

  static let statements = first + resources

  private static let first = """
    CREATE TABLE world (
      id TEXT NOT NULL,
      seed INTEGER NOT NULL,
      projects INTEGER NOT NULL
    );
    CREATE TABLE organizations (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL
    );
    -- Keys are dense, from 1, in the order of the names.
    CREATE TABLE projects (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      organization INTEGER NOT NULL REFERENCES organizations (key),
      name TEXT NOT NULL,
      created INTEGER NOT NULL,
      clusterCount INTEGER NOT NULL,
      tags TEXT NOT NULL
    );
    CREATE INDEX projectsByName ON projects (name);
    CREATE INDEX projectsByOrganization ON projects (organization, name);
    -- document: what Atlas stores, secrets whole. shown: what API v2 answers, NULL if nothing.
    CREATE TABLE integrations (
      project INTEGER NOT NULL REFERENCES projects (key),
      place INTEGER NOT NULL,
      type TEXT NOT NULL,
      id TEXT NOT NULL,
      document TEXT NOT NULL,
      shown TEXT,
      PRIMARY KEY (project, type)
    ) WITHOUT ROWID;
    -- document: what Atlas stores, secrets whole, without id and groupId.
    CREATE TABLE alertConfigs (
      key INTEGER PRIMARY KEY,
      project INTEGER NOT NULL REFERENCES projects (key),
      id TEXT NOT NULL UNIQUE,
      document TEXT NOT NULL
    );
    CREATE INDEX alertConfigsByProject ON alertConfigs (project, key);

    """

  /// What else a project has, by the name of the resource; only where it differs from a new project.
  private static let resources = """
    CREATE TABLE resources (
      project INTEGER NOT NULL REFERENCES projects (key),
      name TEXT NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (project, name)
    ) WITHOUT ROWID;
    """

  private static let form = Result { try SchemaForm(madeBy: create) }
  private static let firstForm = Result { try SchemaForm { try $0.execute(sql: first) } }

  /// Checks that nothing but a world is in a file, in a transaction.
  ///
  /// - Throws: ``SimulatorError`` of kind `notAWorld`, and what SQLite throws.
  static func check(_ database: Database, version: Int, path: String) throws {
    let form = try version < 2 ? firstForm.get() : form.get()
    guard try form.difference(in: database) == nil else { throw SimulatorError.notAWorld(path) }
    try SQLiteGuard.checkPages(database, includesIndexes: true)
    let strays = "SELECT count(*) FROM projects WHERE key NOT BETWEEN 1 AND 2147483647"
    guard try Int.fetchOne(database, sql: strays) == 0 else {
      throw SimulatorError.notAWorld(path)
    }
  }

  /// Brings the tables of an older world up to date.
  static func migrate(_ database: Database) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version < Self.version else { return }
    try database.execute(sql: resources)
    try database.execute(sql: "PRAGMA user_version = \(Self.version)")
  }

  static func create(in database: Database) throws {
    try database.execute(sql: statements)
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }
}
