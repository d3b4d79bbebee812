internal import GodwitCore
internal import NIOCore

/// The encoded body of a write, with the secrets that went into it.
struct RequestBody: Sendable {
  var bytes: ByteBuffer
  /// What the texts of this request's errors are searched for.
  var secrets: [SecretValue]
}

/// Why a body is not sent.
struct RefusedBody: Error, Sendable, Hashable {
  var reason: String
}

/// Turns the body of a write into bytes: secrets are put in, masks are refused.
///
/// This is the only place where a secret becomes part of a request. A masked value never passes,
/// since Atlas would take `****9abc` for the new key.
struct RequestBodyEncoder {
  /// What a body is, which tells its secret fields from those that are clear.
  private enum Shape {
    case integration(IntegrationRule?)
    case alertConfiguration
    /// Not known: every field may be a secret one.
    case any
  }

  private let shape: Shape
  private let resolve: SecretResolver
  private var bytes = ByteBuffer()
  private var secrets: [SecretValue] = []

  private init(shape: Shape, resolve: @escaping SecretResolver) {
    self.shape = shape
    self.resolve = resolve
  }

  /// Encodes the configuration of an integration; keys are in byte order, and `type` is added.
  ///
  /// - Throws: ``RefusedBody`` if there is a masked value, text with the look of a mask in a secret
  ///   field, a secret without a value, or another type than the one in the path.
  static func encode(
    _ body: JSONObject,
    of type: IntegrationType,
    secrets: @escaping SecretResolver
  ) throws(RefusedBody) -> RequestBody {
    if let given = body["type"], given != .string(type.text) {
      throw RefusedBody(reason: "the body's type is not \(type)")
    }
    var body = body
    body["type"] = .string(type.text)
    var encoder = RequestBodyEncoder(
      shape: .integration(IntegrationRules.rule(for: type)),
      resolve: secrets
    )
    try encoder.write(body, isSecret: false, at: "")
    return RequestBody(bytes: encoder.bytes, secrets: encoder.secrets)
  }

  /// Encodes an alert configuration.
  ///
  /// Leaving out what is masked beside a `notifierId` is the work of who made the body.
  ///
  /// - Throws: ``RefusedBody`` as for an integration, in every notification, and if it has a key
  ///   that only Atlas makes.
  static func encode(
    alertConfiguration body: JSONObject,
    secrets: @escaping SecretResolver
  ) throws(RefusedBody) -> RequestBody {
    if let key = body.keys.first(where: AlertConfiguration.readOnlyKeys.contains) {
      throw RefusedBody(reason: "\(key) is made by Atlas and cannot be sent")
    }
    var encoder = RequestBodyEncoder(shape: .alertConfiguration, resolve: secrets)
    try encoder.write(body, isSecret: false, at: "")
    return RequestBody(bytes: encoder.bytes, secrets: encoder.secrets)
  }

  /// Encodes a body of which nothing is known: text with the look of a mask is refused everywhere.
  static func encode(
    any body: JSONValue,
    secrets: @escaping SecretResolver
  ) throws(RefusedBody) -> RequestBody {
    var encoder = RequestBodyEncoder(shape: .any, resolve: secrets)
    try encoder.write(body, isSecret: true, at: "")
    return RequestBody(bytes: encoder.bytes, secrets: encoder.secrets)
  }

  /// Writes the value at a place in the body, which the errors name.
  private mutating func write(
    _ value: JSONValue,
    isSecret: Bool,
    at place: String
  ) throws(RefusedBody) {
    switch value {
    case .null: bytes.writeString("null")
    case .bool(let value): bytes.writeString(value ? "true" : "false")
    case .number(let value): bytes.writeString(value.text)
    case .string(let text):
      if isSecret, MaskedValue.looksMasked(text) {
        throw RefusedBody(reason: "\(place) has the look of a mask")
      }
      writeString(text)
    case .array(let elements): try write(elements, isSecret: isSecret, at: place)
    case .object(let object): try write(object, isSecret: isSecret, at: place)
    case .masked:
      let name = place.isEmpty ? "the body" : place
      throw RefusedBody(reason: "\(name) is a masked value")
    case .secret(let reference): try write(reference, at: place)
    case .pending(let value): throw RefusedBody(reason: "\(place) is \(value), not filled in")
    }
  }

  private mutating func write(
    _ elements: [JSONValue],
    isSecret: Bool,
    at place: String
  ) throws(RefusedBody) {
    bytes.writeInteger(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.writeInteger(UInt8(ascii: ",")) }
      try write(element, isSecret: isSecret, at: "\(place)[\(index)]")
    }
    bytes.writeInteger(UInt8(ascii: "]"))
  }

  private mutating func write(
    _ object: JSONObject,
    isSecret: Bool,
    at place: String
  ) throws(RefusedBody) {
    bytes.writeInteger(UInt8(ascii: "{"))
    var isFirst = true
    for (key, value) in object {
      if !isFirst { bytes.writeInteger(UInt8(ascii: ",")) }
      isFirst = false
      writeString(key)
      bytes.writeInteger(UInt8(ascii: ":"))
      try write(
        value,
        isSecret: isSecret || isSecretField(key, of: object, at: place),
        at: place.isEmpty ? key : "\(place).\(key)"
      )
    }
    bytes.writeInteger(UInt8(ascii: "}"))
  }

  /// Whether a field is checked for masks: known ones by rule, all others always.
  private func isSecretField(_ key: String, of object: JSONObject, at place: String) -> Bool {
    switch shape {
    case .any: return true
    case .integration(let rule):
      guard place.isEmpty, let field = rule?.field(key) else { return key != "type" }
      return field.secret != nil
    case .alertConfiguration:
      if place.isEmpty { return key != "notifications" }
      return NotificationRules.rule(of: object)?.field(key).map { $0.secret != nil } ?? true
    }
  }

  private mutating func write(
    _ reference: SecretReference,
    at place: String
  ) throws(RefusedBody) {
    guard let secret = resolve(reference), !secret.isEmpty else {
      throw RefusedBody(reason: "\(place): \(reference) has no value")
    }
    let text = secret.withBytes { String(validating: $0, as: UTF8.self) }
    guard let text else {
      throw RefusedBody(reason: "\(place): \(reference) is not UTF-8 text")
    }
    guard !MaskedValue.looksMasked(text) else {
      throw RefusedBody(reason: "\(place): \(reference) has the look of a mask")
    }
    secrets.append(secret)
    writeString(text)
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private mutating func writeString(_ text: String) {
    bytes.writeInteger(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.writeMultipleIntegers(UInt8(ascii: "\\"), byte)
      case 0..<0x20, 0x7F:
        bytes.writeString("\\u00")
        bytes.writeMultipleIntegers(Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)])
      default: bytes.writeInteger(byte)
      }
    }
    bytes.writeInteger(UInt8(ascii: "\""))
  }
}
