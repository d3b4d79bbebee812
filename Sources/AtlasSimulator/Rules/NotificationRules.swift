import GodwitCore

/// Every type of notification.
///
/// Source: the OpenAPI description of alert configurations; the fields of those that go through an
/// integration have other names than the integration's. PROMETHEUS and NEW_RELIC have none. Which
/// are required follows the descriptions of the fields; keys are judged as those of integrations.
enum NotificationRules {
  static func rule(for typeName: String) -> NotificationRule? {
    byName[typeName]
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.typeName, $0) })

  private static let key = 1...512
  private typealias Field = NotificationRule.Field

  private static func secret(_ name: String, _ source: String, isHex: Bool = false) -> Field {
    let kind: FieldRule.Kind = isHex ? .hex32 : .text(key)
    return Field(source, FieldRule(name, kind, isRequired: true, exposure: .key))
  }

  private static func region(_ name: String, _ words: [String]) -> Field {
    Field("region", FieldRule(name, .oneOf(words), standard: "US"))
  }

  private static func text(_ name: String, from source: String, isRequired: Bool = false) -> Field {
    Field(source, FieldRule(name, .text(1...80), isRequired: isRequired))
  }

  private static let thirdParty: [NotificationRule] = [
    NotificationRule(
      typeName: "DATADOG",
      fields: [
        secret("datadogApiKey", "apiKey", isHex: true),
        region("datadogRegion", ["US", "EU", "US3", "US5", "AP1", "US1_FED"]),
      ]
    ),
    NotificationRule(
      typeName: "PAGER_DUTY",
      fields: [secret("serviceKey", "serviceKey", isHex: true), region("region", ["US", "EU"])],
      hasInterval: false
    ),
    NotificationRule(
      typeName: "OPS_GENIE",
      fields: [secret("opsGenieApiKey", "apiKey"), region("opsGenieRegion", ["US", "EU"])],
      hasInterval: false
    ),
    NotificationRule(
      typeName: "VICTOR_OPS",
      fields: [
        secret("victorOpsApiKey", "apiKey"), text("victorOpsRoutingKey", from: "routingKey"),
      ],
      hasInterval: false
    ),
    NotificationRule(
      typeName: "SLACK",
      fields: [secret("apiToken", "apiToken"), text("channelName", from: "channelName")]
    ),
    NotificationRule(
      typeName: "WEBHOOK",
      fields: [
        Field("url", FieldRule("webhookUrl", .webAddress, isRequired: true, exposure: .url)),
        Field("secret", FieldRule("webhookSecret", .text(key), exposure: .key)),
        Field(
          "bodyTemplate",
          FieldRule("webhookBodyTemplate", .template(maximumBytes: 16 * 1024), exposure: .stars)
        ),
        Field(
          "headersTemplate",
          FieldRule("webhookHeadersTemplate", .template(maximumBytes: 4 * 1024), exposure: .stars)
        ),
      ]
    ),
    NotificationRule(
      typeName: "MICROSOFT_TEAMS",
      fields: [
        Field(
          "microsoftTeamsWebhookUrl",
          FieldRule("microsoftTeamsWebhookUrl", .webAddress, isRequired: true, exposure: .url)
        )
      ]
    ),
    NotificationRule(
      typeName: "HIP_CHAT",
      fields: [
        secret("notificationToken", "notificationToken"),
        text("roomName", from: "roomName", isRequired: true),
      ]
    ),
    NotificationRule(
      typeName: "FLOWDOCK",
      fields: [
        secret("flowdockApiToken", "apiToken"),
        text("flowName", from: "flowName", isRequired: true),
        text("orgName", from: "orgName", isRequired: true),
      ]
    ),
  ]

  private static let channels = [
    Field(nil, FieldRule("emailEnabled", .flag, standard: false)),
    Field(nil, FieldRule("smsEnabled", .flag, standard: false)),
  ]

  private static func direct(
    _ typeName: String,
    _ fields: [FieldRule],
    hasChannels: Bool = true
  ) -> NotificationRule {
    NotificationRule(
      typeName: typeName,
      isThirdParty: false,
      fields: fields.map { Field(nil, $0) } + (hasChannels ? channels : [])
    )
  }

  static let all: [NotificationRule] =
    thirdParty + [
      direct(
        "EMAIL",
        [FieldRule("emailAddress", .text(3...254), isRequired: true)],
        hasChannels: false
      ),
      direct(
        "SMS",
        [FieldRule("mobileNumber", .text(5...20), isRequired: true)],
        hasChannels: false
      ),
      direct("USER", [FieldRule("username", .text(3...254), isRequired: true)]),
      direct(
        "TEAM",
        [
          FieldRule("teamId", .text(24...24), isRequired: true),
          FieldRule("teamName", .text(1...80)),
        ]
      ),
      direct("GROUP", [FieldRule("roles", .roles(prefix: "GROUP_"))]),
      direct("ORG", [FieldRule("roles", .roles(prefix: "ORG_"))]),
    ]
}
