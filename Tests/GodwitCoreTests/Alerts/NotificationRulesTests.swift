import GodwitCore
import Testing

@Suite struct NotificationRulesTests {
  /// The facts of the description, written down a second time: own fields; `!` marks a secret one,
  /// `*` a required one.
  static let facts: [(String, IntegrationType?, String)] = [
    ("DATADOG", "DATADOG", "datadogApiKey!* datadogRegion"),
    ("PAGER_DUTY", "PAGER_DUTY", "serviceKey!* region"),
    ("OPS_GENIE", "OPS_GENIE", "opsGenieApiKey!* opsGenieRegion"),
    ("VICTOR_OPS", "VICTOR_OPS", "victorOpsApiKey!* victorOpsRoutingKey"),
    ("SLACK", "SLACK", "apiToken!* channelName*"),
    (
      "WEBHOOK", "WEBHOOK",
      "webhookUrl! webhookSecret! webhookBodyTemplate! webhookHeadersTemplate!"
    ),
    ("MICROSOFT_TEAMS", "MICROSOFT_TEAMS", "microsoftTeamsWebhookUrl!*"),
    ("HIP_CHAT", "HIP_CHAT", "notificationToken!* roomName*"),
    ("FLOWDOCK", "FLOWDOCK", "flowdockApiToken!* flowName* orgName*"),
    ("EMAIL", nil, "emailAddress*"), ("SMS", nil, "mobileNumber*"),
    ("USER", nil, "username* emailEnabled* smsEnabled*"),
    ("TEAM", nil, "teamId* teamName emailEnabled* smsEnabled*"),
    ("GROUP", nil, "emailEnabled* smsEnabled* roles"),
    ("ORG", nil, "emailEnabled* smsEnabled* roles"),
  ]

  @Test(arguments: facts) func `a type has the fields that are known of it`(
    typeName: String,
    integration: IntegrationType?,
    fields: String
  ) throws {
    let rule = try #require(NotificationRules.rule(for: typeName))
    let written = rule.fields.map {
      $0.name + ($0.secret == nil ? "" : "!") + ($0.isRequired ? "*" : "")
    }
    #expect(written.joined(separator: " ") == fields)
    #expect(rule.integration == integration)
    #expect(rule.field("delayMin")?.kind == .integer(0...2_147_483_647))
    #expect(rule.field("nothing") == nil)
  }

  @Test func `there are fifteen types, and two can no longer be made`() {
    #expect(NotificationRules.typeNames == Self.facts.map(\.0))
    #expect(
      NotificationRules.all.filter { !$0.isCreatable }.map(\.typeName) == ["HIP_CHAT", "FLOWDOCK"]
    )
    #expect(
      NotificationRules.all.filter { !$0.takesInterval }.map(\.typeName)
        == ["PAGER_DUTY", "OPS_GENIE", "VICTOR_OPS"]
    )
  }

  @Test(arguments: NotificationRules.all.filter { $0.integration != nil })
  func `a copied field is one of both, and secret in both`(rule: NotificationRule) throws {
    let type = try #require(rule.integration)
    let integration = try #require(IntegrationRules.rule(for: type))
    #expect(Set(rule.copies.keys) == Set(rule.fields.map(\.name)))
    for (own, theirs) in rule.copies {
      let field = try #require(rule.field(own))
      let source = try #require(integration.field(theirs))
      #expect(field.secret == source.secret)
      #expect(field.serverDefault == source.serverDefault)
      if case .enumeration = field.kind { #expect(field.kind == source.kind) }
    }
  }
}
