/// The integration types of the Atlas Administration API, as data: fields as in v2, and for
/// FLOWDOCK, which v2 never knew, as in v1.0.
///
/// Source: the v2 OpenAPI description (schema *Third-Party Integration* and its discriminator) for
/// fields, required ones and enumerations; recorded answers of the API for what is shown of a
/// secret; terraform-provider-mongodbatlas issues 1001, 1049 and 3379 for the form that keys of
/// DATADOG and PAGER_DUTY must have, the error `INVALID_URL` for addresses. Sizes of templates are those of the rendered text and are left to Atlas.
public enum IntegrationRules {
  /// The rules, in the order in which Atlas lists the types.
  public static let all: [IntegrationRule] = [
    IntegrationRule(
      "PAGER_DUTY",
      fields: [
        FieldRule("serviceKey", isRequired: true, secret: .tail, demands: .hex32),
        FieldRule("region", .enumeration(["US", "EU"]), serverDefault: "US"),
      ]
    ),
    IntegrationRule(
      "SLACK",
      fields: [
        FieldRule("apiToken", isRequired: true, secret: .tail),
        FieldRule("channelName", .string(1...80), isRequired: true),
        FieldRule("teamName"),
      ],
      writability: .updateWithout(field: "apiToken")
    ),
    IntegrationRule(
      "DATADOG",
      fields: [
        FieldRule("apiKey", isRequired: true, secret: .tail, demands: .hex32),
        FieldRule(
          "region",
          .enumeration(["US", "EU", "US3", "US5", "AP1", "US1_FED"]),
          serverDefault: "US"
        ),
        FieldRule("sendCollectionLatencyMetrics", .boolean),
        FieldRule("sendDatabaseMetrics", .boolean),
        FieldRule("sendQueryStatsMetrics", .boolean),
        FieldRule("sendUserProvidedResourceTags", .boolean),
      ]
    ),
    IntegrationRule(
      "NEW_RELIC",
      fields: [
        FieldRule("accountId", isRequired: true),
        FieldRule("licenseKey", isRequired: true, secret: .tail),
        FieldRule("readToken", isRequired: true, secret: .tail),
        FieldRule("writeToken", isRequired: true, secret: .tail),
      ]
    ),
    IntegrationRule(
      "OPS_GENIE",
      fields: [
        FieldRule("apiKey", isRequired: true, secret: .tail, usualForm: .uuid),
        FieldRule("region", .enumeration(["US", "EU"]), serverDefault: "US"),
      ]
    ),
    IntegrationRule(
      "VICTOR_OPS",
      fields: [
        FieldRule("apiKey", isRequired: true, secret: .tail, usualForm: .uuid),
        FieldRule("routingKey"),
      ]
    ),
    IntegrationRule(
      "FLOWDOCK",
      fields: [
        FieldRule("apiToken", secret: .tail),
        FieldRule("flowName"),
        FieldRule("orgName"),
      ],
      writability: .deleteOnly,
      generations: [.v1, .publicV1]
    ),
    IntegrationRule(
      "HIP_CHAT",
      fields: [
        FieldRule("notificationToken", secret: .tail),
        FieldRule("roomName"),
      ],
      writability: .deleteOnly,
      generations: [.v2, .publicV1]
    ),
    IntegrationRule(
      "WEBHOOK",
      fields: [
        FieldRule("url", isRequired: true, secret: .url, demands: .webAddress),
        FieldRule("secret", secret: .tail),
        FieldRule("bodyTemplate", secret: .stars),
        FieldRule("headersTemplate", secret: .stars),
      ]
    ),
    IntegrationRule(
      "MICROSOFT_TEAMS",
      fields: [
        FieldRule(
          "microsoftTeamsWebhookUrl",
          isRequired: true,
          secret: .url,
          demands: .webAddress
        )
      ]
    ),
    IntegrationRule(
      "PROMETHEUS",
      fields: [
        FieldRule("username", isRequired: true),
        FieldRule("password", secret: .absent),
        FieldRule("serviceDiscovery", .enumeration(["http", "file"]), isRequired: true),
        FieldRule("enabled", .boolean, isRequired: true),
        FieldRule("sendUserProvidedResourceTagsEnabled", .boolean),
      ]
    ),
  ]

  private static let byType = Dictionary(
    all.map { ($0.type, $0) },
    uniquingKeysWith: { first, _ in first }
  )

  /// The rule of a type, if it is known.
  public static func rule(for type: IntegrationType) -> IntegrationRule? {
    byType[type]
  }

  /// The generation through which a type is reached: the chosen one, or the newest that knows it.
  ///
  /// What Atlas' v2 and v1.0 do not know is looked for where it was asked for; Cloud Manager's
  /// `api/public/v1.0` has projects of its own.
  public static func generation(
    for type: IntegrationType,
    chosen: APIGeneration
  ) -> APIGeneration {
    guard chosen != .publicV1, let known = byType[type]?.generations, !known.contains(chosen) else {
      return chosen
    }
    return [.v2, .v1].first { known.contains($0) } ?? chosen
  }

  /// The names of all known types, in order.
  public static var typeNames: [String] {
    all.map(\.type.text)
  }

  /// Whether a type that is not known here is probably misspelt, rather than newer than the rules:
  /// its name is near a known one, or not written as Atlas writes the names of types.
  public static func isProbablySlip(_ type: IntegrationType) -> Bool {
    guard rule(for: type) == nil else { return false }
    let isWrittenAsAtlasDoes =
      (type.text.utf8.first.map { 0x41...0x5A ~= $0 } ?? false)
      && type.text.utf8.allSatisfy { 0x41...0x5A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x5F }
    return !isWrittenAsAtlasDoes || Suggestion.nearest(to: type.text, in: typeNames) != nil
  }
}
