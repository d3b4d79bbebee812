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

  private static let keys = ["name", "summary", "may", "params", "select", "migrate", "verify"]
  private static let parameterKeys = ["type", "default", "choices", "help", "optional"]
  private static let verbs = ["create", "update", "delete"]

  /// Checks what a script returned.
  ///
  /// - Throws: ``Diagnostic`` that names the line and the nearest valid key.
  init(_ value: LuaValue, source: ScriptSource) throws(Diagnostic) {
    let lines = KeyLines(source)
    guard case .table(let table) = value else {
      let found = value == .nil ? "nothing" : "a \(value.typeName)"
      throw Diagnostic(
        "a migration returns a table, and this script returned \(found)",
        position: ScriptPosition(file: source.path, line: lines.count),
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
        position: lines.position(of: "return"),
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
        position: lines.position(of: "return"),
        advice: "add migrate = function(project, params) … end"
      )
    }
    may = try Self.may(table, lines)
    parameters = try Self.parameters(table, lines)
  }

  private static func names(of table: LuaTable) -> [String] {
    table.fields.map { field in
      if case .string(let key) = field.key { key } else { "\(field.key)" }
    }
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
          position: lines.position(of: key, after: "may"),
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
    let position = lines.position(of: key, after: "may")
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

  private static func parameters(
    _ table: LuaTable,
    _ lines: KeyLines
  ) throws(Diagnostic) -> [ParameterSpec] {
    guard let value = table["params"] else { return [] }
    guard case .table(let declared) = value, declared.array.isEmpty else {
      throw Diagnostic(
        "params must be a table of parameters by name",
        position: lines.position(of: "params"),
        advice: "write params = { apiKey = { type = \"secret\", help = \"…\" } }"
      )
    }
    var result: [ParameterSpec] = []
    for (name, spec) in zip(names(of: declared), declared.fields.map(\.value)) {
      result.append(
        try parameter(name, spec, position: lines.position(of: name, after: "params"))
      )
    }
    return result
  }

  private static func parameter(
    _ name: String,
    _ value: LuaValue,
    position: ScriptPosition?
  ) throws(Diagnostic) -> ParameterSpec {
    guard case .table(let table) = value else {
      throw Diagnostic(
        "parameter \(name) must be a table, not a \(value.typeName)",
        position: position,
        advice: "write \(name) = { type = \"string\", help = \"…\" }"
      )
    }
    for key in names(of: table) where !parameterKeys.contains(key) {
      throw Diagnostic(
        "unknown key \"\(key)\" in parameter \(name)",
        position: position,
        advice: Suggestion.advice(for: key, in: parameterKeys)
      )
    }
    let kinds = ParameterSpec.Kind.allCases.map(\.rawValue)
    guard case .string(let kindName)? = table["type"],
      let kind = ParameterSpec.Kind(rawValue: kindName)
    else {
      let found = table["type"].flatMap(\.text) ?? ""
      throw Diagnostic(
        "parameter \(name) needs a type",
        position: position,
        advice: found.isEmpty
          ? "one of " + kinds.joined(separator: ", ") : Suggestion.advice(for: found, in: kinds)
      )
    }
    var spec = ParameterSpec(
      name: name,
      kind: kind,
      defaultValue: nil,
      choices: [],
      help: table["help"]?.text ?? "",
      isOptional: table["optional"] == .boolean(true),
      position: position
    )
    guard kind != .secret || (table["default"] == nil && table["choices"] == nil) else {
      throw Diagnostic(
        "secret parameter \(name) can have neither a default nor choices",
        position: position,
        advice: "secrets come by reference only; optional = true makes one optional"
      )
    }
    do throws(ValueRefusal) {
      if case .table(let list)? = table["choices"] {
        for choice in list.array { spec.choices.append(try JSONValue(choice)) }
      }
      if let value = table["default"] {
        spec.defaultValue = try JSONValue(value)
      }
    } catch {
      throw Diagnostic(error.message(about: "parameter \(name)"), position: position)
    }
    if let value = spec.defaultValue {
      do throws(Diagnostic) { spec.defaultValue = try spec.value(from: value) } catch {
        throw Diagnostic(
          "the default does not fit: \(error.summary)",
          position: position,
          advice: error.advice
        )
      }
    }
    return spec
  }
}

/// Finds the line on which a key of the returned table is written, for messages.
private struct KeyLines {
  private let path: String
  private let lines: [Substring]

  init(_ source: ScriptSource) {
    path = source.path
    lines = String(decoding: source.text, as: UTF8.self).split(
      separator: "\n",
      omittingEmptySubsequences: false
    )
  }

  var count: Int { max(1, lines.last?.isEmpty == true ? lines.count - 1 : lines.count) }

  /// The first line that assigns `key`, from the line that assigns `outer` on.
  func position(of key: String, after outer: String? = nil) -> ScriptPosition? {
    let start = outer.flatMap { index(of: $0, from: 0) } ?? index(of: "return", from: 0) ?? 0
    guard let line = index(of: key, from: start) ?? index(of: key, from: 0) else { return nil }
    return ScriptPosition(file: path, line: line + 1)
  }

  private func index(of key: String, from start: Int) -> Int? {
    lines.indices.dropFirst(start).first { index in
      let code = lines[index].firstRange(of: "--").map { lines[index][..<$0.lowerBound] }
      return Self.assigns(code ?? lines[index], key)
    }
  }

  /// Whether a line has `key` as a word, followed by `=` unless it is a keyword.
  private static func assigns(_ line: Substring, _ key: String) -> Bool {
    var rest = line
    while let range = rest.firstRange(of: key) {
      let before =
        range.lowerBound > rest.startIndex ? rest[rest.index(before: range.lowerBound)] : " "
      let after = rest[range.upperBound...].first { !$0.isWhitespace && $0 != "\"" && $0 != "]" }
      let isWord = !before.isLetter && !before.isNumber && before != "_"
      if isWord, after == "=" || key == "return" { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}
