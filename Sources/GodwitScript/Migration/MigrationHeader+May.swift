internal import GodwitCore
internal import LuaVM

// What a migration declares that it may write.

extension MigrationHeader {
  private static let verbs: [Verb] = [.create, .update, .delete]
  private static let alertVerbs: [Verb] = [.create, .update, .delete, .toggle]
  private static let keys = verbs.map(\.rawValue) + ["alerts", "request"]

  /// Reads `may`.
  ///
  /// - Throws: ``Diagnostic`` that names the line and the nearest valid key.
  static func may(_ table: LuaTable, _ lines: KeyLines) throws(Diagnostic) -> May {
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
      if key == "alerts" {
        may.alerts = try alerts(list, lines)
      } else if key == "request" {
        may.requests = try requests(list, lines)
      } else if let verb = verbs.first(where: { $0.rawValue == key }) {
        may.types[verb] = try types(list, key, lines)
      } else {
        throw Diagnostic(
          "unknown key \"\(key)\" in may",
          position: lines.position(of: "may", key),
          advice: Suggestion.advice(for: key, in: keys)
        )
      }
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

  private static func alerts(
    _ value: LuaValue,
    _ lines: KeyLines
  ) throws(Diagnostic) -> Set<Verb> {
    let what = "what may be done to alert configurations"
    var result: Set<Verb> = []
    for name in try texts(value, "alerts", of: what, example: "update", lines) {
      guard let verb = alertVerbs.first(where: { $0.rawValue == name }) else {
        throw Diagnostic(
          "unknown word \"\(name)\" in may.alerts",
          position: lines.position(of: "may", "alerts"),
          advice: Suggestion.advice(for: name, in: alertVerbs.map(\.rawValue))
        )
      }
      result.insert(verb)
    }
    return result
  }

  private static func requests(
    _ value: LuaValue,
    _ lines: KeyLines
  ) throws(Diagnostic) -> Set<RequestPattern> {
    var result: Set<RequestPattern> = []
    for text in try texts(value, "request", of: "requests", example: "PATCH /auditLog", lines) {
      guard let pattern = RequestPattern(text) else {
        throw Diagnostic(
          "may.request has \"\(text)\", which is no method and path",
          position: lines.position(of: "may", "request"),
          advice: "write for example \"PATCH /auditLog\" or \"DELETE /teams/*\""
        )
      }
      result.insert(pattern)
    }
    return result
  }

  private static func types(
    _ value: LuaValue,
    _ key: String,
    _ lines: KeyLines
  ) throws(Diagnostic) -> Set<IntegrationType> {
    var result: Set<IntegrationType> = []
    for name in try texts(value, key, of: "integration types", example: "DATADOG", lines) {
      guard IntegrationRules.rule(for: IntegrationType(name)) != nil else {
        throw Diagnostic(
          "unknown integration type \"\(name)\" in may.\(key)",
          position: lines.position(of: "may", key),
          advice: Suggestion.advice(for: name, in: IntegrationRules.typeNames)
        )
      }
      result.insert(IntegrationType(name))
    }
    return result
  }

  /// The texts of a list.
  static func texts(
    _ value: LuaValue,
    _ key: String,
    of what: String,
    example: String,
    _ lines: KeyLines
  ) throws(Diagnostic) -> [String] {
    let position = lines.position(of: "may", key)
    guard case .table(let list) = value, list.fields.isEmpty else {
      throw Diagnostic(
        "may.\(key) must be a list of \(what)",
        position: position,
        advice: "write \(key) = { \"\(example)\" }"
      )
    }
    var result: [String] = []
    for element in list.array {
      guard case .string(let name) = element else {
        throw Diagnostic("may.\(key) must hold the names of \(what)", position: position)
      }
      result.append(name)
    }
    return result
  }
}
