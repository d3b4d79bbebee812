public import GodwitCore

/// What a migration declares that it may write; anything else fails in plan.
public struct May: Sendable, Hashable {
  /// The integration types that it may touch, by verb.
  public var types: [Verb: Set<IntegrationType>]
  /// What it may do to alert configurations.
  public var alerts: Set<Verb>

  /// The kinds of requests that it may make where the tool knows no rules.
  public var requests: Set<RequestPattern>

  /// Whether it may do all that there is, as an automation may.
  public var allowsEverything = false

  /// What an automation may do.
  public static let everything: May = {
    var may = May()
    may.allowsEverything = true
    return may
  }()

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
    allowsEverything || types[verb]?.contains(type) ?? false
  }

  /// Whether a verb is allowed for alert configurations.
  public func allows(alert verb: Verb) -> Bool {
    allowsEverything || alerts.contains(verb)
  }

  /// Whether a request is allowed where the tool knows no rules.
  func allows(_ method: String, _ path: [String]) -> Bool {
    allowsEverything || requests.contains { $0.fits(method, path) }
  }
}
