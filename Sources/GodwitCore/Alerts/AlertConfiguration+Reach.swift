extension AlertConfiguration {
  /// Whether somebody is notified, in a project that has these integrations.
  ///
  /// The one rule of what "reaches nobody" means, for plans and for inventories.
  ///
  /// - Parameter configured: the types of integrations that the project has.
  /// - Returns: `true` if at least one notification reaches somebody.
  public func reachesSomebody(through configured: Set<IntegrationType>) -> Bool {
    notifications.contains { NotificationRules.reachesSomebody($0, through: configured) }
  }

  /// The integration types by which it reaches somebody, in a project that has these integrations.
  ///
  /// - Parameter configured: the types of integrations that the project has.
  /// - Returns: those of them; none if people only are notified, or nobody.
  public func routes(through configured: Set<IntegrationType>) -> Set<IntegrationType> {
    Set(
      notifications.filter { NotificationRules.reachesSomebody($0, through: configured) }
        .compactMap(NotificationRules.integration(of:))
    )
  }

  /// Whether somebody is notified without any integration.
  public var reachesPeople: Bool { reachesSomebody(through: []) }
}

extension NotificationRules {
  /// Whether a notification reaches somebody, in a project that has these integrations.
  ///
  /// Where the integration is missing, a notification counts as one that reaches nobody, although
  /// Atlas keeps a copy of the key in it and may go on notifying: that it does is not documented.
  /// So does one through a service that has ended, and one to people with mail and SMS both off.
  /// One of a type that is not known counts as one that reaches somebody.
  ///
  /// - Parameters:
  ///   - notification: as it was read, or as it will be.
  ///   - configured: the types of integrations that the project has.
  /// - Returns: `true` if it reaches somebody.
  public static func reachesSomebody(
    _ notification: JSONObject,
    through configured: Set<IntegrationType>
  ) -> Bool {
    guard let rule = rule(of: notification) else { return true }
    if let type = rule.integration {
      return configured.contains(type) && IntegrationRules.rule(for: type)?.isAlive ?? true
    }
    let channels = channelNames.filter { rule.field($0) != nil }
      .compactMap { notification[$0]?.boolValue }
    return channels.isEmpty || channels.contains(true)
  }

  private static let channelNames = ["emailEnabled", "smsEnabled"]
}

extension IntegrationRule {
  /// Whether the service behind the type is still there.
  public var isAlive: Bool { writability != .deleteOnly }
}
