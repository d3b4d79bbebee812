internal import GodwitCore
internal import LuaVM

/// The table that a migration returns, checked.
struct MigrationHeader {
  var name = ""
  var summary = ""
  var may = May()
  var parameters: [ParameterSpec] = []
  var hasSelect = false
  var hasVerify = false
  /// The line of `migrate`.
  var migratePosition: ScriptPosition?
  /// The line of `verify`.
  var verifyPosition: ScriptPosition?

  private static let keys = ["name", "summary", "may", "params", "select", "migrate", "verify"]

  /// Checks what a script returned.
  ///
  /// - Throws: ``Diagnostic`` that names the line and the nearest valid key.
  init(_ value: LuaValue, source: ScriptSource) throws(Diagnostic) {
    let lines = KeyLines(source)
    guard case .table(let table) = value else {
      let found =
        switch value {
        case .nil: "nothing"
        case .null: "json.null"
        default: "a \(value.typeName)"
        }
      throw Diagnostic(
        "a migration returns a table, and this script returned \(found)",
        position: lines.end,
        advice: "end it with `return { name = \"…\", migrate = function(project, params) … end }`"
      )
    }
    for key in Self.names(of: table) where !Self.keys.contains(key) {
      throw Diagnostic(
        "unknown key \"\(key)\" in a migration",
        position: lines.position(of: key),
        advice: Suggestion.advice(for: key, in: Self.keys)
      )
    }
    guard table.array.isEmpty else {
      throw Diagnostic(
        "a migration has named keys only",
        position: lines.end,
        advice: "valid: " + Self.keys.joined(separator: ", ")
      )
    }
    name = try Self.text(table, "name", lines) ?? Self.defaultName(source.path)
    summary = try Self.text(table, "summary", lines) ?? ""
    hasSelect = try Self.function(table, "select", lines)
    hasVerify = try Self.function(table, "verify", lines)
    guard try Self.function(table, "migrate", lines) else {
      throw Diagnostic(
        "the migration has no migrate function",
        position: lines.end,
        advice: "add migrate = function(project, params) … end"
      )
    }
    migratePosition = lines.position(of: "migrate")
    verifyPosition = hasVerify ? lines.position(of: "verify") : nil
    may = try Self.may(table, lines)
    parameters = try Self.parameters(table, lines)
  }

  static func names(of table: LuaTable) -> [String] {
    table.fields.map(\.key.shown)
  }

  /// The file's name without its ending.
  private static func defaultName(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
  }

  private static func text(
    _ table: LuaTable,
    _ key: String,
    _ lines: KeyLines
  ) throws(Diagnostic) -> String? {
    switch table[key] {
    case nil: return nil
    case .string(let text)?: return text
    case .bytes?:
      throw Diagnostic("\(key) is not valid UTF-8", position: lines.position(of: key))
    case let value?:
      throw Diagnostic(
        "\(key) must be a string, not a \(value.typeName)",
        position: lines.position(of: key)
      )
    }
  }

  private static func function(
    _ table: LuaTable,
    _ key: String,
    _ lines: KeyLines
  ) throws(Diagnostic) -> Bool {
    switch table[key] {
    case nil: return false
    case .function?: return true
    case let value?:
      throw Diagnostic(
        "\(key) must be a function, not a \(value.typeName)",
        position: lines.position(of: key)
      )
    }
  }
}
