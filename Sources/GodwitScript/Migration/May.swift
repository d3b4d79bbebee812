public import GodwitCore

/// What a migration declares that it may write; anything else fails in plan.
public struct May: Sendable, Hashable {
  /// The integration types that it may touch, by verb.
  public var types: [Verb: Set<IntegrationType>]
  /// What it may do to alert configurations.
  public var alerts: Set<Verb>

  /// The kinds of requests that it may make where the tool knows no rules.
  public var requests: Set<RequestPattern>

  /// Allows the given types, verbs and requests.
  public init(
    types: [Verb: Set<IntegrationType>] = [:],
    alerts: Set<Verb> = [],
    requests: Set<RequestPattern> = []
  ) {
    self.types = types
    self.alerts = alerts
    self.requests = requests
  }

  /// Whether a verb is allowed for a type.
  public func allows(_ verb: Verb, _ type: IntegrationType) -> Bool {
    types[verb]?.contains(type) ?? false
  }
}
