internal import GodwitCore

/// Checks what a script wants to write against the rule of its type, before anything is sent.
struct BodyRules {
  let rule: IntegrationRule
  let allowsUnknownFields: Bool

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
        try check(value, of: field)
      } else {
        try checkUnknown(name, value)
      }
    }
    return fields
  }

  private func checkUnknown(_ name: String, _ value: JSONValue) throws(ScriptComplaint) {
    guard allowsUnknownFields else {
      let advice = Suggestion.advice(for: name, in: rule.fields.map(\.name))
      throw ScriptComplaint(
        "unknown field \"\(name)\" of \(rule.type)",
        advice: "\(advice) (--allow-unknown-fields lets it through)"
      )
    }
    try refuseMasks(value, name)
    guard Integration.maskingSuspects(name, value) == value else {
      throw ScriptComplaint(
        "\(rule.type).\(name) is named like a secret and holds plain text",
        advice: "what a script writes lies in the run file: declare a parameter of type \"secret\""
      )
    }
  }

  private func check(_ value: JSONValue, of field: FieldRule) throws(ScriptComplaint) {
    if value == .null {
      guard !field.isRequired else {
        throw ScriptComplaint("\(rule.type).\(field.name) is required and cannot be cleared")
      }
      return
    }
    try refuseMasks(value, field.name)
    guard field.secret == nil else { return try checkSecret(value, of: field) }
    switch (field.kind, value) {
    case (_, .secret):
      throw ScriptComplaint(
        "\(rule.type).\(field.name) is not a secret field",
        advice: "a secret there would be shown in clear by Atlas"
      )
    case (.string(let bounds), .string(let text)):
      guard bounds.contains(text.count) else {
        throw ScriptComplaint(
          "\(rule.type).\(field.name) has \(text.count) characters",
          advice: "it takes \(bounds.lowerBound) to \(bounds.upperBound)"
        )
      }
    case (.boolean, .bool): break
    case (.enumeration(let words), .string(let text)):
      guard words.contains(text) else {
        throw ScriptComplaint(
          "\(rule.type).\(field.name) cannot be \"\(text)\"",
          advice: "Atlas accepts " + words.joined(separator: ", ")
        )
      }
    default:
      throw ScriptComplaint(
        "\(rule.type).\(field.name) takes \(field.kind.expectation), not \(value.kindName)"
      )
    }
  }

  private func checkSecret(_ value: JSONValue, of field: FieldRule) throws(ScriptComplaint) {
    if case .secret = value { return }
    throw ScriptComplaint(
      "\(rule.type).\(field.name) takes a secret, not \(value.kindName)",
      advice: "what a script writes lies in the run file: declare a parameter of type \"secret\""
    )
  }

  private func refuseMasks(_ value: JSONValue, _ name: String) throws(ScriptComplaint) {
    switch value {
    case .masked(let masked): throw Self.maskComplaint(rule.type, name, "\(masked)")
    case .string(let text) where MaskedValue.looksMasked(text):
      throw Self.maskComplaint(rule.type, name, text)
    case .array(let elements): for element in elements { try refuseMasks(element, name) }
    case .object(let object):
      for (key, value) in object { try refuseMasks(value, "\(name).\(key)") }
    default: break
    }
  }

  private static func maskComplaint(
    _ type: IntegrationType,
    _ name: String,
    _ mask: String
  ) -> ScriptComplaint {
    ScriptComplaint(
      "\(type).\(name) would be set to the masked value \(mask)",
      advice: "Atlas would store the stars in place of the secret: give a secret parameter"
    )
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
