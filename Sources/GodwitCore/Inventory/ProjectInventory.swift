/// What a project has of integrations, and of alert configurations that go through them.
public struct ProjectInventory: Sendable, Hashable {
  /// A secret as Atlas shows it, by the type and the field that it is of.
  public struct Secret: Sendable, Hashable {
    /// The integration type.
    public var type: IntegrationType
    /// The field, of the integration or of a notification.
    public var field: String
    /// What is shown of it.
    public var mask: MaskedValue

    /// Names a secret and what is shown of it.
    public init(type: IntegrationType, field: String, mask: MaskedValue) {
      self.type = type
      self.field = field
      self.mask = mask
    }
  }

  /// One integration.
  public struct Entry: Sendable, Hashable {
    /// The type.
    public var type: IntegrationType
    /// The region, for types that have one.
    public var region: String?
    /// The secrets that are shown, by the names of their fields.
    public var secrets: [Secret]
    /// How it was made, for SLACK.
    public var slack: SlackKind?
  }

  /// An alert configuration that goes through an integration which the project does not have.
  public struct LostAlert: Sendable, Hashable {
    /// Which one.
    public var id: AlertConfigurationID
    /// What it is about.
    public var event: String
    /// The types that are missing.
    public var types: [IntegrationType]
    /// Whether nobody is notified otherwise, were it on.
    public var isSilent: Bool
  }

  /// The project.
  public var project: Project
  /// The integrations, in Atlas' order.
  public var entries: [Entry]
  /// How many alert configurations there are.
  public var alertCount: Int
  /// The different secrets of their notifications, which are copies that no rotation renews.
  public var alertSecrets: [Secret]
  /// Those that go through an integration that is not there.
  public var alertsWithoutRoute: [LostAlert]

  /// Takes stock of a project.
  public init(
    _ project: Project,
    integrations: [Integration],
    alerts: [AlertConfiguration]
  ) {
    self.project = project
    entries = integrations.map(Entry.init)
    alertCount = alerts.count
    alertSecrets = Self.secrets(of: alerts)
    let types = Set(integrations.map(\.type))
    alertsWithoutRoute = alerts.compactMap { alert in
      let missing = alert.integrationTypes.subtracting(types)
      guard !missing.isEmpty else { return nil }
      return LostAlert(
        id: alert.id,
        event: alert.fields["eventTypeName"]?.stringValue ?? "",
        types: missing.sorted(),
        isSilent: !alert.reachesSomebody(through: types)
      )
    }
  }

  private static func secrets(of alerts: [AlertConfiguration]) -> [Secret] {
    var seen: Set<Secret> = []
    var result: [Secret] = []
    for notification in alerts.flatMap(\.notifications) {
      guard let type = NotificationRules.integration(of: notification) else { continue }
      for (field, value) in notification {
        guard let mask = value.maskedValue else { continue }
        let secret = Secret(type: type, field: field, mask: mask)
        if seen.insert(secret).inserted { result.append(secret) }
      }
    }
    return result
  }

  /// Whether a secret of an integration, or the copy of one in an alert, ends in this text.
  public func shows(tail: String) -> Bool {
    let masks = (entries.flatMap(\.secrets) + alertSecrets).map(\.mask)
    return masks.contains { !$0.tail.isEmpty && $0.tail == tail }
  }
}

extension ProjectInventory.Entry {
  /// Takes stock of an integration.
  public init(_ integration: Integration) {
    type = integration.type
    region = integration.fields["region"]?.stringValue
    secrets = integration.fields.compactMap { field, value in
      value.maskedValue.map {
        ProjectInventory.Secret(type: integration.type, field: field, mask: $0)
      }
    }
    slack = integration.slackKind
  }
}

/// One line of an inventory: a project, or why it could not be read.
public struct InventoryRow: Sendable, Hashable {
  /// The project.
  public var project: Project
  /// What it has; `nil` if it could not be read.
  public var inventory: ProjectInventory?
  /// Why it could not be read.
  public var failure: String?

  /// Makes the line of a project that was read.
  public init(_ inventory: ProjectInventory) {
    project = inventory.project
    self.inventory = inventory
  }

  /// Makes the line of a project that could not be read.
  public init(_ project: Project, failure: String) {
    self.project = project
    self.failure = failure
  }
}
