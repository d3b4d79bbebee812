internal import GodwitCore

/// Checks an alert configuration that a script wants, before anything is sent.
///
/// Source: the v2 OpenAPI description of alert configurations. What a metric or a matcher may be is
/// left to Atlas, which knows hundreds of them.
struct AlertRules {
  let allowsUnknownFields: Bool

  private static let fields: [FieldRule] = [
    FieldRule("eventTypeName", isRequired: true),
    FieldRule("enabled", .boolean),
    FieldRule("severityOverride"),
  ]
  private static let tables = ["metricThreshold", "threshold"]
  private static let lists = ["matchers", "notifications"]
  static let names = fields.map(\.name) + tables + lists

  private static let check = FieldCheck(owner: "the alert configuration")

  /// The fields to write: what only Atlas makes is left out, and so is what was handed back as it
  /// was read.
  ///
  /// - Parameters:
  ///   - fields: what the script wants to write.
  ///   - current: what it was shown.
  /// - Returns: the fields to write.
  /// - Throws: ``ScriptComplaint`` that names the field and what is allowed.
  func checked(
    _ fields: JSONObject,
    over current: JSONObject
  ) throws(ScriptComplaint) -> JSONObject {
    let fields = fields.removing { name, value in
      AlertConfiguration.readOnlyKeys.contains(name)
        || !Self.names.contains(name) && !value.holdsOpaque && value == current[name]
    }.mapValues { name, value in
      // An empty table of Lua is a list where there can only be one.
      Self.lists.contains(name) && value == .object([:]) ? .array([]) : value
    }
    for (name, value) in fields {
      if let field = Self.fields.first(where: { $0.name == name }) {
        try Self.check.check(value, of: field)
      } else if Self.tables.contains(name) {
        try check(value, name, isTable: true)
      } else if Self.lists.contains(name) {
        try check(value, name, isTable: false)
      } else {
        try Self.check.checkUnknown(
          name,
          value,
          known: Self.names,
          isAllowed: allowsUnknownFields
        )
      }
    }
    return fields
  }

  private func check(
    _ value: JSONValue,
    _ name: String,
    isTable: Bool
  ) throws(ScriptComplaint) {
    let isRight =
      switch value {
      case .null: name != "notifications"
      case .object: isTable
      case .array(let elements): !isTable && elements.allSatisfy { $0.objectValue != nil }
      default: false
      }
    guard isRight else {
      throw ScriptComplaint(
        "\(name) takes \(isTable ? "a table of fields" : "a list of tables"), not \(value.kindName)"
      )
    }
    guard name != "notifications" else { return }
    try Self.check.refuseMasks(value, name)
    guard !value.holdsOpaque else {
      throw ScriptComplaint("\(name) holds a secret, which Atlas would show in clear")
    }
  }

  /// Checks that a configuration has all that Atlas requires.
  func checkComplete(_ wanted: JSONObject) throws(ScriptComplaint) {
    guard wanted["eventTypeName"]?.stringValue?.isEmpty == false else {
      throw ScriptComplaint("an alert configuration needs eventTypeName")
    }
    guard wanted["notifications"]?.arrayValue?.isEmpty == false else {
      throw ScriptComplaint(
        "an alert configuration needs at least one notification",
        advice: "put another one in its place, or delete or disable the configuration"
      )
    }
  }
}
