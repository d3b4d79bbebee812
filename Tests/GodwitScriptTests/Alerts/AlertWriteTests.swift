import GodwitCore
import Testing

@testable import GodwitScript

@Suite struct AlertWriteTests {
  private static func plan(_ body: String) async throws -> ProjectPlan {
    let plan = try await Bench.plan(AlertBench.found + body, on: AlertBench.world)
    #expect(plan.reason == nil)
    return plan
  }

  @Test func `an update sends the whole configuration, without what is masked`() async throws {
    let plan = try await Self.plan(
      "alerts:update(a.id, { threshold = { operator = 'LESS_THAN', threshold = 2, units = 'HOURS' } })"
    )
    let operation = try #require(plan.operations.first)
    #expect(plan.verbs == ["update alert REPLICATION_OPLOG_WINDOW_RUNNING_OUT"])
    #expect(operation.target.alert?.id?.text == AlertBench.id)
    #expect(operation.changes.map(\.field) == ["threshold.threshold"])
    #expect(
      operation.body?.keys
        == ["enabled", "eventTypeName", "matchers", "notifications", "threshold"]
    )
    let sent = AlertBench.notifications(operation.body)
    #expect(sent.count == 2)
    #expect(sent[0]["datadogApiKey"] == nil)
    #expect(sent[0]["notifierId"] == "n1")
    #expect(sent[1]["roles"] == ["GROUP_OWNER"])
    #expect(operation.grade == .exact)
    #expect(AlertBench.notifications(operation.after)[0]["datadogApiKey"] == masked("9abc", 32))
  }

  @Test func `all updates of one configuration are one, at the place of the first`() async throws {
    let plan = try await Self.plan(
      """
      alerts:update(a.id, { severityOverride = 'CRITICAL' })
      alerts:disable('\(AlertBench.otherID)')
      alerts:disable(a.id)
      print(alerts:get(a.id).severityOverride, alerts:get(a.id).enabled)
      alerts:update(a.id, { severityOverride = json.null })
      """
    )
    #expect(plan.logs.map(\.message) == ["CRITICAL\tfalse"])
    #expect(
      plan.verbs == ["update alert REPLICATION_OPLOG_WINDOW_RUNNING_OUT", "toggle alert HOST_DOWN"]
    )
    #expect(plan.operations.map(\.number) == [1, 2])
    #expect(plan.operations[0].changes.map(\.field) == ["enabled"])
    #expect(plan.operations[1].body == ["enabled": false])
  }

  static let silent = [
    "alerts:enable(a.id)", "alerts:update(a.id, a)",
    "alerts:update(a.id, { matchers = a.matchers, notifications = a.notifications })",
    "alerts:disable(a.id) alerts:enable(a.id)",
    "alerts:update(a.id, { severityOverride = 'INFO' }) alerts:update(a.id, { severityOverride = json.null })",
    "assert(alerts:delete('nothing') == false)",
    "local new = alerts:create{ eventTypeName = 'HOST_UP', notifications = { { typeName = 'EMAIL', emailAddress = 'a@b.c' } } } assert(alerts:delete(new.id))",
  ]

  @Test(arguments: silent)
  func `a write that changes nothing is not recorded`(body: String) async throws {
    #expect(try await Self.plan(body).operations.isEmpty)
  }

  @Test func `a new one has a pending id, and later writes become part of it`() async throws {
    let plan = try await Self.plan(
      """
      local new = alerts:create{ eventTypeName = 'HOST_UP', enabled = false, matchers = {},
        notifications = { { typeName = 'DATADOG' },
          { typeName = 'WEBHOOK', webhookUrl = params.url } } }
      print(new.id, new.notifications[2].webhookUrl)
      alerts:enable(new.id)
      alerts:update(new.id, { severityOverride = 'INFO' })
      print(#alerts:list(), alerts:get(new.id).severityOverride)
      """
    )
    #expect(
      plan.logs.map(\.message) == [
        "<id from operation 1>\thttps://hooks.example.com/****2101", "3\tINFO",
      ]
    )
    let operation = try #require(plan.operations.first)
    #expect(plan.verbs == ["create alert HOST_UP"])
    #expect(operation.target.alert?.id == nil)
    #expect(operation.body?["enabled"] == true)
    #expect(operation.body?["severityOverride"] == "INFO")
    #expect(operation.body?["matchers"] == [])
    #expect(AlertBench.notifications(operation.body)[1]["webhookUrl"] == secret("url"))
    #expect(plan.reads.knownAlerts.map(\.text).sorted() == [AlertBench.id, AlertBench.otherID])
  }

  @Test func `what a key is replaced by is told by its tail`() async throws {
    let plan = try await Self.plan(
      "a.notifications[1].datadogApiKey = params.key alerts:update(a.id, a)"
    )
    let operation = try #require(plan.operations.first)
    #expect(AlertBench.notifications(operation.body)[0]["datadogApiKey"] == secret("key"))
    #expect(
      operation.changes == [
        FieldChange(
          field: "notifications[DATADOG].datadogApiKey",
          before: masked("9abc", 32),
          after: masked("77e0", 32)
        )
      ]
    )
    #expect(operation.grade == .withSecret)
    #expect(operation.secretNames == ["key"])
  }

  @Test func `a key that shows the same tail already is not sent`() async throws {
    var alert = AlertBench.replication
    alert["notifications"] = [
      [
        "typeName": "DATADOG", "datadogApiKey": "****************************77e0",
        "notifierId": "n1",
      ]
    ]
    let world = Memory([Bench.datadog], alerts: [alert])
    let body =
      AlertBench.found + "a.notifications[1].datadogApiKey = params.key alerts:update(a.id, a)"
    let plan = try await Bench.plan(body, on: world)
    #expect(plan.operations.isEmpty)
    #expect(
      plan.unchangedSecrets == [
        UnchangedSecret(type: "DATADOG", field: "notifications[1].datadogApiKey", tail: "77e0")
      ]
    )
    let rewritten = try await Bench.plan(body, on: world) { $0.rewritesSecrets = true }
    #expect(rewritten.operations.first?.secretNames == ["key"])
    let blind = try await Bench.plan(body, on: world) { $0.fingerprints = [:] }
    #expect(blind.operations.first?.changes.map(\.isUnknowable) == [true])
  }

  @Test func `a notification can be put in another's place`() async throws {
    let plan = try await Self.plan(
      """
      a.notifications[1] = { typeName = 'PAGER_DUTY', serviceKey = params.key, region = 'EU' }
      alerts:update(a.id, { notifications = a.notifications })
      """
    )
    let operation = try #require(plan.operations.first)
    #expect(
      operation.changes.map(\.field) == ["notifications[DATADOG]", "notifications[PAGER_DUTY]"]
    )
    #expect(operation.grade == .withSecret)
  }

  @Test func `a delete names the keys that go with it`() async throws {
    let plan = try await Self.plan("assert(alerts:delete(a.id)) print(alerts:get(a.id))")
    let operation = try #require(plan.operations.first)
    #expect(plan.logs.map(\.message) == ["nil"])
    #expect(operation.verb == .delete)
    #expect(operation.grade == .withSecret)
    #expect(operation.lostSecrets == ["DATADOG.apiKey"])
    #expect(operation.isIrreversible)
    let plain = try await Bench.plan(
      "project.alerts:update('\(AlertBench.id)', { severityOverride = 'INFO' }) "
        + "project.alerts:delete('\(AlertBench.id)')",
      on: AlertBench.world
    )
    #expect(plain.verbs == ["delete alert REPLICATION_OPLOG_WINDOW_RUNNING_OUT"])
    #expect(plain.operations.first?.before?["severityOverride"] == nil)
  }
}
