import GodwitCore

/// Checks one value of one field.
///
/// Values of secrets are never part of an error.
struct FieldCheck {
  let type: String
  let field: FieldRule
  var generation = Generation.v2

  func check(_ value: JSONValue) throws(APIError) {
    switch field.kind {
    case .flag:
      guard value.boolValue != nil else { throw .invalidAttribute(field.name) }
    case .object:
      guard value.objectValue != nil else { throw .invalidAttribute(field.name) }
    case .roles(let prefix):
      guard let elements = value.arrayValue else { throw .invalidAttribute(field.name) }
      for element in elements {
        guard let role = element.stringValue else { throw .invalidAttribute(field.name) }
        guard role.hasPrefix(prefix) else { throw .invalidEnumValue(role, of: field.name) }
      }
    case .oneOf(let allowed):
      guard let text = value.stringValue else { throw .invalidAttribute(field.name) }
      guard allowed.contains(text) else { throw .invalidEnumValue(text, of: field.name) }
    case .text(let length):
      let text = try unmaskedText(value)
      guard length.contains(text.count) else {
        throw settings("must have \(length.lowerBound) to \(length.upperBound) characters")
      }
    case .hex32:
      let text = try unmaskedText(value)
      guard text.utf8.count == 32, text.allSatisfy({ $0.isHexDigit && $0.isASCII }) else {
        throw settings("must be 32 hexadecimal digits")
      }
    case .webAddress:
      try checkWebAddress(value)
    case .template(let maximumBytes):
      guard let text = value.stringValue else { throw .invalidAttribute(field.name) }
      guard text.utf8.count <= maximumBytes else {
        throw settings("must not exceed \(maximumBytes) bytes")
      }
    }
  }

  /// A string, which for a key must not be a mask.
  ///
  /// Webhook secrets are let through: whether Atlas refuses their masks is unknown, and storing them
  /// is the worse case, so the simulator stores them and says so in its log.
  private func unmaskedText(_ value: JSONValue) throws(APIError) -> String {
    guard let text = value.stringValue else { throw .invalidAttribute(field.name) }
    if field.isMask(value), type != "WEBHOOK" {
      throw settings("must be the value itself, not its masked form")
    }
    return text
  }

  private func checkWebAddress(_ value: JSONValue) throws(APIError) {
    guard let text = value.stringValue else { throw .invalidAttribute(field.name) }
    for scheme in ["https://", "http://"] where text.lowercased().hasPrefix(scheme) {
      let rest = text.dropFirst(scheme.count)
      guard let first = rest.first, first != "/", !rest.contains(where: \.isWhitespace) else {
        break
      }
      return
    }
    throw .invalidURL(field.name)
  }

  private func settings(_ reason: String) -> APIError {
    // API v1.0 does not say which field it means (terraform-provider-mongodbatlas issue 1316).
    generation == .v2
      ? .invalidSettings(type: type, reason: "\(field.name) \(reason)") : .integrationFieldsInvalid
  }
}
