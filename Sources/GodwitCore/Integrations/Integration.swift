/// One integration of a project, as read: what is secret in it is masked, however Atlas sent it.
public struct Integration: Sendable, Hashable {
  /// The type; a project has at most one integration of each.
  public var type: IntegrationType
  /// Atlas' id of this version of the configuration.
  ///
  /// It is a new one with every PUT, so a stamp and never an identity. Source:
  /// mongodb-atlas-kubernetes pull request 2425.
  public var stamp: String?
  /// The fields without `id`, `type`, `links` and nulls.
  public var fields: JSONObject

  /// Makes an integration from its parts.
  public init(type: IntegrationType, stamp: String? = nil, fields: JSONObject) {
    self.type = type
    self.stamp = stamp
    self.fields = fields
  }

  /// Reads an integration from an element of Atlas' answer.
  ///
  /// Secret fields of known types become masked values, whatever their content; in unknown types
  /// and fields so does what looks like a mask or is named like a secret.
  ///
  /// - Returns: `nil` if there is no `type`.
  public init?(_ object: JSONObject) {
    guard let type = object["type"]?.stringValue.map({ IntegrationType($0) }) else { return nil }
    let rule = IntegrationRules.rule(for: type)
    self.type = type
    stamp = object["id"]?.stringValue
    fields =
      object
      .removing { key, value in Self.serverKeys.contains(key) || value == .null }
      .mapValues { key, value in
        guard let field = rule?.field(key) else { return Self.maskingSuspects(key, value) }
        return field.masking(value)
      }
  }

  private static let serverKeys: Set<String> = ["id", "type", "links"]

  /// Masks what looks like a mask or is named like a secret, at every depth.
  public static func maskingSuspects(_ key: String, _ value: JSONValue) -> JSONValue {
    maskingSuspects(value, isNamed: isNamedLikeSecret(key))
  }

  /// Masks suspects below a field; what is in an object that is named like a secret is one.
  private static func maskingSuspects(_ value: JSONValue, isNamed: Bool) -> JSONValue {
    switch value {
    case .string(let text) where !text.isEmpty && (isNamed || MaskedValue.looksMasked(text)):
      masked(text: text)
    case .number where isNamed: .masked(MaskedValue(tail: "", length: nil))
    case .array(let elements):
      .array(elements.map { maskingSuspects($0, isNamed: isNamed) })
    case .object(let object):
      .object(
        object.mapValues { key, value in
          maskingSuspects(value, isNamed: isNamed || isNamedLikeSecret(key))
        }
      )
    default: value
    }
  }

  private static func masked(text: String) -> JSONValue {
    let isURL = !SecretFingerprint.origin(of: text).isEmpty
    return .masked((isURL ? SecretDisplay.url : .tail).mask(text))
  }

  /// Whether a field's name says key, token, secret or password.
  public static func isNamedLikeSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    if name.hasPrefix("routing") { return false }
    return ["key", "token", "secret", "password", "webhookurl", "credential"].contains {
      name.contains($0)
    }
  }

  /// The integration as an object of Atlas' API: the fields with `type`.
  public var object: JSONObject {
    var result = fields
    result["type"] = .string(type.text)
    return result
  }

  /// Whether two versions mean the same configuration: stamps do not count, nor does a field that
  /// is absent in one and null, false or empty in the other.
  public func isEquivalent(to other: Integration) -> Bool {
    type == other.type && differences(to: other).isEmpty
  }

  /// The fields in which two versions differ, in order.
  ///
  /// A masked value differs when its tail, its readable head or its length does, as far as both
  /// show them.
  public func differences(to other: Integration) -> [String] {
    ImageComparison.differences(fields, other.fields)
  }
}
