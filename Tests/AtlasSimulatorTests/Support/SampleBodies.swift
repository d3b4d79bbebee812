import AtlasSimulator
import GodwitCore

/// Complete bodies, as Atlas' documentation has them, with secrets of the right form.
enum Sample {
  static let hex32 = "0123456789abcdef0123456789ab9abc"
  static let uuid = "11111111-2222-4333-8444-5555555577e0"

  static let bodies: [String: JSONObject] = [
    "PAGER_DUTY": ["type": "PAGER_DUTY", "serviceKey": .string(hex32), "region": "EU"],
    "DATADOG": [
      "type": "DATADOG", "apiKey": .string(hex32), "region": "US5",
      "sendCollectionLatencyMetrics": true, "sendDatabaseMetrics": true,
      "sendQueryStatsMetrics": true, "sendUserProvidedResourceTags": true,
    ],
    "NEW_RELIC": [
      "type": "NEW_RELIC", "accountId": "1234567", "licenseKey": "license-1234",
      "readToken": "NRIQ-1234", "writeToken": "NRII-1234",
    ],
    "OPS_GENIE": ["type": "OPS_GENIE", "apiKey": .string(uuid), "region": "EU"],
    "VICTOR_OPS": ["type": "VICTOR_OPS", "apiKey": .string(uuid), "routingKey": "night"],
    "WEBHOOK": [
      "type": "WEBHOOK", "url": "https://hooks.example.com/services/T000/2101",
      "secret": "abcdefghijklmnopqrstuvwxyz1234",
    ],
    "MICROSOFT_TEAMS": [
      "type": "MICROSOFT_TEAMS",
      "microsoftTeamsWebhookUrl": "https://example.webhook.office.com/webhookb2/abc/5309",
    ],
    "PROMETHEUS": [
      "type": "PROMETHEUS", "enabled": true, "password": "prometheus-password",
      "serviceDiscovery": "http", "username": "prom_user_1",
      "sendUserProvidedResourceTagsEnabled": true,
    ],
    "INCIDENT_RELAY": [
      "type": "INCIDENT_RELAY", "relayKey": "relay-key-0001", "region": "APAC",
      "escalation": ["minutes": 5],
    ],
  ]

  /// A body, with members changed, and others left out.
  static func body(
    _ type: String,
    _ changes: JSONObject = [:],
    removing: [String] = []
  ) -> JSONObject {
    var body = bodies[type] ?? [:]
    for (name, value) in changes { body[name] = value }
    for name in removing { body[name] = nil }
    return body
  }
}

extension TestClient {
  /// The first project that has none of a type, or has one.
  func project(having type: String, _ has: Bool = true) throws -> String {
    let having = try simulator.world.projectIDs(having: type)
    guard !has else { return having[0] }
    let taken = Set(having)
    return try simulator.world.projectIDs().first { !taken.contains($0) } ?? ""
  }

  /// A project without any integration that an alert could go through.
  func emptiedProject() throws -> String {
    let project = try project(having: "WEBHOOK", false)
    for type in [
      "PAGER_DUTY", "SLACK", "DATADOG", "NEW_RELIC", "OPS_GENIE", "VICTOR_OPS", "FLOWDOCK",
      "HIP_CHAT", "WEBHOOK", "PROMETHEUS", "MICROSOFT_TEAMS", "INCIDENT_RELAY",
    ] where try simulator.world.integration(of: project, type: type) != nil {
      try simulator.world.remove(type: type, from: project)
    }
    return project
  }
}
