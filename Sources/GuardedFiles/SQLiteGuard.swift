internal import CSQLiteGuard
public import GRDB

/// Protects connections to SQLite files that somebody else may have written.
public enum SQLiteGuard {
  /// Sets a connection up so that nothing in the file runs; the first thing to do with it.
  ///
  /// Triggers and views are off, the schema is neither trusted nor can it be edited, nothing can be
  /// attached, and no row is longer than 64 MiB.
  ///
  /// - Throws: `DatabaseError` if the SQLite library lacks one of the settings.
  public static func apply(to database: Database) throws {
    let code = sqlite_guard_apply(database.sqliteConnection)
    guard code == 0 else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: "this SQLite library cannot protect a connection"
      )
    }
    try database.execute(
      sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0"
    )
  }

  /// Checks that every page of a file is used once and that its rows have the types of their columns.
  ///
  /// After this check a scan takes time in proportion to the size of the file.
  ///
  /// - Parameters:
  ///   - database: the file, in a transaction.
  ///   - includesIndexes: whether the entries of the indexes are compared with the rows as well.
  /// - Throws: `DatabaseError` of code `SQLITE_CORRUPT` with what was found.
  public static func checkPages(_ database: Database, includesIndexes: Bool) throws {
    let pragma = includesIndexes ? "integrity_check" : "quick_check"
    let found = try String.fetchOne(database, sql: "PRAGMA \(pragma)(1)") ?? ""
    guard found == "ok" else {
      let line = found.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no answer"
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: line)
    }
  }
}
