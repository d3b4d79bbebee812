/// Masks an answer of Atlas whose shape is not known beforehand.
public enum AnswerMasking {
  /// The answer with every secret masked.
  ///
  /// Integrations and notifications in it are known by `type` and `typeName` and masked by their
  /// rules, wherever they are; elsewhere what looks like a mask or is named like a key, token,
  /// secret or password is masked.
  public static func masked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): .array(elements.map(masked))
    case .object(let object): .object(masked(object))
    default: Integration.maskingSuspects("", value)
    }
  }

  private static func masked(_ object: JSONObject) -> JSONObject {
    let notification = NotificationRules.rule(of: object)
    let integration = object["type"]?.stringValue.flatMap {
      IntegrationRules.rule(for: IntegrationType($0))
    }
    return object.mapValues { key, value in
      if let field = notification?.field(key) ?? integration?.field(key) {
        return field.masking(value)
      }
      return Integration.isNamedLikeSecret(key)
        ? Integration.maskingSuspects(key, value) : masked(value)
    }
  }
}
