import Foundation
import GRDB
import GodwitCore

@testable import GodwitJournal

extension FuzzMutation {
  private static let columns: [(table: String, columns: [String])] = [
    ("meta", ["key", "value"]), ("source", ["path", "text", "sha256"]),
    (
      "project",
      [
        "position", "id", "name", "orgId", "project", "outcome", "detail", "settled",
        "settledDetail",
      ]
    ),
    ("operation", ["position", "number", "operation", "status", "wasRepeated"]),
    (
      "journal", ["sequence", "atMilliseconds", "position", "number", "event", "detail", "hash"]
    ),
    (
      "lease",
      [
        "fencing", "host", "machine", "boot", "process", "processStart", "renewedSeconds", "isHeld",
      ]
    ),
  ]

  private static let values = [
    "NULL", "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "4611686018427387904",
    "9e18", "1e308", "9e999", "-9e999", "0.5", "''", "'done'", "'planned'", "'changed'",
    "'applying'",
    "x''", "x'00ff'", "zeroblob(100000)", "CAST(x'ff41' AS TEXT)", "CAST(x'6100' AS TEXT)",
    "char(8238, 27, 91)", "'{}'", "'[]'", "'{\"outcome\":'", "hex(zeroblob(40000))",
    "replace(hex(zeroblob(300)), '00', '[')", "'{\"a\":1,\"a\":2}'", "'{\"status\":\"done\"}'",
  ]

  private static let schemas = [
    "CREATE TRIGGER t AFTER UPDATE ON lease BEGIN UPDATE operation SET operation = '{}'; END",
    "CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
    "CREATE VIEW v AS SELECT * FROM meta",
    "ALTER TABLE meta RENAME TO old; CREATE VIEW meta AS SELECT key, value FROM old",
    "CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE TABLE extra (a)", "DROP INDEX projectPending",
    "CREATE INDEX i ON operation (abs(number))", "DROP TABLE lease",
    "ALTER TABLE operation ADD COLUMN g TEXT GENERATED ALWAYS AS (hex(operation)) VIRTUAL",
    "ANALYZE", "PRAGMA user_version = 1", "PRAGMA user_version = -1", "PRAGMA application_id = 0",
    "PRAGMA page_size = 512; VACUUM", "PRAGMA auto_vacuum = 1; VACUUM", "VACUUM",
    "PRAGMA encoding = 'UTF-16'; VACUUM",
    "UPDATE sqlite_schema SET rootpage = (SELECT max(rootpage) FROM sqlite_schema) WHERE name = 'meta'",
    "UPDATE sqlite_schema SET sql = NULL WHERE name = 'meta'",
    "UPDATE sqlite_schema SET sql = replace(sql, 'DEFAULT 0', 'DEFAULT (abs(-1))')",
    "UPDATE sqlite_schema SET tbl_name = 'journal' WHERE name = 'projectPending'",
  ]

