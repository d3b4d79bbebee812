public import GRDB

/// What the schema of a database file has to look like: every statement, to the letter.
public struct SchemaForm: Sendable, Hashable {
  private struct Entry: Sendable, Hashable {
    var type: String
    var name: String
    var table: String
    var sql: String?
  }

  private let entries: Set<Entry>

  /// Takes the form from tables that are made in memory.
  ///
  /// - Parameter create: makes the tables in an empty database.
  /// - Throws: what `create` throws.
  public init(madeBy create: (Database) throws -> Void) throws {
    entries = try DatabaseQueue().write { database in
      try create(database)
      return Set(try Row.fetchAll(database, sql: Self.query).map(Self.entry))
    }
  }

  private static let query = "SELECT type, name, tbl_name, sql, rootpage FROM sqlite_schema"

  private static func entry(_ row: Row) throws -> Entry {
    Entry(
      type: try row.decode(atIndex: 0),
      name: try row.decode(atIndex: 1),
      table: try row.decode(atIndex: 2),
      sql: try row.decode(atIndex: 3)
    )
  }

  /// Compares a file's schema with this form.
  ///
  /// Of two tables on one page, each would be what the other one is.
  ///
  /// - Parameter database: the file.
  /// - Returns: the first difference, as a phrase; `nil` if there is none.
  /// - Throws: `DatabaseError` or `RowDecodingError` if the schema cannot be read.
  public func difference(in database: Database) throws -> String? {
    let encoding = try String.fetchOne(database, sql: "PRAGMA encoding")
    guard encoding == "UTF-8" else { return "its text has the encoding \(encoding ?? "?")" }
    let rows = try Row.fetchAll(database, sql: Self.query + " LIMIT \(entries.count + 1)")
    var missing = entries
    var pages: Set<Int64> = []
    for row in rows {
      let entry = try Self.entry(row)
      guard missing.remove(entry) != nil else { return Self.stray(entry, entries) }
      let page: Int64 = try row.decode(atIndex: 4)
      guard page > 1, pages.insert(page).inserted else {
        return "the \(entry.type) \(entry.name) shares its pages"
      }
    }
    return missing.map(\.name).min().map { "it lacks \($0)" }
  }

  private static func stray(_ entry: Entry, _ entries: Set<Entry>) -> String {
    let isKnown = entries.contains { $0.type == entry.type && $0.name == entry.name }
    let name = entry.name.prefix(60)
    let kind = ["table", "index", "trigger", "view"].contains(entry.type) ? entry.type : "entry"
    return isKnown
      ? "the \(kind) \(name) is not the one that belongs there"
      : "it has a \(kind) \(name), which does not belong there"
  }
}
