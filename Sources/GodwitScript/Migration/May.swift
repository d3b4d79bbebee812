public import GodwitCore

/// What a migration declares that it may write; anything else fails in plan.
public struct May: Sendable, Hashable {
  /// The integration types that it may touch, by verb.
  public var types: [Verb: Set<IntegrationType>]

  /// Allows the given types.
  public init(types: [Verb: Set<IntegrationType>] = [:]) {
    self.types = types
  }

  /// Whether a verb is allowed for a type.
  public func allows(_ verb: Verb, _ type: IntegrationType) -> Bool {
    types[verb]?.contains(type) ?? false
  }
}
