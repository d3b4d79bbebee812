internal import GodwitCore

/// Checks what a script wants to write against the rule of its type, before anything is sent.
struct BodyRules {
  let rule: IntegrationRule
  let allowsUnknownFields: Bool

  private var fieldCheck: FieldCheck { FieldCheck(owner: rule.type.text) }

  /// Keys that a script may hand back from a read and that are never sent.
  static let ignoredKeys: Set<String> = ["id", "type", "links"]

  /// The given fields without those that are never sent, checked one by one.
  ///
  /// Fields that the rules do not know are left out too where they are just as they were read, so
  /// that a script can hand back what it got; they are sent as they came.
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
    if let given = fields["type"], given != .string(rule.type.text) {
      throw ScriptComplaint(
        "type is \(given.encodedString()) in a write of \(rule.type)",
        advice: "leave type out"
      )
    }
    let fields = fields.removing { name, value in
      Self.ignoredKeys.contains(name)
        || rule.field(name) == nil && !value.holdsOpaque && value == current[name]
    }
    for (name, value) in fields {
      if let field = rule.field(name) {
        try fieldCheck.check(value, of: field)
      } else {
        try fieldCheck.checkUnknown(
          name,
          value,
          known: rule.fields.map(\.name),
          isAllowed: allowsUnknownFields
        )
      }
    }
    return fields
  }

  /// Checks that a body has all that the type requires.
  func checkComplete(_ body: JSONObject) throws(ScriptComplaint) {
    let missing = rule.fields.filter { field in
      field.isRequired && body[field.name] == nil
        && rule.writability != .updateWithout(field: field.name)
    }
    guard missing.isEmpty else {
      let names = missing.map(\.name).joined(separator: ", ")
      throw ScriptComplaint(
        "\(rule.type) needs \(names)",
        advice: missing.contains { $0.secret != nil }
          ? "give a field of a secret a parameter of type \"secret\"" : nil
      )
    }
  }
}

extension FieldRule.Kind {
  /// What the field takes, for messages.
  var expectation: String {
    switch self {
    case .string: "a string"
    case .boolean: "a boolean"
    case .enumeration(let words): "one of " + words.joined(separator: ", ")
    case .integer(let bounds): "a whole number from \(bounds.lowerBound)"
    case .texts: "a list of strings"
    }
  }
}
