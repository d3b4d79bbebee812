import GodwitCore
import Testing

@Suite struct AlertConfigurationTests {
  private static func mask(_ tail: String, _ length: Int?, _ head: String = "") -> JSONValue {
    .masked(MaskedValue(head: head, tail: tail, length: length))
  }

  private static func notification(_ object: JSONObject) -> JSONObject? {
    AlertConfiguration(["id": "1", "notifications": [.object(object)]])?.notifications.first
  }

  /// Every secret field of every known type, as Atlas masks it and in clear.
  static let secrets: [(String, String)] = NotificationRules.all.flatMap { rule in
    rule.secretFields.map { (rule.typeName, $0.name) }
  }

  @Test func `twelve fields of nine types are secret`() {
    let names = Self.secrets.map { "\($0.0).\($0.1)" }
    #expect(
      names == [
        "DATADOG.datadogApiKey", "PAGER_DUTY.serviceKey", "OPS_GENIE.opsGenieApiKey",
        "VICTOR_OPS.victorOpsApiKey", "SLACK.apiToken", "WEBHOOK.webhookUrl",
        "WEBHOOK.webhookSecret", "WEBHOOK.webhookBodyTemplate", "WEBHOOK.webhookHeadersTemplate",
        "MICROSOFT_TEAMS.microsoftTeamsWebhookUrl", "HIP_CHAT.notificationToken",
        "FLOWDOCK.flowdockApiToken",
      ]
    )
  }

  @Test(arguments: secrets, ["0123456789abcdef9abc", "****************9abc", "https://h/a/b9abc"])
  func `a secret is masked, however it was sent`(field: (String, String), text: String) {
    let read = Self.notification(["typeName": .string(field.0), field.1: .string(text)])
    #expect(read?[field.1]?.maskedValue != nil)
    #expect(read.map { "\($0)" }?.contains("0123456789") == false)
    #expect(read.map { "\($0)" }?.contains("a/b") == false)
  }

  @Test func `what is clear stays clear`() {
    let victor = Self.notification([
      "typeName": "VICTOR_OPS", "victorOpsRoutingKey": "team-a", "delayMin": 5,
      "notifierId": "0123456789abcdef01234567", "integrationId": "0123456789abcdef01234568",
    ])
    #expect(victor?["victorOpsRoutingKey"] == "team-a")
    #expect(victor?["notifierId"] == "0123456789abcdef01234567")
    #expect(victor?["integrationId"] == "0123456789abcdef01234568")
    let group = Self.notification([
      "typeName": "GROUP", "roles": ["GROUP_OWNER"], "emailEnabled": true, "smsEnabled": .null,
    ])
    #expect(group == ["typeName": "GROUP", "roles": ["GROUP_OWNER"], "emailEnabled": true])
  }

  @Test func `a notification of an unknown type hides what looks or is named like a secret`() {
    let read = Self.notification([
      "typeName": "INCIDENT_RELAY", "relayKey": "relay-abcdefgh", "note": "****9abc", "room": "x",
    ])
    #expect(read?["relayKey"] == Self.mask("efgh", 14))
    #expect(read?["note"] == Self.mask("9abc", 8))
    #expect(read?["room"] == "x")
  }

  @Test func `fields are without what only names the configuration`() throws {
    let read = try #require(
      AlertConfiguration([
        "id": "0123456789abcdef01234567", "groupId": "g", "links": [], "enabled": true,
        "created": "2024-05-06T07:08:09Z", "severityOverride": .null, "eventTypeName": "NO_PRIMARY",
        "notifications": [["typeName": "GROUP"]],
      ])
    )
    #expect(read.id == AlertConfigurationID("0123456789abcdef01234567"))
    #expect(read.fields.keys == ["created", "enabled", "eventTypeName", "notifications"])
    #expect(read.isEnabled)
    #expect(AlertConfiguration(["enabled": true]) == nil)
    #expect(AlertConfiguration(["id": "1"])?.isEnabled == false)
  }

  @Test func `a neighbour's integrations are the types that notifications go through`() throws {
    let read = try #require(
      AlertConfiguration([
        "id": "1",
        "notifications": [
          ["typeName": "SLACK", "notifierId": "a"], ["typeName": "FLOWDOCK", "notifierId": "b"],
          ["typeName": "EMAIL", "notifierId": "c"],
        ],
      ])
    )
    #expect(read.integrationTypes == ["SLACK", "FLOWDOCK"])
    #expect(read.notifierIDs == ["a", "b", "c"])
    #expect(read.reachesSomebody(through: []))
    #expect(read.reachesPeople)
  }
}
