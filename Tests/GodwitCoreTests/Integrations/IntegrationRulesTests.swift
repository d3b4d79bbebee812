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

  @Test func `there are ten types, Flowdock is none of them`() {
    #expect(IntegrationRules.typeNames == Self.facts.map(\.0.text))
    #expect(IntegrationRules.rule(for: "FLOWDOCK") == nil)
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

  @Test func `a person connects Slack, and nobody connects HipChat`() {
    for rule in IntegrationRules.all {
      switch rule.type {
      case "SLACK": #expect(rule.writability == .updateWithout(field: "apiToken"))
      case "HIP_CHAT": #expect(rule.writability == .deleteOnly)
      default: #expect(rule.writability == .full)
      }
    }
  }

  @Test func `a channel of Slack has up to 80 characters`() {
    let rule = IntegrationRules.rule(for: "SLACK")?.field("channelName")
    #expect(rule?.kind == .string(1...80))
    #expect(IntegrationRules.rule(for: "SLACK")?.field("chanelName") == nil)
  }
}
