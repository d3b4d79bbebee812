import GodwitCore
import Testing

@testable import GodwitScript

@Suite struct AlertReadTests {
  @Test func `alerts are listed once, and only if they are asked for`() async throws {
    let unasked = AlertBench.world
    _ = try await Bench.plan("all:list()", on: unasked)
    #expect(unasked.read == ["integrations"])
    let asked = AlertBench.world
    _ = try await Bench.plan(
      AlertBench.found + "alerts:list() alerts:using('DATADOG') alerts:get(a.id)",
      on: asked
    )
    #expect(asked.read == ["integrations", "alerts"])
  }

  @Test func `a script sees them as Atlas names them, secrets masked`() async throws {
    let plan = try await Bench.plan(
      AlertBench.found
        + """
        print(#alerts:list(), a.id, a.eventTypeName, a.threshold.units)
        local n = a.notifications[1]
        print(n.typeName, n.datadogApiKey, n.datadogApiKey.tail, n.notifierId)
        print(alerts:get('65f0000000000000000000ff'))
        for _, used in ipairs(alerts:using('SLACK')) do print(used.id) end
        print(#alerts:using('PAGER_DUTY'))
        """,
      on: AlertBench.world
    )
    #expect(
      plan.logs.map(\.message) == [
        "2\t\(AlertBench.id)\tREPLICATION_OPLOG_WINDOW_RUNNING_OUT\tHOURS",
        "DATADOG\t****9abc\t9abc\tn1", "nil", AlertBench.otherID, "0",
      ]
    )
    #expect(plan.outcome == .unchanged)
  }

  @Test func `each configuration that is used is checked again, and no other`() async throws {
    let listed = try await Bench.plan("project.alerts:list()", on: AlertBench.world)
    #expect(listed.reads.isEmpty)
    let got = try await Bench.plan(AlertBench.found, on: AlertBench.world)
    #expect(got.reads.alerts.keys.map(\.text) == [AlertBench.id])
    let used = try await Bench.plan("project.alerts:using('SLACK')", on: AlertBench.world)
    #expect(used.reads.alerts.keys.map(\.text) == [AlertBench.otherID])
    #expect(used.reads.alertsThrough == ["SLACK"])
    let missing = try await Bench.plan("project.alerts:get('x')", on: AlertBench.world)
    #expect(missing.reads.alerts == [AlertConfigurationID("x"): nil])
  }

  @Test func `what only the older API shows is read by itself`() async throws {
    var older = AlertBench.host
    older["notifications"] = [
      [
        "typeName": "FLOWDOCK", "flowdockApiToken": "abcdef0123456789abcdef0123456789",
        "flowName": "ops", "orgName": "acme", "notifierId": "n9",
      ]
    ]
    var bare = AlertBench.host
    bare["notifications"] = []
    let flowdock: JSONObject = [
      "type": "FLOWDOCK", "flowName": "ops", "orgName": "acme", "apiToken": "secret-in-clear",
    ]
    let world = Memory([flowdock], alerts: [bare], legacy: [older])
    let plan = try await Bench.plan(
      """
      print(#all:list(), all:get('FLOWDOCK').flowName, all:get('FLOWDOCK').apiToken)
      local used = project.alerts:using('FLOWDOCK')[1]
      print(used.notifications[1].flowdockApiToken)
      project.alerts:update(used.id, { notifications = { { typeName = 'GROUP',
        emailEnabled = true, smsEnabled = false } } })
      all:delete('FLOWDOCK')
      """,
      on: world
    )
    #expect(plan.logs.map(\.message) == ["0\tops\t****lear", "****6789"])
    #expect(world.read == ["integrations", "FLOWDOCK", "alerts", "older alerts"])
    #expect(plan.verbs == ["update alert HOST_DOWN", "delete FLOWDOCK"])
    #expect(plan.operations.first?.target.alert?.isLegacy == true)
    #expect(plan.operations.map(\.grade) == [.notAtAll, .notAtAll])
  }

  @Test func `verify reads afresh and writes nothing`() async throws {
    let migration = try await Bench.migration(
      """
      return { migrate = function() end, may = { alerts = { "toggle" } },
      verify = function(project)
        local alerts = project.alerts
        assert(#alerts:list() == 2 and #alerts:using('SLACK') == 1)
        assert(alerts:get('\(AlertBench.id)').enabled and alerts:get('x') == nil)
        alerts:disable('\(AlertBench.id)')
      end }
      """
    )
    let world = AlertBench.world
    let verifier = ProjectVerifier(
      migration: migration,
      inputs: ScriptInputs(),
      fingerprints: [:]
    )
    let failure = await verifier.verify(Bench.project, reads: world.reads)
    #expect(failure?.reason == "verify may only read: the plan was reviewed without this write")
    #expect(failure?.position?.line == 6)
    #expect(world.read == ["alerts", "alerts", "alert \(AlertBench.id)", "alert x"])
  }
}
