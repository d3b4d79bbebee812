/// Reading notifications by their rules.
extension NotificationRules {
  /// The rule of a notification, by its `typeName`.
  public static func rule(of notification: JSONObject) -> NotificationRule? {
    notification["typeName"]?.stringValue.flatMap(rule(for:))
  }

  /// The integration type that a notification goes through.
  ///
  /// - Returns: `nil` for mail, SMS, roles, and types that are not known.
  public static func integration(of notification: JSONObject) -> IntegrationType? {
    rule(of: notification)?.integration
  }

  /// A notification as read, nulls left out and every secret masked.
  public static func masked(_ notification: JSONObject) -> JSONObject {
    let rule = rule(of: notification)
    return
      notification
      .removing { _, value in value == .null }
      .mapValues { key, value in
        guard let field = rule?.field(key) ?? common.first(where: { $0.name == key }) else {
          return Integration.maskingSuspects(key, value)
        }
        return field.masking(value)
      }
  }
}

extension FieldRule {
  /// A value of this field as it was read: masked if the field is secret, or if it looks masked.
  ///
  /// Should Atlas begin to mask a field that is clear today, it must not go back as text.
  public func masking(_ value: JSONValue) -> JSONValue {
    switch (secret, value) {
    case (_, .null), (_, .masked), (nil, .number), (nil, .bool): value
    case (let display?, .string(let text)): .masked(display.mask(text))
    case (_?, _): .masked(MaskedValue(tail: "", length: nil))
    case (nil, .string(let text)) where !MaskedValue.looksMasked(text): value
    // Named neutrally: only what looks like a mask is one.
    case (nil, _): Integration.maskingSuspects("", value)
    }
  }
}
