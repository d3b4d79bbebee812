import GodwitCore

/// Draws the integrations of one project, secrets whole.
struct IntegrationDrafts {
  private var generator: SeededGenerator
  private let organization: Int

  init(project: ProjectDraft) {
    generator = SeededGenerator(seed: project.seed)
    organization = project.organization
  }

  /// What a project has, by type, in the order in which Atlas lists types.
  mutating func make(hasFutureType: Bool) -> [(type: String, fields: JSONObject)] {
    var drafts: [(type: String, fields: JSONObject)] = []
    if generator.chance(0.45) { drafts.append(("PAGER_DUTY", pagerDuty())) }
    if generator.chance(0.36) { drafts.append(("SLACK", slack())) }
    if generator.chance(0.6) { drafts.append(("DATADOG", datadog())) }
    if generator.chance(0.06) { drafts.append(("NEW_RELIC", newRelic())) }
    if generator.chance(0.14) { drafts.append(("OPS_GENIE", opsGenie())) }
    if generator.chance(0.09) { drafts.append(("VICTOR_OPS", victorOps())) }
    if generator.chance(0.05) { drafts.append(("FLOWDOCK", flowdock())) }
    if generator.chance(0.02) { drafts.append(("HIP_CHAT", hipChat())) }
    if generator.chance(0.18) { drafts.append(("WEBHOOK", webhook())) }
    if generator.chance(0.12) { drafts.append(("PROMETHEUS", prometheus())) }
    if generator.chance(0.13) { drafts.append(("MICROSOFT_TEAMS", teams())) }
    if hasFutureType { drafts.append(("INCIDENT_RELAY", incidentRelay())) }
    return drafts.map { ($0.type, $0.fields.merging(["type": .string($0.type)])) }
  }

  private mutating func pagerDuty() -> JSONObject {
    let region = generator.chance(0.8) ? "US" : "EU"
    return ["region": .string(region), "serviceKey": .string(generator.hex(32))]
  }

  /// 45 in 100 are left-overs of the time when tokens were typed: short, without a team.
  private mutating func slack() -> JSONObject {
    let channel = "#\(generator.choice(Vocabulary.teams))-alerts"
    if generator.chance(0.45) {
      var legacy: JSONObject = ["apiToken": .string("xoxp-\(generator.digits(11))")]
      if generator.chance(0.7) { legacy["channelName"] = .string(channel) }
      return legacy
    }
    var oauth: JSONObject = [
      "apiToken": .string(
        "xoxb-\(generator.digits(13))-\(generator.digits(13))-\(generator.token(41))"
      ),
      "teamName": .string(Vocabulary.slackTeams[organization]),
    ]
    if generator.chance(0.9) { oauth["channelName"] = .string(channel) }
    return oauth
  }

  private mutating func datadog() -> JSONObject {
    let region = generator.choice(
      weighted: [("US", 60), ("EU", 20), ("US3", 8), ("US5", 6), ("AP1", 4), ("US1_FED", 2)]
    )
    return [
      "apiKey": .string(generator.hex(32)),
      "region": .string(region),
      "sendCollectionLatencyMetrics": .bool(generator.chance(0.2)),
      "sendDatabaseMetrics": .bool(generator.chance(0.4)),
      "sendQueryStatsMetrics": .bool(generator.chance(0.1)),
      "sendUserProvidedResourceTags": .bool(generator.chance(0.15)),
    ]
  }

  private mutating func newRelic() -> JSONObject {
    [
      "accountId": .string(generator.digits(7)),
      "licenseKey": .string(generator.hex(40)),
      "readToken": .string("NRIQ-\(generator.token(32))"),
      "writeToken": .string("NRII-\(generator.token(32))"),
    ]
  }

  private mutating func opsGenie() -> JSONObject {
    let region = generator.chance(0.6) ? "US" : "EU"
    return ["apiKey": .string(generator.uuid()), "region": .string(region)]
  }

  private mutating func victorOps() -> JSONObject {
    var fields: JSONObject = ["apiKey": .string(generator.uuid())]
    if generator.chance(0.7) { fields["routingKey"] = .string(generator.choice(Vocabulary.teams)) }
    return fields
  }

  private mutating func flowdock() -> JSONObject {
    [
      "apiToken": .string(generator.hex(32)),
      "flowName": .string("\(generator.choice(Vocabulary.teams))-flow"),
      "orgName": .string(Vocabulary.slackTeams[organization]),
    ]
  }

  private mutating func hipChat() -> JSONObject {
    [
      "notificationToken": .string(generator.token(40)),
      "roomName": .string("\(generator.choice(Vocabulary.teams)) ops"),
    ]
  }

  private mutating func webhook() -> JSONObject {
    let host = generator.choice(["hooks.example.com", "alerts.example.net", "events.example.org"])
    var fields: JSONObject = [
      "url": .string("https://\(host)/atlas/\(generator.token(24))")
    ]
    if generator.chance(0.6) { fields["secret"] = .string(generator.token(30)) }
    if generator.chance(0.1) {
      fields["bodyTemplate"] = #"{"text":"{{ alert.eventTypeName }}"}"#
      fields["headersTemplate"] = #"{"X-Source":"atlas"}"#
    }
    return fields
  }

  private mutating func prometheus() -> JSONObject {
    [
      "enabled": .bool(generator.chance(0.85)),
      "password": .string(generator.token(24)),
      "sendUserProvidedResourceTagsEnabled": .bool(generator.chance(0.2)),
      "serviceDiscovery": .string(generator.chance(0.7) ? "http" : "file"),
      "username": .string("prom_user_\(generator.hex(24))"),
    ]
  }

  private mutating func teams() -> JSONObject {
    let path = "\(generator.hex(32))/IncomingWebhook/\(generator.hex(32))/\(generator.uuid())"
    return [
      "microsoftTeamsWebhookUrl": .string("https://example.webhook.office.com/webhookb2/\(path)")
    ]
  }

  private mutating func incidentRelay() -> JSONObject {
    [
      "escalation": ["minutes": 15, "policy": "primary"],
      "region": .string(generator.choice(["US", "EU", "APAC"])),
      "relayKey": .string("relay-\(generator.token(26))"),
    ]
  }
}
