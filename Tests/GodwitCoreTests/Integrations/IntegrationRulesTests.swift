import GodwitCore
import Testing

@Suite struct IntegrationRulesTests {
  /// The facts of the v2 description, written down a second time: required and optional fields;
  /// `!` marks a secret one, `?` a Boolean, `=` an enumeration.
  static let facts: [(IntegrationType, String, String)] = [
    ("PAGER_DUTY", "serviceKey!", "region=US,EU"),
    ("SLACK", "apiToken! channelName", "teamName"),
    (
      "DATADOG", "apiKey!",
      "region=US,EU,US3,US5,AP1,US1_FED sendCollectionLatencyMetrics? sendDatabaseMetrics?"
        + " sendQueryStatsMetrics? sendUserProvidedResourceTags?"
    ),
    ("NEW_RELIC", "accountId licenseKey! readToken! writeToken!", ""),
    ("OPS_GENIE", "apiKey!", "region=US,EU"),
    ("VICTOR_OPS", "apiKey!", "routingKey"),
    ("FLOWDOCK", "", "apiToken! flowName orgName"),
    ("HIP_CHAT", "", "notificationToken! roomName"),
    ("WEBHOOK", "url!", "secret! bodyTemplate! headersTemplate!"),
    ("MICROSOFT_TEAMS", "microsoftTeamsWebhookUrl!", ""),
    (
      "PROMETHEUS", "username serviceDiscovery=http,file enabled?",
      "password! sendUserProvidedResourceTagsEnabled?"
    ),
  ]

  private static func written(_ field: FieldRule) -> String {
    let mark = field.secret == nil ? "" : "!"
    return switch field.kind {
    case .boolean: field.name + mark + "?"
    case .enumeration(let words): field.name + mark + "=" + words.joined(separator: ",")
    case .string: field.name + mark
    case .integer: field.name + mark + "#"
    case .texts: field.name + mark + "[]"
    }
  }

  @Test(arguments: facts) func `a type has the fields that are known of it`(
    type: IntegrationType,
    required: String,
    optional: String
  ) throws {
    let rule = try #require(IntegrationRules.rule(for: type))
    func words(_ fields: [FieldRule]) -> [String] { fields.map(Self.written) }
    func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    #expect(words(rule.fields.filter(\.isRequired)) == split(required))
    #expect(words(rule.fields.filter { !$0.isRequired }) == split(optional))
    #expect(rule.secretFields == rule.fields.filter { $0.secret != nil })
  }

  @Test func `there are eleven types, and v2 does not know Flowdock`() {
    #expect(IntegrationRules.typeNames == Self.facts.map(\.0.text))
    let unknown = IntegrationRules.all.filter { !$0.generations.contains(.v2) }.map(\.type)
    #expect(unknown == ["FLOWDOCK"])
    #expect(IntegrationRules.rule(for: "datadog") == nil)
  }

  @Test func `URLs, templates and the password of Prometheus are shown in ways of their own`() {
    let displays = IntegrationRules.all.flatMap { rule in
      rule.secretFields.filter { $0.secret != .tail }.map { ($0.name, $0.secret) }
    }
    #expect(
      displays.map(\.0) == [
        "url", "bodyTemplate", "headersTemplate", "microsoftTeamsWebhookUrl", "password",
      ]
    )
    #expect(displays.map(\.1) == [.url, .stars, .stars, .url, .absent])
  }

  @Test func `a person connects Slack, and nobody connects Flowdock and HipChat`() {
    for rule in IntegrationRules.all {
      switch rule.type {
      case "SLACK": #expect(rule.writability == .updateWithout(field: "apiToken"))
      case "FLOWDOCK", "HIP_CHAT": #expect(rule.writability == .deleteOnly)
      default: #expect(rule.writability == .full)
      }
    }
  }

  @Test(
    arguments: [
      ("DATADOG", .v2, .v2), ("DATADOG", .v1, .v1), ("FLOWDOCK", .v2, .v1), ("FLOWDOCK", .v1, .v1),
      ("HIP_CHAT", .v1, .v2), ("HIP_CHAT", .v2, .v2), ("FLOWDOCK", .publicV1, .publicV1),
      ("HIP_CHAT", .publicV1, .publicV1), ("NEW_THING", .v2, .v2),
    ] as [(IntegrationType, APIGeneration, APIGeneration)]
  )
  func `a type is reached through the newest generation that knows it`(
    type: IntegrationType,
    chosen: APIGeneration,
    reached: APIGeneration
  ) {
    #expect(IntegrationRules.generation(for: type, chosen: chosen) == reached)
  }

  @Test func `a channel of Slack has up to 80 characters`() {
    let rule = IntegrationRules.rule(for: "SLACK")?.field("channelName")
    #expect(rule?.kind == .string(1...80))
    #expect(IntegrationRules.rule(for: "SLACK")?.field("chanelName") == nil)
  }
}
