/// An alert configuration that notifies through an integration which a plan deletes.
public struct AffectedAlert: Sendable, Hashable {
  /// The integration type.
  public var type: IntegrationType
  /// Its id; `nil` if the plan itself makes it.
  public var id: AlertConfigurationID?
  /// What it watches for.
  public var eventTypeName: String
  /// Whether it is on and would reach nobody any more.
  public var isSilenced: Bool

  /// Names an alert configuration.
  public init(
    type: IntegrationType,
    id: AlertConfigurationID?,
    eventTypeName: String,
    isSilenced: Bool
  ) {
    self.type = type
    self.id = id
    self.eventTypeName = eventTypeName
    self.isSilenced = isSilenced
  }

  /// Event and id, for example `HOST_DOWN (65f…)`.
  public var words: String {
    id.map { "\(eventTypeName) (\($0))" } ?? eventTypeName
  }
}
