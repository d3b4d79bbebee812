/// What is known of one type of notification of an alert configuration.
public struct NotificationRule: Sendable, Hashable {
  /// The value of `typeName`.
  public let typeName: String
  /// The integration that it goes through; `nil` for mail, SMS and roles.
  public let integration: IntegrationType?
  /// Its own fields, without those that every notification has (``NotificationRules/common``).
  public let fields: [FieldRule]
  /// Which fields are copies of which fields of the integration: a notification's name to the
  /// integration's.
  public let copies: [String: String]
  /// Whether it takes an `intervalMin`.
  ///
  /// Source: the v2 description says that PagerDuty, VictorOps and OpsGenie keep their own.
  public let takesInterval: Bool
  /// Whether a notification of this type can still be made.
  public let isCreatable: Bool

  /// Makes the rule of a type.
  public init(
    _ typeName: String,
    through integration: IntegrationType? = nil,
    fields: [FieldRule],
    copies: [String: String] = [:],
    takesInterval: Bool = true,
    isCreatable: Bool = true
  ) {
    self.typeName = typeName
    self.integration = integration
    self.fields = fields
    self.copies = copies
    self.takesInterval = takesInterval
    self.isCreatable = isCreatable
  }

  /// The rule of a field, a common one included, if it is known.
  public func field(_ name: String) -> FieldRule? {
    fields.first { $0.name == name } ?? NotificationRules.common.first { $0.name == name }
  }

  /// The secret fields.
  public var secretFields: [FieldRule] {
    fields.filter { $0.secret != nil }
  }
}
