import GodwitCore
import Testing

@Suite struct IntegrationTests {
  static let key = "0123456789abcdef0123456789ab9abc"

  private static func mask(_ tail: String, _ length: Int? = nil) -> JSONValue {
    .masked(MaskedValue(tail: tail, length: length))
  }

  @Test func `id, links and nulls are no fields`() throws {
    let integration = try #require(
      Integration([
        "id": "65f0", "type": "DATADOG", "links": [["rel": "self"]], "region": "EU",
        "customEndpoint": .null, "sendDatabaseMetrics": false, "apiKey": "****9abc",
      ])
    )
    #expect(integration.type == "DATADOG")
    #expect(integration.stamp == "65f0")
    #expect(integration.fields.keys == ["apiKey", "region", "sendDatabaseMetrics"])
    #expect(integration.object["type"] == "DATADOG")
    #expect(integration.object["id"] == nil)
  }

  @Test func `without a type there is no integration`() {
    #expect(Integration(["id": "65f0"]) == nil)
    #expect(Integration(["type": 5]) == nil)
  }

  static let secrets: [(IntegrationType, String, JSONValue, JSONValue)] = [
    ("DATADOG", "apiKey", .string(key), mask("9abc", 32)),
    ("DATADOG", "apiKey", "****************************9abc", mask("9abc", 32)),
    ("PAGER_DUTY", "serviceKey", "short", mask("hort", 5)),
    ("OPS_GENIE", "apiKey", "abc", mask("", 3)),
    ("NEW_RELIC", "readToken", "NRIQ-0123456789", mask("6789", 15)),
    ("NEW_RELIC", "accountId", "1234567", "1234567"), ("VICTOR_OPS", "routingKey", "team", "team"),
    ("WEBHOOK", "bodyTemplate", "{\"a\": 1}", mask("")), ("WEBHOOK", "secret", 12_345, mask("")),
    ("PROMETHEUS", "password", "hunter22", mask("er22", 8)),
    ("SLACK", "apiToken", ["a": "b"], mask("")),
    ("VICTOR_OPS", "routingKey", "****9abc", mask("9abc", 8)),
    (
      "MICROSOFT_TEAMS", "microsoftTeamsWebhookUrl", "https://h/webhook/12345",
      .masked(MaskedValue(head: "https://h/", tail: "2345", length: nil))
    ),
  ]

  @Test(arguments: secrets) func `a secret field is masked, however Atlas sent it`(
    type: IntegrationType,
    field: String,
    sent: JSONValue,
    kept: JSONValue
  ) {
    #expect(Integration(["type": .string(type.text), field: sent])?.fields[field] == kept)
  }

  static let unknown: [(String, JSONValue, JSONValue)] = [
    ("apiToken", "abcdefgh", mask("efgh", 8)), ("flowName", "main", "main"), ("someKey", "", ""),
    ("newSecret", 12_345, mask("")), ("hasSecret", true, true),
    ("secrets", ["abcdefgh"], [mask("efgh", 8)]),
    ("note", "****9abc", mask("9abc", 8)), ("note", ["****9abc", "x"], [mask("9abc", 8), "x"]),
    (
      "endpoint", "https://h/****",
      .masked(MaskedValue(head: "https://h/", tail: "", length: nil))
    ),
    ("auth", ["password": "hunter22", "user": "me"], ["password": mask("er22", 8), "user": "me"]),
    ("credentials", ["user": "hunter22"], ["user": mask("er22", 8)]),
    ("routingKey", "team", "team"), ("rate", 15, 15),
    ("headers", [["name": "X", "token": "abcdefgh"]], [["name": "X", "token": mask("efgh", 8)]]),
  ].map { ($0.0, $0.1, $0.2) }

  @Test(arguments: unknown, ["FLOWDOCK", "DATADOG"])
  func `what is not known is masked if it looks or is named like a secret`(
    field: (String, JSONValue, JSONValue),
    type: String
  ) {
    let integration = Integration(["type": .string(type), field.0: field.1])
    #expect(integration?.fields[field.0] == field.2)
  }

  static let names: [(String, Bool)] = [
    ("apiKey", true), ("licenseKey", true), ("APIKEY", true), ("token", true),
    ("clientSecret", true),
    ("passwordHash", true), ("webhookUrl", true), ("region", false), ("routingKey", false),
    ("username", false), ("flowName", false), ("url", false),
  ]

  @Test(arguments: names) func `names tell secrets`(name: String, isSecret: Bool) {
    #expect(Integration.isNamedLikeSecret(name) == isSecret)
  }

  @Test func `two versions are equivalent whatever their stamps`() {
    let left = Integration(type: "DATADOG", stamp: "1", fields: ["region": "EU"])
    let right = Integration(
      type: "DATADOG",
      stamp: "2",
      fields: ["region": "EU", "sendDatabaseMetrics": false]
    )
    #expect(left.isEquivalent(to: right))
    let moved = Integration(type: "DATADOG", fields: ["region": "US"])
    #expect(!left.isEquivalent(to: moved))
    #expect(left.differences(to: moved) == ["region"])
    #expect(!left.isEquivalent(to: Integration(type: "OPS_GENIE", fields: ["region": "EU"])))
  }
}
