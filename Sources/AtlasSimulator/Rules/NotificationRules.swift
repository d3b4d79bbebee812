import GodwitCore

/// What the simulator knows of the notifications that go through an integration.
///
/// Source: the OpenAPI description of alert configurations; their fields have other names than the
/// integrations'. PROMETHEUS and NEW_RELIC have none.
struct NotificationRule: Sendable {
  let typeName: String
  /// Fields of the integration with the names that a notification has for them.
  let fields: [(integration: String, notification: FieldRule)]

  /// A notification with copies of an integration's fields.
  func copy(of integration: JSONObject) -> JSONObject {
    var copy: JSONObject = ["typeName": .string(typeName)]
    for (name, field) in fields { copy[field.name] = integration[name] }
    return copy
  }

  /// A stored notification as API v2 answers it.
  func shown(_ notification: JSONObject) -> JSONObject {
    var shown = notification
    for (_, field) in fields {
      if let value = notification[field.name] { shown[field.name] = field.shown(value) }
    }
    return shown
  }
}

/// Every notification that goes through an integration.
enum NotificationRules {
  static func rule(for typeName: String) -> NotificationRule? {
    byName[typeName]
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.typeName, $0) })

  private static func rule(
    _ typeName: String,
    _ fields: [(String, String, FieldRule.Exposure)]
  ) -> NotificationRule {
    NotificationRule(
      typeName: typeName,
      fields: fields.map { ($0.0, FieldRule($0.1, exposure: $0.2)) }
    )
  }

  private static let all: [NotificationRule] = [
    rule("DATADOG", [("apiKey", "datadogApiKey", .key), ("region", "datadogRegion", .clear)]),
    rule("PAGER_DUTY", [("serviceKey", "serviceKey", .key), ("region", "region", .clear)]),
    rule("OPS_GENIE", [("apiKey", "opsGenieApiKey", .key), ("region", "opsGenieRegion", .clear)]),
    rule(
      "VICTOR_OPS",
      [("apiKey", "victorOpsApiKey", .key), ("routingKey", "victorOpsRoutingKey", .clear)]
    ),
    rule("SLACK", [("apiToken", "apiToken", .key), ("channelName", "channelName", .clear)]),
    rule(
      "WEBHOOK",
      [
        ("url", "webhookUrl", .url), ("secret", "webhookSecret", .key),
        ("bodyTemplate", "webhookBodyTemplate", .stars),
        ("headersTemplate", "webhookHeadersTemplate", .stars),
      ]
    ),
    rule(
      "MICROSOFT_TEAMS",
      [("microsoftTeamsWebhookUrl", "microsoftTeamsWebhookUrl", .url)]
    ),
    rule(
      "HIP_CHAT",
      [("notificationToken", "notificationToken", .key), ("roomName", "roomName", .clear)]
    ),
    rule(
      "FLOWDOCK",
      [
        ("apiToken", "flowdockApiToken", .key), ("flowName", "flowName", .clear),
        ("orgName", "orgName", .clear),
      ]
    ),
  ]
}
