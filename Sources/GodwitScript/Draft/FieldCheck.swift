internal import GodwitCore

/// Checks fields that a script wants to write by their rules, in words for its author.
struct FieldCheck {
  /// What the fields belong to, for example `DATADOG` or `notifications[1]`.
  let owner: String

  /// Checks the value of a known field.
  func check(_ value: JSONValue, of field: FieldRule) throws(ScriptComplaint) {
    if value == .null {
      guard !field.isRequired else {
        throw ScriptComplaint("\(owner).\(field.name) is required and cannot be cleared")
      }
      return
    }
    try refuseMasks(value, field.name)
    guard field.secret == nil else { return try checkSecret(value, of: field) }
    switch (field.kind, value) {
    case (_, .secret):
      throw ScriptComplaint(
        "\(owner).\(field.name) is not a secret field",
        advice: "a secret there would be shown in clear by Atlas"
      )
    case (.string, .pending): break
    case (.string(let bounds), .string(let text)):
      guard bounds.contains(text.count) else {
        throw ScriptComplaint(
          "\(owner).\(field.name) has \(text.count) characters",
          advice: "it takes \(bounds.lowerBound) to \(bounds.upperBound)"
        )
      }
    case (.boolean, .bool): break
    case (.enumeration(let words), .string(let text)):
      guard words.contains(text) else {
        throw ScriptComplaint(
          "\(owner).\(field.name) cannot be \"\(text)\"",
          advice: "Atlas accepts " + words.joined(separator: ", ")
        )
      }
    case (.integer(let bounds), .number(let number)):
      guard let integer = number.int64Value, bounds.contains(integer) else {
        throw ScriptComplaint(
          "\(owner).\(field.name) cannot be \(number.text)",
          advice: "it takes a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        )
      }
    case (.texts, .array(let elements)) where elements.allSatisfy({ $0.stringValue != nil }): break
    default:
      throw ScriptComplaint(
        "\(owner).\(field.name) takes \(field.kind.expectation), not \(value.kindName)"
      )
    }
  }

  private func checkSecret(_ value: JSONValue, of field: FieldRule) throws(ScriptComplaint) {
    if case .secret = value { return }
    throw ScriptComplaint(
      "\(owner).\(field.name) takes a secret, not \(value.kindName)",
      advice: Self.secretAdvice
    )
  }

  /// Checks a field that the rules do not know.
  ///
  /// - Throws: ``ScriptComplaint`` with the nearest known name, unless unknown fields are let
  ///   through.
  func checkUnknown(
    _ name: String,
    _ value: JSONValue,
    known: [String],
    isAllowed: Bool
  ) throws(ScriptComplaint) {
    guard isAllowed else {
      let advice = Suggestion.advice(for: name, in: known)
      throw ScriptComplaint(
        "unknown field \"\(name)\" of \(owner)",
        advice: "\(advice) (--allow-unknown-fields lets it through)"
      )
    }
    try refuseMasks(value, name)
    try refusePlainSecrets(value, name)
  }

  /// Refuses text in a field that is named like one of a secret.
  func refusePlainSecrets(_ value: JSONValue, _ name: String) throws(ScriptComplaint) {
    guard Integration.maskingSuspects(name, value) == value else {
      throw ScriptComplaint(
        "\(owner).\(name) is named like a secret and holds plain text",
        advice: Self.secretAdvice
      )
    }
  }

  /// Refuses masked values, and text with the look of one, at every depth.
  func refuseMasks(_ value: JSONValue, _ name: String) throws(ScriptComplaint) {
    switch value {
    case .masked(let masked): throw maskComplaint(name, "\(masked)")
    case .string(let text) where MaskedValue.looksMasked(text):
      throw maskComplaint(name, text)
    case .array(let elements): for element in elements { try refuseMasks(element, name) }
    case .object(let object):
      for (key, value) in object { try refuseMasks(value, "\(name).\(key)") }
    default: break
    }
  }

  func maskComplaint(_ name: String, _ mask: String) -> ScriptComplaint {
    ScriptComplaint(
      "\(owner).\(name) would be set to the masked value \(mask)",
      advice: "Atlas would store the stars in place of the secret: give a secret parameter"
    )
  }

  static let secretAdvice =
    "what a script writes lies in the run file: declare a parameter of type \"secret\""
}
