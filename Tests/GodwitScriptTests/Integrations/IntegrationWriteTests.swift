import GodwitCore
import GodwitScript
import Testing

@Suite struct IntegrationWriteTests {
  @Test func `a create has a whole body, and an image as Atlas will show it`() async throws {
    let plan = try await Bench.plan(
      "\nprint(all:create('DATADOG', { apiKey = params.key, region = 'EU',"
        + " sendDatabaseMetrics = json.null, id = 'x' }).apiKey)"
    )
    let operation = try #require(plan.operations.first)
    #expect(plan.outcome == .changed)
    #expect(operation.number == 1)
    #expect(operation.verb == .create)
    #expect(operation.before == nil)
    #expect(operation.body == ["type": "DATADOG", "apiKey": secret("key"), "region": "EU"])
    #expect(operation.after == ["apiKey": masked("77e0", 32), "region": "EU"])
    #expect(operation.grade == .exact)
    #expect(operation.changes.map(\.field) == ["apiKey", "region"])
    #expect(operation.position == ScriptPosition(file: "bench.lua", line: 3))
    #expect(plan.logs.map(\.message) == ["****77e0"])
  }

  @Test func `an update sends the whole object with the changes over it`() async throws {
    let world = Bench.datadog.merging(["future": ["a": 1], "note": .null, "links": []])
    let plan = try await Bench.plan(
      "print(all:update('DATADOG', { region = 'EU', apiKey = params.key }).region)",
      on: [world]
    )
    let operation = try #require(plan.operations.first)
    #expect(operation.before == Integration(world)?.fields)
    #expect(
      operation.body == [
        "type": "DATADOG", "apiKey": secret("key"), "region": "EU", "sendDatabaseMetrics": true,
        "future": ["a": 1],
      ]
    )
    #expect(
      operation.changes == [
        FieldChange(field: "apiKey", before: masked("9abc", 32), after: masked("77e0", 32)),
        FieldChange(field: "region", before: "US", after: "EU"),
      ]
    )
    #expect(operation.grade == .withSecret)
    #expect(operation.secretNames == ["key"])
    #expect(plan.logs.map(\.message) == ["EU"])
  }

  @Test func `what passes through an update keeps its bytes`() async throws {
    let world = try JSONValue(
      parsing: #"{"type":"DATADOG","apiKey":"****9abc","ratio":1.50,"big":18446744073709551617}"#
    )
    let plan = try await Bench.plan(
      "local d = all:get('DATADOG') d.apiKey = params.key d.region = 'EU' all:set('DATADOG', d)",
      on: [try #require(world.objectValue)]
    )
    let body = plan.operations.first?.body.map { JSONValue.object($0).encodedString() }
    #expect(
      body
        == #"{"apiKey":"<secret key>","big":18446744073709551617,"ratio":1.50,"region":"EU","type":"DATADOG"}"#
    )
  }

  @Test func `null clears a field, also when another update follows`() async throws {
    let plan = try await Bench.plan(
      """
      all:update('DATADOG', { region = json.null, apiKey = params.key })
      print(all:get('DATADOG').region)
      all:update('DATADOG', { sendDatabaseMetrics = false })
      """,
      on: [Bench.datadog]
    )
    #expect(plan.logs.map(\.message) == ["US"])
    #expect(plan.verbs == ["update DATADOG"])
    #expect(
      plan.operations.first?.body == [
        "type": "DATADOG", "apiKey": secret("key"), "region": .null, "sendDatabaseMetrics": false,
      ]
    )
    #expect(
      plan.operations.first?.after == [
        "apiKey": masked("77e0", 32), "region": "US", "sendDatabaseMetrics": false,
      ]
    )
    let again = try await Bench.plan(
      """
      all:update('DATADOG', { region = json.null, apiKey = params.key })
      all:update('DATADOG', { region = 'AP1' })
      """,
      on: [Bench.datadog]
    )
    #expect(again.operations.first?.body?["region"] == "AP1")
  }

  @Test func `a secret of a webhook is supplied or cleared`() async throws {
    let plan = try await Bench.plan(
      "all:update('WEBHOOK', { url = params.url, secret = json.null })",
      on: [Bench.webhook]
    )
    let operation = try #require(plan.operations.first)
    #expect(operation.body == ["type": "WEBHOOK", "url": secret("url"), "secret": .null])
    #expect(operation.after == ["url": masked("2101", head: "https://hooks.example.com/")])
  }

  /// Bodies that do nothing in the end.
  static let nothings = [
    "all:update('DATADOG', { region = 'US', apiKey = params.same })",
    "all:set('DATADOG', { apiKey = params.same, sendDatabaseMetrics = true })",
    "all:set('DATADOG', { apiKey = params.same, sendQueryStatsMetrics = false })",
    "all:update('DATADOG', { region = 'EU', apiKey = params.same })"
      + " all:update('DATADOG', { region = 'US' })",
    "all:update('DATADOG', { apiKey = params.key }) all:update('DATADOG', { apiKey = params.same })",
    "all:create('OPS_GENIE', { apiKey = params.key }) all:delete('OPS_GENIE')",
    "all:create('OPS_GENIE', { apiKey = params.key }) all:update('OPS_GENIE', { region = 'EU' })"
      + " all:delete('OPS_GENIE') print(all:get('OPS_GENIE'))",
    "all:delete('OPS_GENIE')", "assert(all:delete('OPS_GENIE') == false)",
  ]

  @Test(arguments: nothings) func `a write that changes nothing is not recorded`(
    body: String
  ) async throws {
    let world = Bench.datadog.merging(["apiKey": "****************************77e0"])
    let swapped = body.replacing("params.key", with: "params.other")
      .replacing("params.same", with: "params.key")
    let plan = try await Bench.plan(swapped, on: [world])
    #expect(plan.reason == nil)
    #expect(plan.outcome == .unchanged)
    #expect(plan.operations.isEmpty)
  }

  /// A body, and the writes that it comes to.
  static let merges: [(String, [String])] = [
    (
      "all:update('DATADOG', { apiKey = params.key }) all:update('DATADOG', { region = 'EU' })",
      ["update DATADOG"]
    ),
    (
      "all:set('OPS_GENIE', { apiKey = params.key }) all:set('OPS_GENIE', { region = 'EU' })",
      ["create OPS_GENIE"]
    ),
    (
      "all:delete('DATADOG') all:create('DATADOG', { apiKey = params.key })",
      ["delete DATADOG", "create DATADOG"]
    ),
    (
      "all:delete('DATADOG') all:set('DATADOG', { apiKey = params.key })"
        + " all:update('DATADOG', { region = 'EU' })", ["delete DATADOG", "create DATADOG"]
    ),
    (
      "all:delete('DATADOG') all:set('DATADOG', { apiKey = params.key }) all:delete('DATADOG')",
      ["delete DATADOG"]
    ),
    (
      "all:update('DATADOG', { apiKey = params.key })"
        + " all:update('PROMETHEUS', { enabled = false, password = params.password })"
        + " all:update('DATADOG', { region = 'EU' })", ["update DATADOG", "update PROMETHEUS"]
    ),
    (
      "all:update('DATADOG', { apiKey = params.key, region = 'EU' }) all:delete('WEBHOOK')"
        + " all:update('DATADOG', { region = 'US', apiKey = params.key })",
      ["update DATADOG", "delete WEBHOOK"]
    ),
    ("all:delete('WEBHOOK') all:delete('WEBHOOK')", ["delete WEBHOOK"]),
  ]

  @Test(arguments: merges) func `writes to one integration become as few as can be`(
    body: String,
    verbs: [String]
  ) async throws {
    let world = [Bench.datadog, Bench.prometheus, Bench.webhook]
    let plan = try await Bench.plan(body, on: world)
    #expect(plan.reason == nil)
    #expect(plan.verbs == verbs)
    #expect(plan.operations.map(\.number) == Array(1...max(1, verbs.count)))
  }

  @Test func `later reads see what was written`() async throws {
    let lines = try await Bench.printed(
      """
      all:create('OPS_GENIE', { apiKey = params.key })
      all:update('DATADOG', { apiKey = params.key })
      all:delete('WEBHOOK')
      for _, i in ipairs(all:list()) do print(i.type, i.apiKey, i.id) end
      print(all:get('WEBHOOK'), all:get('DATADOG').apiKey:matches(params.key))
      """,
      on: [Bench.datadog, Bench.webhook]
    )
    #expect(
      lines == [
        "DATADOG\t****77e0\tnil", "OPS_GENIE\t****77e0\tnil", "nil\ttrue",
      ]
    )
  }

  @Test func `the reads of the plan are those of Atlas, not of the draft`() async throws {
    let plan = try await Bench.plan(
      "all:update('DATADOG', { apiKey = params.key }) all:list()",
      on: [Bench.datadog]
    )
    #expect(plan.reads.images["DATADOG"] == Integration(Bench.datadog)?.fields)
  }
}
