/// The id of an alert configuration: 24 hexadecimal digits, the same through all its changes.
public struct AlertConfigurationID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The id as Atlas writes it.
  public let text: String

  /// Takes an id as Atlas writes it.
  public init(_ text: String) {
    self.text = text
  }

  /// The id as Atlas writes it.
  public var description: String { text }

  /// Orders by the bytes of the id.
  public static func < (left: AlertConfigurationID, right: AlertConfigurationID) -> Bool {
    left.text.bytesPrecede(right.text)
  }
}

/// One alert configuration of a project, as read: every secret of its notifications is masked,
/// however Atlas sent it.
public struct AlertConfiguration: Sendable, Hashable {
  /// What tells it from the others; PUT keeps it, unlike the notifications' `notifierId`s.
  public var id: AlertConfigurationID
  /// The fields as Atlas sends them, without `id`, `groupId`, `links` and nulls.
  ///
  /// `created` and `updated` are among them, and no body may have them (``readOnlyKeys``).
  public var fields: JSONObject

  /// Makes an alert configuration from its parts.
  public init(id: AlertConfigurationID, fields: JSONObject) {
    self.id = id
    self.fields = fields
  }

  /// The keys that Atlas makes and no body may have.
  public static let readOnlyKeys: Set<String> = ["id", "groupId", "created", "updated", "links"]

  private static let leftOut: Set<String> = ["id", "groupId", "links"]

  /// Reads an alert configuration from an element of Atlas' answer, of any generation.
  ///
  /// Of a known type of notification the secret fields become masked values, whatever their
  /// content; in unknown types and fields so does what looks like a mask or is named like a secret.
  ///
  /// - Returns: `nil` if there is no `id`.
  public init?(_ object: JSONObject) {
    guard let id = object["id"]?.stringValue else { return nil }
    self.id = AlertConfigurationID(id)
    fields =
      object
      .removing { key, value in Self.leftOut.contains(key) || value == .null }
      .mapValues { key, value in
        guard key == "notifications", case .array(let notifications) = value else {
          return Integration.maskingSuspects(key, value)
        }
        return .array(notifications.map(Self.masked))
      }
  }

  private static func masked(_ value: JSONValue) -> JSONValue {
    guard case .object(let notification) = value else {
      return Integration.maskingSuspects("notifications", value)
    }
    return .object(NotificationRules.masked(notification))
  }

  /// Whether it is on; Atlas' default is off.
  public var isEnabled: Bool { fields["enabled"]?.boolValue ?? false }

  /// The notifications, in Atlas' order.
  public var notifications: [JSONObject] {
    (fields["notifications"]?.arrayValue ?? []).compactMap(\.objectValue)
  }

  /// The integration types that its notifications go through; none for mail, SMS and roles.
  public var integrationTypes: Set<IntegrationType> {
    Set(notifications.compactMap(NotificationRules.integration(of:)))
  }

  /// The `notifierId`s of its notifications: Atlas makes them anew at every PUT, so together they
  /// are a stamp of this version.
  public var notifierIDs: Set<String> {
    Set(notifications.compactMap { $0["notifierId"]?.stringValue })
  }
}
