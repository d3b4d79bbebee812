import GodwitCore

/// The rules themselves.
///
/// Sources: the OpenAPI description of API v2 for fields, what is required and what values are
/// allowed; recorded answers for defaults, for `customEndpoint` and templates as `null`, and for
/// what is masked how; the pages of API v1.0 for FLOWDOCK; reports of users for the syntax that is
/// demanded of keys (32 hexadecimal digits for DATADOG and PAGER_DUTY; of no others).
extension TypeRules {
  private static let key = 1...512

  static let all: [TypeRule] = [
    TypeRule(
      type: "PAGER_DUTY",
      fields: [
        FieldRule("serviceKey", .hex32, isRequired: true, exposure: .key),
        FieldRule("region", .oneOf(["US", "EU"]), standard: "US"),
      ]
    ),
    TypeRule(
      type: "SLACK",
      fields: [
        FieldRule("apiToken", .text(key), isRequired: true, exposure: .key),
        FieldRule(
          "channelName",
          .text(1...80),
          isRequired: true,
          isNullable: true,
          isShownUnset: true
        ),
        FieldRule("teamName"),
      ],
      writing: .oauth
    ),
    TypeRule(
      type: "DATADOG",
      fields: [
        FieldRule("apiKey", .hex32, isRequired: true, exposure: .key),
        FieldRule("region", .oneOf(["US", "EU", "US3", "US5", "AP1", "US1_FED"]), standard: "US"),
        FieldRule("sendCollectionLatencyMetrics", .flag, standard: false),
        FieldRule("sendDatabaseMetrics", .flag, standard: false),
        FieldRule("sendQueryStatsMetrics", .flag, standard: false),
        FieldRule("sendUserProvidedResourceTags", .flag, standard: false),
      ],
      nullFields: ["customEndpoint"]
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
      ],
      isInV2: false
    ),
    TypeRule(
      type: "HIP_CHAT",
      fields: [
        FieldRule("notificationToken", .text(key), isRequired: true, exposure: .key),
        FieldRule("roomName", isRequired: true),
      ],
      writing: .discontinued
    ),
    TypeRule(
      type: "WEBHOOK",
      fields: [
        FieldRule("url", .webAddress, isRequired: true, exposure: .url),
        FieldRule("secret", .text(key), exposure: .key),
        FieldRule(
          "bodyTemplate",
          .template(maximumBytes: 16 * 1024),
          exposure: .stars,
          isShownUnset: true
        ),
        FieldRule(
          "headersTemplate",
          .template(maximumBytes: 4 * 1024),
          exposure: .stars,
          isShownUnset: true
        ),
      ],
      hasTypeLast: true
    ),
    TypeRule(
      type: "PROMETHEUS",
      fields: [
        FieldRule("enabled", .flag, isRequired: true),
        FieldRule("password", .text(key), exposure: .never, isKept: true),
        FieldRule("sendUserProvidedResourceTagsEnabled", .flag, standard: false),
        FieldRule("serviceDiscovery", .oneOf(["http", "file"]), isRequired: true),
        FieldRule("username", .text(key), isRequired: true),
      ]
    ),
    TypeRule(
      type: "MICROSOFT_TEAMS",
      fields: [
        FieldRule("microsoftTeamsWebhookUrl", .webAddress, isRequired: true, exposure: .url)
      ]
    ),
    // Invented: a type that Atlas may have one day and that no client of today knows.
    TypeRule(
      type: "INCIDENT_RELAY",
      fields: [
        FieldRule("relayKey", .text(key), isRequired: true, exposure: .key),
        FieldRule("escalation", .object),
        FieldRule("region", .oneOf(["US", "EU", "APAC"]), standard: "US"),
      ]
    ),
  ]
}