  /// Changes rows, the JSON in them or the schema; often with the hashes made anew.
  mutating func spoilRows(_ path: String) throws {
    let queue: DatabaseQueue
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try? database.execute(sql: "PRAGMA writable_schema = ON")
    }
    queue = try DatabaseQueue(path: path, configuration: configuration)
    let kind = number(10)
    queue.writeWithoutTransaction { database in
      if kind == 0 {
        try? database.execute(sql: Self.schemas[number(Self.schemas.count)])
        return
      }
      let isLoose = kind < 3
      if isLoose { loosen(database) }
      for _ in 0...number(3) { try? database.execute(sql: edit()) }
      if kind > 4 { for _ in 0...number(2) { spoilJSON(database) } }
      if isLoose { tighten(database) }
      if chance(80) { mendHashes(database) }
    }
    try? queue.close()
  }

  private mutating func edit() -> String {
    let (table, columns) = Self.columns[number(Self.columns.count)]
    let column = columns[number(columns.count)]
    let value = Self.values[number(Self.values.count)]
    switch number(12) {
    case 0: return "DELETE FROM \(table)"
    case 1: return "DELETE FROM \(table) WHERE rowid % 2 = 0"
    case 2:
      return "UPDATE meta SET value = \(value) WHERE key = "
        + ["'info'", "'phase'", "'clean'", "'suspectSequence'", "'key'"][number(5)]
    default:
      let filter = chance(60) ? "" : " WHERE rowid = (SELECT min(rowid) FROM \(table))"
      return "UPDATE OR IGNORE \(table) SET \(column) = \(value)\(filter)"
    }
  }

  // MARK: - Rows of other types than their columns

  private func loosen(_ database: Database) {
    try? database.execute(
      sql: """
        CREATE TEMP TABLE kept AS SELECT name, sql FROM sqlite_schema;
        UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'STRICT, ', ''), ') STRICT', ')'),
          ' NOT NULL', '') WHERE type = 'table';
        """
    )
    try? database.execute(sql: "PRAGMA writable_schema = RESET; PRAGMA writable_schema = ON")
  }

  private func tighten(_ database: Database) {
    try? database.execute(
      sql: """
        UPDATE sqlite_schema SET sql = (SELECT k.sql FROM kept AS k WHERE k.name = sqlite_schema.name);
        DROP TABLE kept;
        """
    )
    try? database.execute(sql: "PRAGMA writable_schema = RESET")
  }

  // MARK: - JSON

  private mutating func spoilJSON(_ database: Database) {
    let places = [
      ("meta", "value", "key = 'info'"), ("project", "detail", "1"), ("project", "project", "1"),
      ("operation", "operation", "1"), ("journal", "detail", "1"),
      ("project", "settledDetail", "1"),
    ]
    let (table, column, filter) = places[number(places.count)]
    let texts = try? String.fetchAll(
      database,
      sql: "SELECT \(column) FROM \(table) WHERE \(filter) AND \(column) IS NOT NULL"
        + " AND length(\(column)) < 1000000 ORDER BY 1"
    )
    guard let texts, !texts.isEmpty else { return }
    let text = texts[number(texts.count)]
    guard let value = try? JSONValue(parsing: text) else { return }
    try? database.execute(
      sql: "UPDATE \(table) SET \(column) = ? WHERE \(column) = ?",
      arguments: [spoiled(value).encodedString(), text]
    )
  }

  private mutating func spoiled(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object) where !object.isEmpty && chance(85):
      var object = object
      let key = object.map(\.key)[number(object.count)]
      if let member = object[key] { object[key] = spoiled(member) }
      return .object(object)
    case .array(let elements) where !elements.isEmpty && chance(85):
      var elements = elements
      let index = number(elements.count)
      elements[index] = spoiled(elements[index])
      if chance(10) { elements = (0..<300).map { _ in elements[index] } }
      return .array(elements)
    default: return nasty()
    }
  }

  private mutating func nasty() -> JSONValue {
    switch number(10) {
    case 0: return .null
    case 1: return .number(JSONNumber(Int64.max))
    case 2: return .number(JSONNumber(Int64.min))
    case 3: return .number(JSONNumber(-Int64(number(100))))
    case 4: return (try? JSONValue(parsing: "1e400")) ?? .null
    case 5: return .string(String(repeating: "\u{202E}\u{1B}[2J", count: 1 + number(2000)))
    case 6: return .string("")
    case 7: return ["$masked": ["tail": "ab", "length": .number(JSONNumber(Int64(-number(9))))]]
    case 8: return ["$pending": .number(JSONNumber(Int64.min))]
    default:
      return (0..<(1 + number(400))).reduce(JSONValue.null) { value, _ in
        .array([value])
      }
    }
  }

  // MARK: - Hashes

  /// Computes the hashes anew, as somebody would who means the changes to be taken.
  private func mendHashes(_ database: Database) {
    if let hash = try? PlanHash.compute(database) {
      try? RunFile.setMeta(database, "planHash", hash)
    }
    var last = Data()
    let rows = try? Row.fetchAll(
      database,
      sql:
        "SELECT sequence, atMilliseconds, position, number, event, detail FROM journal ORDER BY 1"
    )
    for row in rows ?? [] {
      guard let at = try? row.decode(Int64.self, atIndex: 1),
        let position = try? row.decode(Int64.self, atIndex: 2),
        let number = try? row.decode(Int64?.self, atIndex: 3),
        let event = try? row.decode(String.self, atIndex: 4),
        let detail = try? row.decode(String.self, atIndex: 5)
      else { return }
      last = PlanHash.journal(
        after: last,
        at: at,
        position: position,
        number: number,
        event: event,
        detail: detail
      )
      try? database.execute(
        sql: "UPDATE journal SET hash = ? WHERE sequence = ?",
        arguments: [last, row[0] as DatabaseValue]
      )
    }
  }
}
