/// What of notifications is known only when they are sent.
extension NotificationRules {
  private static let integrationKey = "integrationId"

  /// A body in which each notification through an integration names it by its id of the moment.
  ///
  /// The id rolls with each PUT of the integration, so that none that was read can be kept. It is
  /// put in where the notification had one, and where it has neither credentials nor a
  /// `notifierId`. Source: terraform-provider-mongodbatlas issues 2212 and 2736.
  ///
  /// - Parameters:
  ///   - integrations: the project's integrations as they are now.
  ///   - body: an alert configuration.
  /// - Returns: the body to send.
  public static func naming(
    _ integrations: [IntegrationType: Integration],
    in body: JSONObject
  ) -> JSONObject {
    guard case .array(let notifications)? = body["notifications"] else { return body }
    var body = body
    body["notifications"] = .array(
      notifications.map { value in
        value.objectValue.map { .object(naming(integrations, inNotification: $0)) } ?? value
      }
    )
    return body
  }

  private static func naming(
    _ integrations: [IntegrationType: Integration],
    inNotification notification: JSONObject
  ) -> JSONObject {
    guard let rule = rule(of: notification), let type = rule.integration else {
      return notification
    }
    var notification = notification
    let hadOne = notification[integrationKey] != nil
    notification[integrationKey] = nil
    guard hadOne || isWithoutCredentials(notification, rule), let id = integrations[type]?.stamp
    else { return notification }
    notification[integrationKey] = .string(id)
    return notification
  }

  /// Whether a notification brings neither credentials nor the name of some that Atlas has.
  public static func isWithoutCredentials(
    _ notification: JSONObject,
    _ rule: NotificationRule
  ) -> Bool {
    notification["notifierId"] == nil
      && !rule.secretFields.contains { notification[$0.name] != nil }
  }
}
