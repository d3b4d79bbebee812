extension AlertConfiguration {
  /// Lays what API v1.0 shows over what v2 shows: of the configurations with a notification that v2
  /// does not know, the older form has it and the newer does not.
  public static func merging(
    _ configurations: [AlertConfiguration],
    legacy: [AlertConfiguration]
  ) -> [AlertConfiguration] {
    let older = Dictionary(
      legacy.filter(\.isLegacy).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let known = Set(configurations.map(\.id))
    return configurations.map { older[$0.id] ?? $0 }
      + legacy.filter { $0.isLegacy && !known.contains($0.id) }
  }

  /// Whether it has a notification through a type that API v2 does not know.
  public var isLegacy: Bool {
    integrationTypes.contains { IntegrationRules.generation(for: $0, chosen: .v2) != .v2 }
  }
}
