/// The types of notifications of alert configurations, as data.
///
/// Source: the v2 OpenAPI description (schema *AlertsNotificationRootForGroup*); for FLOWDOCK, which
/// v2 does not know, the pages of API v1.0. PROMETHEUS and NEW_RELIC have no notification. Secrets
/// are copies of the integration's and masked like those; their names differ.
public enum NotificationRules {
  /// The fields that every notification may have.
  public static let common: [FieldRule] = [
    FieldRule("typeName", isRequired: true),
    FieldRule("delayMin", .integer(0...Int64(Int32.max))),
    FieldRule("intervalMin", .integer(5...Int64(Int32.max))),
    FieldRule("notifierId"),
    FieldRule("integrationId"),
  ]

  /// The rules, those that go through an integration first.
  public static let all: [NotificationRule] = throughIntegrations + direct

  private static let throughIntegrations: [NotificationRule] = [
    NotificationRule(
      "DATADOG",
      through: "DATADOG",
      fields: [
        FieldRule("datadogApiKey", isRequired: true, secret: .tail, demands: .hex32),
        FieldRule(
          "datadogRegion",
          .enumeration(["US", "EU", "US3", "US5", "AP1", "US1_FED"]),
          serverDefault: "US"
        ),
      ],
      copies: ["datadogApiKey": "apiKey", "datadogRegion": "region"]
    ),
    NotificationRule(
      "PAGER_DUTY",
      through: "PAGER_DUTY",
      fields: [
        FieldRule("serviceKey", isRequired: true, secret: .tail, demands: .hex32),
        FieldRule("region", .enumeration(["US", "EU"]), serverDefault: "US"),
      ],
      copies: ["serviceKey": "serviceKey", "region": "region"],
      takesInterval: false
    ),
    NotificationRule(
      "OPS_GENIE",
      through: "OPS_GENIE",
      fields: [
        FieldRule("opsGenieApiKey", isRequired: true, secret: .tail, usualForm: .uuid),
        FieldRule("opsGenieRegion", .enumeration(["US", "EU"]), serverDefault: "US"),
      ],
      copies: ["opsGenieApiKey": "apiKey", "opsGenieRegion": "region"],
      takesInterval: false
    ),
    NotificationRule(
      "VICTOR_OPS",
      through: "VICTOR_OPS",
      fields: [
        FieldRule("victorOpsApiKey", isRequired: true, secret: .tail, usualForm: .uuid),
        FieldRule("victorOpsRoutingKey"),
      ],
      copies: ["victorOpsApiKey": "apiKey", "victorOpsRoutingKey": "routingKey"],
      takesInterval: false
    ),
    NotificationRule(
      "SLACK",
      through: "SLACK",
      fields: [
        FieldRule("apiToken", isRequired: true, secret: .tail),
        FieldRule("channelName", isRequired: true),
      ],
      copies: ["apiToken": "apiToken", "channelName": "channelName"]
    ),
    NotificationRule(
      "WEBHOOK",
      through: "WEBHOOK",
      // Left out, Atlas takes the integration's.
      fields: [
        FieldRule("webhookUrl", secret: .url, demands: .webAddress),
        FieldRule("webhookSecret", secret: .tail),
        FieldRule("webhookBodyTemplate", secret: .stars),
        FieldRule("webhookHeadersTemplate", secret: .stars),
      ],
      copies: [
        "webhookUrl": "url", "webhookSecret": "secret", "webhookBodyTemplate": "bodyTemplate",
        "webhookHeadersTemplate": "headersTemplate",
      ]
    ),
    NotificationRule(
      "MICROSOFT_TEAMS",
      through: "MICROSOFT_TEAMS",
      fields: [
        FieldRule(
          "microsoftTeamsWebhookUrl",
          isRequired: true,
          secret: .url,
          demands: .webAddress
        )
      ],
      copies: ["microsoftTeamsWebhookUrl": "microsoftTeamsWebhookUrl"]
    ),
    NotificationRule(
      "HIP_CHAT",
      through: "HIP_CHAT",
      fields: [
        FieldRule("notificationToken", isRequired: true, secret: .tail),
        FieldRule("roomName", isRequired: true),
      ],
      copies: ["notificationToken": "notificationToken", "roomName": "roomName"],
      isCreatable: false
    ),
    NotificationRule(
      "FLOWDOCK",
      through: "FLOWDOCK",
      fields: [
        FieldRule("flowdockApiToken", isRequired: true, secret: .tail),
        FieldRule("flowName", isRequired: true),
        FieldRule("orgName", isRequired: true),
      ],
      copies: ["flowdockApiToken": "apiToken", "flowName": "flowName", "orgName": "orgName"],
      isCreatable: false
    ),
  ]

  private static let channels = [
    FieldRule("emailEnabled", .boolean, isRequired: true),
    FieldRule("smsEnabled", .boolean, isRequired: true),
  ]

  private static let direct: [NotificationRule] = [
    NotificationRule("EMAIL", fields: [FieldRule("emailAddress", isRequired: true)]),
    NotificationRule("SMS", fields: [FieldRule("mobileNumber", isRequired: true)]),
    NotificationRule("USER", fields: [FieldRule("username", isRequired: true)] + channels),
    NotificationRule(
      "TEAM",
      fields: [
        FieldRule("teamId", isRequired: true),
        FieldRule("teamName", isReadOnly: true),
      ] + channels
    ),
    NotificationRule("GROUP", fields: channels + [FieldRule("roles", .texts)]),
    NotificationRule("ORG", fields: channels + [FieldRule("roles", .texts)]),
  ]

  private static let byName = Dictionary(
    all.map { ($0.typeName, $0) },
    uniquingKeysWith: { first, _ in first }
  )

  /// The rule of a type, if it is known.
  public static func rule(for typeName: String) -> NotificationRule? {
    byName[typeName]
  }

  /// The names of all known types, in order.
  public static var typeNames: [String] { all.map(\.typeName) }
}
