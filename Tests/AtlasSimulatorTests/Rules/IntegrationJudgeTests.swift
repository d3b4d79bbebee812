import AtlasSimulator
import GodwitCore
import Testing

@testable import AtlasSimulator

/// One body with the error that it must get.
struct RefusedBody: CustomTestStringConvertible, Sendable {
  let type: String
  let changes: JSONObject
  var removing: [String] = []
  let code: String
  let parameters: [JSONValue]

  init(
    _ type: String,
    _ changes: JSONObject,
    removing: [String] = [],
    _ code: String,
    _ parameters: [JSONValue]
  ) {
    self.type = type
    self.changes = changes
    self.removing = removing
    self.code = code
    self.parameters = parameters
  }

  var testDescription: String { "\(type) \(changes.keys) without \(removing): \(code)" }
}

@Suite struct IntegrationJudgeTests {
  private func judge(
    _ type: String,
    _ semantics: SimulatorConfiguration.PutSemantics = .replace
  ) throws -> IntegrationJudge {
    IntegrationJudge(rule: try #require(TypeRules.rule(for: type)), putSemantics: semantics)
  }

  @Test func `defaults are stored for what a body leaves out`() throws {
    let verdict = try judge("DATADOG").verdict(creating: [
      "type": "DATADOG", "apiKey": .string(Sample.hex32),
    ])
    #expect(verdict.document["region"] == "US")
    #expect(verdict.document["sendDatabaseMetrics"] == false)
    #expect(verdict.document.count == 7)
    let pagerDuty = try judge("PAGER_DUTY").verdict(creating: [
      "type": "PAGER_DUTY", "serviceKey": .string(Sample.hex32), "region": .null,
    ])
    #expect(pagerDuty.document["region"] == "US")
  }

  private static let hexReason = "must be 32 hexadecimal digits"
  private static let maskReason = "must be the value itself, not its masked form"
  private static let mask: JSONValue = "****************************9abc"

  static let refused: [RefusedBody] = [
    .init("DATADOG", [:], removing: ["type"], "MISSING_ATTRIBUTE", ["type"]),
    .init("DATADOG", ["type": "OPS_GENIE"], "INVALID_ATTRIBUTE", ["type"]),
    .init("DATADOG", ["type": 1], "INVALID_ATTRIBUTE", ["type"]),
    .init("DATADOG", [:], removing: ["apiKey"], "MISSING_ATTRIBUTE", ["apiKey"]),
    .init("DATADOG", ["apiKey": .null], "MISSING_ATTRIBUTE", ["apiKey"]),
    .init("DATADOG", ["apiKey": 7], "INVALID_ATTRIBUTE", ["apiKey"]),
    .init(
      "DATADOG",
      ["apiKey": "xyz"],
      "INVALID_INTEGRATION_SETTINGS",
      ["DATADOG", .string("apiKey \(hexReason)")]
    ),
    .init(
      "DATADOG",
      ["apiKey": mask],
      "INVALID_INTEGRATION_SETTINGS",
      ["DATADOG", .string("apiKey \(maskReason)")]
    ),
    .init("DATADOG", ["region": "MARS"], "INVALID_ENUM_VALUE", ["MARS"]),
    .init("DATADOG", ["region": true], "INVALID_ATTRIBUTE", ["region"]),
    .init("DATADOG", ["sendDatabaseMetrics": "yes"], "INVALID_ATTRIBUTE", ["sendDatabaseMetrics"]),
    .init("DATADOG", ["customEndpoint": "x"], "INVALID_ATTRIBUTE", ["customEndpoint"]),
    .init("DATADOG", ["colour": .null], "INVALID_ATTRIBUTE", ["colour"]),
    .init("DATADOG", ["url": "https://a.example"], "INVALID_ATTRIBUTE", ["url"]),
    .init("PAGER_DUTY", ["region": "US3"], "INVALID_ENUM_VALUE", ["US3"]),
    .init(
      "PAGER_DUTY",
      ["serviceKey": mask],
      "INVALID_INTEGRATION_SETTINGS",
      ["PAGER_DUTY", .string("serviceKey \(maskReason)")]
    ),
    .init(
      "OPS_GENIE",
      ["apiKey": "********************************77e0"],
      "INVALID_INTEGRATION_SETTINGS",
      ["OPS_GENIE", .string("apiKey \(maskReason)")]
    ),
    .init(
      "VICTOR_OPS",
      ["apiKey": "****77e0"],
      "INVALID_INTEGRATION_SETTINGS",
      ["VICTOR_OPS", .string("apiKey \(maskReason)")]
    ),
    .init(
      "PROMETHEUS",
      ["password": "********"],
      "INVALID_INTEGRATION_SETTINGS",
      ["PROMETHEUS", .string("password \(maskReason)")]
    ),
    .init("PROMETHEUS", [:], removing: ["username"], "MISSING_ATTRIBUTE", ["username"]),
    .init("PROMETHEUS", ["serviceDiscovery": "dns"], "INVALID_ENUM_VALUE", ["dns"]),
    .init("PROMETHEUS", ["scheme": "https"], "INVALID_ATTRIBUTE", ["scheme"]),
    .init("NEW_RELIC", [:], removing: ["readToken"], "MISSING_ATTRIBUTE", ["readToken"]),
    .init("WEBHOOK", ["url": "ftp://a.example"], "INVALID_URL", ["url"]),
    .init("WEBHOOK", ["url": "https://"], "INVALID_URL", ["url"]),
    .init(
      "WEBHOOK",
      ["headersTemplate": .string(String(repeating: "x", count: 4097))],
      "INVALID_INTEGRATION_SETTINGS",
      ["WEBHOOK", "headersTemplate must not exceed 4096 bytes"]
    ),
    .init(
      "MICROSOFT_TEAMS",
      ["microsoftTeamsWebhookUrl": "teams"],
      "INVALID_URL",
      ["microsoftTeamsWebhookUrl"]
    ),
  ]

  @Test(arguments: refused)
  func `a wrong body is refused by POST and PUT alike, and nothing changes`(
    body: RefusedBody
  ) async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/\(body.type)"
      let value = JSONValue.object(
        Sample.body(body.type, body.changes, removing: body.removing)
      )
      for method in ["POST", "PUT"] {
        let reply = try await client.send(method, path, value)
        #expect(reply.status == 400)
        #expect(reply.errorCode == body.code)
        #expect(reply.parameters == body.parameters)
      }
      #expect(try await client.get("/groups/\(project)/integrations").results.isEmpty)
    }
  }

  @Test func `what a GET has shown may come back with a PUT`() throws {
    let body = Sample.body("DATADOG", ["id": "0123", "customEndpoint": .null])
    let verdict = try judge("DATADOG").verdict(replacing: nil, with: body)
    #expect(verdict.document == Sample.body("DATADOG"))
    #expect(!verdict.storesMask)
  }

  @Test(
    arguments: [
      ("WEBHOOK", "url", "https://hooks.example.com/****2101"),
      ("WEBHOOK", "secret", "**************************1234"),
      ("WEBHOOK", "bodyTemplate", "*******"),
      (
        "MICROSOFT_TEAMS", "microsoftTeamsWebhookUrl",
        "https://example.webhook.office.com/****5309"
      ),
    ]
  )
  func `a masked URL, webhook secret or template is stored, and marked`(
    type: String,
    field: String,
    mask: String
  ) throws {
    let body = Sample.body(type, [field: .string(mask)])
    let verdict = try judge(type).verdict(replacing: Sample.body(type), with: body)
    #expect(verdict.storesMask)
    #expect(verdict.document[field] == .string(mask))
  }

  @Test func `PUT replaces: optional fields left out are reset, Prometheus' password is kept`()
    throws
  {
    let webhook = try judge("WEBHOOK").verdict(
      replacing: Sample.body("WEBHOOK"),
      with: Sample.body("WEBHOOK", removing: ["secret"])
    )
    #expect(webhook.document["secret"] == nil)
    let datadog = try judge("DATADOG").verdict(
      replacing: Sample.body("DATADOG"),
      with: ["type": "DATADOG", "apiKey": .string(Sample.hex32)]
    )
    #expect(datadog.document["region"] == "US")
    #expect(datadog.document["sendDatabaseMetrics"] == false)
    let prometheus = try judge("PROMETHEUS").verdict(
      replacing: Sample.body("PROMETHEUS"),
      with: Sample.body("PROMETHEUS", ["enabled": false], removing: ["password"])
    )
    #expect(prometheus.document["password"] == "prometheus-password")
    #expect(prometheus.document["enabled"] == false)
  }

  @Test func `PUT merges if so configured: what is left out stays, null clears`() throws {
    let stored = Sample.body("DATADOG")
    let changed = try judge("DATADOG", .merge).verdict(
      replacing: stored,
      with: ["type": "DATADOG", "region": "EU"]
    )
    #expect(changed.document == stored.merging(["region": "EU"]))
    let webhook = try judge("WEBHOOK", .merge).verdict(
      replacing: Sample.body("WEBHOOK"),
      with: ["type": "WEBHOOK", "secret": .null]
    )
    #expect(webhook.document == Sample.body("WEBHOOK", removing: ["secret"]))
  }
}
