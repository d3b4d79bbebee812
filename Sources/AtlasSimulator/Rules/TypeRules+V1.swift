import GodwitCore

/// The types as API v1.0 knows them, where it differs from v2: no HIP_CHAT, but FLOWDOCK; other
/// required fields; fewer regions and none of the toggles.
///
/// Source: the pages of API v1.0, as they were in 2023.
extension TypeRules {
  private static let key = 1...512

  /// The rule of a type in a generation, by its name in exactly Atlas' spelling.
  static func rule(for type: String, in generation: Generation) -> TypeRule? {
    guard generation == .v2 else { return v1ByType[type] }
    return rule(for: type).flatMap { $0.isInV2 ? $0 : nil }
  }

  private static let v1ByType = Dictionary(uniqueKeysWithValues: v1.map { ($0.type, $0) })

  static let v1: [TypeRule] = [
    TypeRule(
      type: "PAGER_DUTY",
      fields: [
        FieldRule("serviceKey", .hex32, isRequired: true, exposure: .key),
        // Taken, and not on the page of answers.
        FieldRule("region", .oneOf(["US", "EU"]), exposure: .never, standard: "US"),
      ]
    ),
    TypeRule(
      type: "SLACK",
      fields: [
        FieldRule("apiToken", .text(key), isRequired: true, exposure: .key),
        FieldRule("teamName", isRequired: true),
        FieldRule("channelName", .text(0...80)),
      ],
      writing: .oauth
    ),
    TypeRule(
      type: "DATADOG",
      fields: [
        FieldRule("apiKey", .hex32, isRequired: true, exposure: .key),
        FieldRule("region", .oneOf(["US", "EU", "US3", "US5"]), isRequired: true),
      ]
    ),
    TypeRule(
      type: "NEW_RELIC",
      fields: [
        FieldRule("accountId", isRequired: true),
        FieldRule("licenseKey", isRequired: true),
        FieldRule("readToken", isRequired: true),
        FieldRule("writeToken", isRequired: true),
      ]
    ),
    TypeRule(
      type: "OPS_GENIE",
      fields: [
        FieldRule("apiKey", .text(key), isRequired: true, exposure: .key),
        FieldRule("region", .oneOf(["US", "EU"]), standard: "US"),
      ]
    ),
    TypeRule(
      type: "VICTOR_OPS",
      fields: [
        FieldRule("apiKey", .text(key), isRequired: true, exposure: .key),
        FieldRule("routingKey"),
      ]
    ),
    TypeRule(
      type: "FLOWDOCK",
      fields: [
        FieldRule("apiToken", .text(key), isRequired: true, exposure: .key),
        FieldRule("flowName", isRequired: true),
        FieldRule("orgName", isRequired: true),
      ]
    ),
    TypeRule(
      type: "WEBHOOK",
      fields: [
        FieldRule("url", .webAddress, isRequired: true, exposure: .url),
        FieldRule("secret", .text(key), exposure: .key),
      ]
    ),
    TypeRule(
      type: "PROMETHEUS",
      fields: [
        FieldRule("enabled", .flag, isRequired: true),
        FieldRule("password", .text(key), isRequired: true, exposure: .never, isKept: true),
        FieldRule("serviceDiscovery", .oneOf(["http", "file"]), isRequired: true),
        FieldRule("username", .text(key), isRequired: true),
        FieldRule("scheme", .oneOf(["http", "https"])),
      ],
      unstoredFields: ["scheme"]
    ),
    TypeRule(
      type: "MICROSOFT_TEAMS",
      fields: [
        FieldRule("microsoftTeamsWebhookUrl", .webAddress, isRequired: true, exposure: .url)
      ]
    ),
  ]
}
