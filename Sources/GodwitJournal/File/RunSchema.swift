internal import GRDB
internal import GuardedFiles

/// The tables of a run file.
enum RunSchema {
  /// Marks a SQLite file as a run: the letters `GdWt`.
  static let applicationID = 0x4764_5774
  /// The version that this program writes; since 2 an operation can be on something else than an
  /// integration.
  static let version = 2
  /// The oldest version that this program reads: its rows mean the same in all of them.
  static let oldest = 1

  /// Makes the tables of an empty file.
  static func create(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

        CREATE TABLE source (path TEXT PRIMARY KEY, text BLOB NOT NULL, sha256 TEXT NOT NULL)
          STRICT, WITHOUT ROWID;

        -- `outcome` and `detail` are of planning, `settled` and `settledDetail` of applying.
        CREATE TABLE project (
          position INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          name TEXT NOT NULL,
          orgId TEXT NOT NULL,
          project TEXT NOT NULL,
          outcome TEXT,
          detail TEXT,
          settled TEXT,
          settledDetail TEXT
        ) STRICT;
        CREATE INDEX projectByName ON project (name, id);
        CREATE INDEX projectPending ON project (position) WHERE outcome = 'changed';

        CREATE TABLE operation (
          position INTEGER NOT NULL,
          number INTEGER NOT NULL,
          operation TEXT NOT NULL,
          status TEXT NOT NULL,
          wasRepeated INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (position, number)
        ) STRICT, WITHOUT ROWID;

        -- Append-only: every attempt leaves its rows; `hash` covers the row and the one before.
        CREATE TABLE journal (
          sequence INTEGER PRIMARY KEY,
          atMilliseconds INTEGER NOT NULL,
          position INTEGER NOT NULL,
          number INTEGER,
          event TEXT NOT NULL,
          detail TEXT NOT NULL,
          hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX journalByOperation ON journal (position, number, sequence);

        CREATE TABLE lease (
          one INTEGER PRIMARY KEY CHECK (one = 1),
          fencing INTEGER NOT NULL,
          host TEXT NOT NULL,
          machine TEXT NOT NULL,
          boot TEXT NOT NULL,
          process INTEGER NOT NULL,
          processStart INTEGER NOT NULL,
          renewedSeconds INTEGER NOT NULL,
          isHeld INTEGER NOT NULL
        ) STRICT;
        """
    )
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// What the schema of a run has to be, in all formats alike.
  private static let form = Result { try SchemaForm(madeBy: create) }

  /// Checks that a file is a run that this program can read, and that nothing else is in it.
  ///
  /// - Parameters:
  ///   - database: the file, in a transaction.
  ///   - path: its path, for errors.
  ///   - includesIndexes: whether its indexes are compared with its rows as well.
  /// - Throws: ``RunFileError`` with what was found, and what SQLite throws.
  static func check(_ database: Database, path: String, includesIndexes: Bool) throws {
    try checkMarks(database, path: path)
    if let difference = try form.get().difference(in: database) {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "its tables are not those of a run: \(difference)",
        advice: "another program changed the file; plan again"
      )
    }
    try SQLiteGuard.checkPages(database, includesIndexes: includesIndexes)
  }

  private static func checkMarks(_ database: Database, path: String) throws {
    // A file that is shorter than a page is an empty database to SQLite.
    guard try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0 > 0 else {
      throw RunFileError(.notARun, path: path, detail: "this is not a run file")
    }
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id")
    guard application == applicationID else {
      throw RunFileError(
        .notARun,
        path: path,
        detail: "this is a database, but not a run file",
        advice: "give the path that `godwit plan` printed"
      )
    }
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= version else {
      throw RunFileError(
        .newer(version: found),
        path: path,
        detail: "the run file has format \(found), and this program reads up to \(version)",
        advice: "use the version of godwit that made it, or a newer one"
      )
    }
    guard found >= oldest else {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "the run file has an unknown format \(found)"
      )
    }
  }
}
