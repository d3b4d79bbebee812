internal import GodwitCore
internal import LuaVM

extension MigrationHeader {
  private static let parameterKeys = ["type", "default", "choices", "help", "optional"]

  /// Reads `params`.
  ///
  /// - Throws: ``Diagnostic`` that names the parameter and its line.
  static func parameters(
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
      result.append(try parameter(name, spec, lines))
    }
    return result
  }

  private static func parameter(
    _ name: String,
    _ value: LuaValue,
    _ lines: KeyLines
  ) throws(Diagnostic) -> ParameterSpec {
    guard case .table(let table) = value else {
      throw Diagnostic(
        "parameter \(name) must be a table, not a \(value.typeName)",
        position: lines.position(of: "params", name),
        advice: "write \(name) = { type = \"string\", help = \"…\" }"
      )
    }
    for key in names(of: table) where !parameterKeys.contains(key) {
      throw Diagnostic(
        "unknown key \"\(key)\" in parameter \(name)",
        position: lines.position(of: "params", name, key),
        advice: Suggestion.advice(for: key, in: parameterKeys)
      )
    }
    guard table.array.isEmpty else {
      throw Diagnostic(
        "parameter \(name) has named keys only",
        position: lines.position(of: "params", name),
        advice: "valid: " + parameterKeys.joined(separator: ", ")
      )
    }
    var spec = ParameterSpec(
      name: name,
      kind: try kind(of: name, table["type"], lines),
      defaultValue: nil,
      choices: [],
      help: try text(table, "help", of: name, lines),
      isOptional: false,
      position: lines.position(of: "params", name)
    )
    switch table["optional"] {
    case nil: break
    case .boolean(let value)?: spec.isOptional = value
    case let value?:
      throw Diagnostic(
        "optional of parameter \(name) must be a boolean, not a \(value.typeName)",
        position: lines.position(of: "params", name, "optional")
      )
    }
    for key in ["default", "choices"] where spec.kind == .secret && table[key] != nil {
      throw Diagnostic(
        "secret parameter \(name) can have neither a default nor choices",
        position: lines.position(of: "params", name, key),
        advice: "secrets come by reference only; optional = true makes one optional"
      )
    }
    try readChoices(table["choices"], &spec, lines)
    try readDefault(table["default"], &spec, lines)
    return spec
  }

  private static func kind(
    of name: String,
    _ value: LuaValue?,
    _ lines: KeyLines
  ) throws(Diagnostic) -> ParameterSpec.Kind {
    let kinds = ParameterSpec.Kind.allCases.map(\.rawValue)
    guard let value else {
      throw Diagnostic(
        "parameter \(name) needs a type",
        position: lines.position(of: "params", name),
        advice: "one of " + kinds.joined(separator: ", ")
      )
    }
    if let kind = value.text.flatMap(ParameterSpec.Kind.init(rawValue:)) { return kind }
    throw Diagnostic(
      "parameter \(name) has the unknown type \"\(value.shown)\"",
      position: lines.position(of: "params", name, "type"),
      advice: Suggestion.advice(for: value.shown, in: kinds)
    )
  }

  private static func text(
    _ table: LuaTable,
    _ key: String,
    of name: String,
    _ lines: KeyLines
  ) throws(Diagnostic) -> String {
    guard let value = table[key] else { return "" }
    if let text = value.text { return text }
    throw Diagnostic(
      "\(key) of parameter \(name) must be text, not a \(value.typeName)",
      position: lines.position(of: "params", name, key)
    )
  }

  private static func readChoices(
    _ value: LuaValue?,
    _ spec: inout ParameterSpec,
    _ lines: KeyLines
  ) throws(Diagnostic) {
    guard let value else { return }
    let position = lines.position(of: "params", spec.name, "choices")
    guard case .table(let list) = value, list.fields.isEmpty, !list.array.isEmpty else {
      throw Diagnostic(
        "choices of parameter \(spec.name) must be a list of values",
        position: position,
        advice: "write choices = { \"US\", \"EU\" }"
      )
    }
    var choices: [JSONValue] = []
    for choice in list.array {
      choices.append(try fitting(choice, spec, "a choice", position))
    }
    spec.choices = choices
  }

  private static func readDefault(
    _ value: LuaValue?,
    _ spec: inout ParameterSpec,
    _ lines: KeyLines
  ) throws(Diagnostic) {
    guard let value else { return }
    let position = lines.position(of: "params", spec.name, "default")
    spec.defaultValue = try fitting(value, spec, "the default", position)
  }

  /// A declared value, checked like one that is given.
  private static func fitting(
    _ value: LuaValue,
    _ spec: ParameterSpec,
    _ role: String,
    _ position: ScriptPosition
  ) throws(Diagnostic) -> JSONValue {
    let json: JSONValue
    do throws(ValueRefusal) { json = try JSONValue(value) } catch {
      throw Diagnostic(error.message(about: "parameter \(spec.name)"), position: position)
    }
    do throws(Diagnostic) { return try spec.value(from: json) } catch {
      throw Diagnostic(
        "\(role) does not fit: \(error.summary)",
        position: position,
        advice: error.advice
      )
    }
  }
}
