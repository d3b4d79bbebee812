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
  private static let verbs = ["create", "update", "delete"]

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

  private static func may(_ table: LuaTable, _ lines: KeyLines) throws(Diagnostic) -> May {
    guard let value = table["may"] else { return May() }
    guard case .table(let declared) = value else {
      throw Diagnostic(
        "may must be a table, not a \(value.typeName)",
        position: lines.position(of: "may"),
        advice: "write may = { update = { \"DATADOG\" } }"
      )
    }
    var may = May()
    for (key, list) in zip(names(of: declared), declared.fields.map(\.value)) {
      guard let verb = Verb(rawValue: key) else {
        throw Diagnostic(
          "unknown key \"\(key)\" in may",
          position: lines.position(of: "may", key),
          advice: Suggestion.advice(for: key, in: verbs)
        )
      }
      may.types[verb] = try types(list, key, lines)
    }
    guard declared.array.isEmpty else {
      throw Diagnostic(
        "may has named keys only",
        position: lines.position(of: "may"),
        advice: "write may = { update = { \"DATADOG\" } }"
      )
    }
    return may
  }

  private static func types(
    _ value: LuaValue,
    _ key: String,
    _ lines: KeyLines
  ) throws(Diagnostic) -> Set<IntegrationType> {
    let position = lines.position(of: "may", key)
    guard case .table(let list) = value, list.fields.isEmpty else {
      throw Diagnostic(
        "may.\(key) must be a list of integration types",
        position: position,
        advice: "write \(key) = { \"DATADOG\" }"
      )
    }
    var result: Set<IntegrationType> = []
    for element in list.array {
      guard case .string(let name) = element else {
        throw Diagnostic(
          "may.\(key) must hold the names of integration types",
          position: position
        )
      }
      guard IntegrationRules.rule(for: IntegrationType(name)) != nil else {
        throw Diagnostic(
          "unknown integration type \"\(name)\" in may.\(key)",
          position: position,
          advice: Suggestion.advice(for: name, in: IntegrationRules.typeNames)
        )
      }
      result.insert(IntegrationType(name))
    }
    return result
  }
}
