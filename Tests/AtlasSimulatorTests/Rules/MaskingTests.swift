import AtlasSimulator
import GodwitCore
import Testing

@testable import AtlasSimulator

@Suite struct MaskingTests {
  @Test(
    arguments: [
      ("0123456789abcdef0123456789ab9abc", "****************************9abc"),
      ("11111111-2222-4333-8444-5555555577e0", "********************************77e0"),
      ("abcde", "*bcde"), ("abcd", "****"), ("a", "*"), ("", ""),
    ]
  )
  func `a key keeps its length and its last four characters`(key: String, mask: String) {
    #expect(Masking.key(key) == mask)
  }

  @Test(
    arguments: [
      ("https://example.com/hooks/2101", "https://example.com/****2101"),
      ("http://example.com:8080/a?b=c#last", "http://example.com:8080/****last"),
      ("https://example.com", "https://example.com/****.com"),
      ("https://example.com?key=1", "https://example.com/****ey=1"),
    ]
  )
  func `a URL keeps scheme, host and its last four characters`(url: String, mask: String) {
    #expect(Masking.url(url) == mask)
  }

  @Test(
    arguments: [
      ("****9abc", true), ("****", true), ("************", true), ("****9abcd", false),
      ("***9abc", false), ("9abc****", false), ("", false),
    ]
  )
  func `a masked key is known by its look`(text: String, isMask: Bool) {
    #expect(Masking.looksLikeMaskedKey(text) == isMask)
  }

  @Test(
    arguments: [
      ("https://example.com/****2101", true), ("https://example.com/****", true),
      ("https://example.com/hooks/****", false), ("https://example.com/****21012", false),
      ("https://example.com", false),
    ]
  )
  func `a masked URL is known by its look`(text: String, isMask: Bool) {
    #expect(Masking.looksLikeMaskedURL(text) == isMask)
  }

  /// What is answered of the sample bodies; what is not named is answered as it was sent.
  private static let shown: [(String, JSONObject)] = [
    ("PAGER_DUTY", ["serviceKey": "****************************9abc"]),
    ("DATADOG", ["apiKey": "****************************9abc", "customEndpoint": .null]),
    ("NEW_RELIC", [:]),
    ("OPS_GENIE", ["apiKey": "********************************77e0"]),
    ("VICTOR_OPS", ["apiKey": "********************************77e0"]),
    (
      "WEBHOOK",
      [
        "url": "https://hooks.example.com/****2101", "secret": "**************************1234",
        "bodyTemplate": .null, "headersTemplate": .null,
      ]
    ),
    (
      "MICROSOFT_TEAMS",
      ["microsoftTeamsWebhookUrl": "https://example.webhook.office.com/****5309"]
    ),
    ("INCIDENT_RELAY", ["relayKey": "**********0001"]),
  ]

  @Test(arguments: shown)
  func `each type is answered in its own form`(type: String, changes: JSONObject) async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let reply = try await client.send(
        "POST",
        "/groups/\(project)/integrations/\(type)",
        .object(Sample.body(type))
      )
      var expected = Sample.body(type).merging(changes)
      expected["id"] = reply.results.first?["id"]
      #expect(reply.results == [.object(expected)])
    }
  }

  @Test func `a Prometheus password is never answered`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/PROMETHEUS"
      let reply = try await client.send("POST", path, .object(Sample.body("PROMETHEUS")))
      #expect(!reply.text.contains("password"))
      let stored = try client.simulator.world.integration(of: project, type: "PROMETHEUS")
      #expect(stored?["password"] == "prometheus-password")
    }
  }

  @Test func `templates are answered as stars`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let body = Sample.body("WEBHOOK", ["bodyTemplate": "{\"a\":1}", "headersTemplate": "x"])
      let path = "/groups/\(project)/integrations/WEBHOOK"
      let reply = try await client.send("POST", path, .object(body))
      #expect(reply.results[0]["bodyTemplate"] == "*******")
      #expect(reply.results[0]["headersTemplate"] == "*")
    }
  }

  @Test func `keys are in order, but WEBHOOK has its url before its type`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      for type in ["WEBHOOK", "DATADOG"] {
        let path = "/groups/\(project)/integrations/\(type)"
        _ = try await client.send("POST", path, .object(Sample.body(type)))
      }
      let webhook = try await client.get("/groups/\(project)/integrations/WEBHOOK")
      #expect(webhook.text.hasPrefix(#"{"bodyTemplate":null,"headersTemplate":null,"id":"#))
      let tail = #","url":"https://hooks.example.com/****2101","type":"WEBHOOK"}"#
      #expect(webhook.text.hasSuffix(tail))
      let datadog = try await client.get("/groups/\(project)/integrations/DATADOG")
      #expect(datadog.text.hasSuffix(#","type":"DATADOG"}"#))
    }
  }

  @Test func `no secret of the world is ever answered whole`() async throws {
    try await withSimulator({ $0.projects = 150 }) { client in
      let names = [
        "apiKey", "serviceKey", "apiToken", "url", "secret", "password", "relayKey",
        "microsoftTeamsWebhookUrl", "bodyTemplate", "headersTemplate", "notificationToken",
      ]
      var secrets: [String] = []
      var answers = ""
      for project in try client.simulator.world.projectIDs() {
        for rule in TypeRules.all {
          let stored = try client.simulator.world.integration(of: project, type: rule.type)
          for name in names { if let text = stored?[name]?.stringValue { secrets.append(text) } }
        }
        answers += try await client.get("/groups/\(project)/integrations").text
        answers += try await client.get("/groups/\(project)/alertConfigs?itemsPerPage=500").text
      }
      #expect(secrets.count > 200)
      #expect(secrets.filter { answers.contains($0) } == [])
    }
  }
}
