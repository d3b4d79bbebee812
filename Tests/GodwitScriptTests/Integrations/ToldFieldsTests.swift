import GodwitCore
import GodwitScript
import Testing

/// Which fields a plan tells of: a create and a delete have no field that is not worth a line.
@Suite struct ToldFieldsTests {
  private static let on: JSONObject = [
    "type": "PROMETHEUS", "username": "u", "serviceDiscovery": "http", "enabled": true,
  ]
  private static let off: JSONObject = on.merging(["enabled": false])
  private static let create =
    "all:create('PROMETHEUS', { username = 'u', "
    + "serviceDiscovery = 'http', enabled = false, password = params.password })"

  /// What there is, what a body does, and the fields that are told with before and after.
  static let told: [([JSONObject], String, [String])] = [
    (
      [], create,
      [
        "enabled nil false", "password nil \"<secret password>\"", "serviceDiscovery nil \"http\"",
        "username nil \"u\"",
      ]
    ),
    (
      [], create + " all:update('PROMETHEUS', { sendUserProvidedResourceTagsEnabled = false })",
      [
        "enabled nil false", "password nil \"<secret password>\"",
        "sendUserProvidedResourceTagsEnabled nil false",
        "serviceDiscovery nil \"http\"", "username nil \"u\"",
      ]
    ),
    (
      [off], "all:delete('PROMETHEUS')",
      ["enabled false nil", "serviceDiscovery \"http\" nil", "username \"u\" nil"]
    ),
    // Left out means off, so that alone it is no change.
    (
      [Bench.datadog],
      "all:update('DATADOG', { sendQueryStatsMetrics = false, "
        + "apiKey = params.key, region = 'EU' })",
      [
        "apiKey \"****9abc\" \"****77e0\"", "region \"US\" \"EU\"",
        "sendQueryStatsMetrics nil false",
      ]
    ),
    (
      [["type": "VICTOR_OPS", "apiKey": "********************9abc", "routingKey": "r"]],
      "all:update('VICTOR_OPS', { routingKey = '', apiKey = params.key })",
      ["apiKey \"****9abc\" \"****77e0\"", "routingKey \"r\" \"\""]
    ),
  ]

  private static func lines(_ plan: ProjectPlan) -> [String] {
    (plan.operations.first?.changes ?? []).map { change in
      let values = [change.before, change.after].map { $0?.encodedString() ?? "nil" }
      return "\(change.field) \(values[0]) \(values[1])"
    }
  }

  @Test(arguments: told.indices)
  func `a create tells every field that is sent, a delete every one that is lost`(
    index: Int
  ) async throws {
    let (world, body, lines) = Self.told[index]
    let plan = try await Bench.plan(body, on: world)
    #expect(plan.operations.count == 1, "\(plan.reason ?? "")")
    #expect(Self.lines(plan) == lines)
  }

  @Test func `what is false by being left out makes no update`() async throws {
    let plan = try await Bench.plan(
      "all:update('DATADOG', { sendQueryStatsMetrics = false, apiKey = params.key })",
      on: [Bench.datadog.merging(["apiKey": "****************************77e0"])]
    )
    #expect(plan.outcome == .unchanged)
    #expect(plan.operations.isEmpty)
  }

  private static let mail =
    "notifications = { { typeName = 'EMAIL', emailAddress = 'a@b.c', intervalMin = 5 } }"

  @Test(
    arguments: [
      "project.alerts:create{ eventTypeName = 'HOST_DOWN', enabled = false, \(mail) }",
      "local c = project.alerts:create{ eventTypeName = 'HOST_DOWN', enabled = true, \(mail) }"
        + " project.alerts:disable(c.id)",
    ]
  )
  func `an alert that is made switched off says so`(body: String) async throws {
    let plan = try await Bench.plan(body)
    let fields = Self.lines(plan).filter { !$0.hasPrefix("notifications") }
    #expect(fields == ["enabled nil false", "eventTypeName nil \"HOST_DOWN\""])
  }

  @Test func `a deleted alert tells that it was off`() async throws {
    let alert = AlertBench.host.merging(["enabled": false])
    let plan = try await Bench.plan(
      "project.alerts:delete('\(AlertBench.otherID)')",
      on: Memory(alerts: [alert])
    )
    #expect(Self.lines(plan).contains("enabled false nil"))
  }
}
