import GodwitCore
import Testing

@testable import GodwitScript

@Suite struct SilentAlertTests {
  private static let slack: [JSONObject] = [Bench.slack, Bench.datadog, Bench.webhook]
  private static var world: Memory { Memory(slack, alerts: AlertBench.all) }

  @Test func `a delete lists the alerts through it, and holds where one falls silent`() async throws
  {
    let plan = try await Bench.plan("all:delete('SLACK')", on: Self.world)
    #expect(plan.outcome == .held)
    #expect(plan.reason == "1 alert configuration would reach nobody: HOST_DOWN")
    #expect(
      plan.advice == "give them another notification, or repeat it with --accept-silent-alerts"
    )
    #expect(plan.verbs == ["delete SLACK"])
    #expect(
      plan.affectedAlerts == [
        AffectedAlert(
          type: "SLACK",
          id: AlertConfigurationID(AlertBench.otherID),
          eventTypeName: "HOST_DOWN",
          isSilenced: true
        )
      ]
    )
    #expect(plan.reads.alertsThrough == ["SLACK"])
    #expect(plan.reads.alerts.keys.map(\.text) == [AlertBench.otherID])
    let accepted = try await Bench.plan("all:delete('SLACK')", on: Self.world) {
      $0.acceptsSilentAlerts = true
    }
    #expect(accepted.outcome == .changed)
    #expect(accepted.affectedAlerts.count == 1)
  }

  /// What a body does, and in which bucket its project is then.
  static let bodies: [(String, ProjectOutcome)] = [
    // Somebody else is told too.
    ("all:delete('DATADOG')", .changed),
    ("all:delete('SLACK') all:delete('SLACK')", .held),
    (
      "all:delete('DATADOG') all:create('DATADOG', { apiKey = params.key, region = 'EU' })",
      .changed
    ),
    ("project.alerts:disable('\(AlertBench.otherID)') all:delete('SLACK')", .changed),
    ("project.alerts:delete('\(AlertBench.otherID)') all:delete('SLACK')", .changed),
    (
      "project.alerts:update('\(AlertBench.otherID)', { notifications = { { typeName = 'EMAIL', "
        + "emailAddress = 'a@b.c' } } }) all:delete('SLACK')", .changed
    ),
    (
      "project.alerts:update('\(AlertBench.id)', { notifications = { { typeName = 'DATADOG' } } })"
        + " all:delete('DATADOG')", .held
    ),
    ("all:delete('SLACK') return hold('later')", .held),
  ]

  @Test(arguments: bodies.indices)
  func `what counts is how the alerts are after the plan`(index: Int) async throws {
    let (body, outcome) = Self.bodies[index]
    let plan = try await Bench.plan(body, on: Self.world)
    #expect(plan.outcome == outcome, "\(plan.reason ?? "")")
  }

  private static let pagers: [JSONObject] = [
    ["type": "PAGER_DUTY", "serviceKey": "****9abc", "region": "US"],
    ["type": "OPS_GENIE", "apiKey": "****77e0", "region": "US"],
  ]

  /// An alert configuration that is on, with these notifications.
  private static func alert(_ notifications: [JSONObject]) -> JSONObject {
    AlertBench.host.merging(["notifications": .array(notifications.map(JSONValue.object))])
  }

  private static let viaPager: JSONObject = [
    "typeName": "PAGER_DUTY", "serviceKey": "****9abc", "region": "US", "notifierId": "p",
  ]
  private static let viaGenie: JSONObject = [
    "typeName": "OPS_GENIE", "opsGenieApiKey": "****77e0", "opsGenieRegion": "US",
    "notifierId": "g",
  ]
  private static func owners(mail: Bool) -> JSONObject {
    [
      "typeName": "GROUP", "roles": ["GROUP_OWNER"], "emailEnabled": .bool(mail),
      "smsEnabled": false, "notifierId": "o",
    ]
  }
  private static let quiet =
    "project.alerts:update('\(AlertBench.otherID)', { notifications = { { typeName = 'GROUP', "
    + "roles = { 'GROUP_OWNER' }, emailEnabled = false, smsEnabled = false } } }) "

  /// What a project has, whom its alert notifies, what a body does, and where the project is then.
  static let routes: [([JSONObject], [JSONObject], String, ProjectOutcome)] = [
    (pagers, [viaPager, viaGenie], "all:delete('OPS_GENIE')", .changed),
    // The other route went in an earlier run.
    ([pagers[0]], [viaPager, viaGenie], "all:delete('PAGER_DUTY')", .held),
    (pagers, [viaPager, viaGenie], "all:delete('PAGER_DUTY') all:delete('OPS_GENIE')", .held),
    // The plan itself makes the other route.
    (
      [pagers[0]], [viaPager, viaGenie],
      "all:create('OPS_GENIE', { apiKey = params.key }) all:delete('PAGER_DUTY')", .changed
    ),
    (pagers, [viaPager, owners(mail: true)], "all:delete('PAGER_DUTY')", .changed),
    (pagers, [viaPager, owners(mail: false)], "all:delete('PAGER_DUTY')", .held),
    // It reached nobody before, and not because of the plan.
    ([pagers[0]], [viaGenie], "all:delete('PAGER_DUTY')", .changed),
    ([pagers[0]], [owners(mail: false)], "all:delete('PAGER_DUTY')", .changed),
    // The route is taken out of the notifications and deleted.
    (pagers, [viaPager], "\(quiet) all:delete('PAGER_DUTY')", .held),
    (pagers, [viaGenie], "\(quiet) all:delete('PAGER_DUTY')", .changed),
  ]

  @Test(arguments: routes.indices)
  func `what is left of an alert's routes is what the project has`(index: Int) async throws {
    let (integrations, notifications, body, outcome) = Self.routes[index]
    let world = Memory(integrations, alerts: [Self.alert(notifications)])
    let plan = try await Bench.plan(body, on: world)
    #expect(plan.outcome == outcome, "\(plan.reason ?? "")")
    #expect(plan.affectedAlerts.contains { $0.isSilenced } == (outcome == .held))
  }

  @Test func `the last route that is left is part of what is checked before the first write`()
    async throws
  {
    let alerts = [Self.alert([Self.viaPager, Self.viaGenie])]
    let plan = try await Bench.plan(
      "all:delete('OPS_GENIE')",
      on: Memory(Self.pagers, alerts: alerts)
    )
    #expect(Set(plan.reads.images.keys) == ["OPS_GENIE", "PAGER_DUTY"])
    #expect(
      plan.reads.drift(to: [try #require(Integration(Self.pagers[1]))])
        == ["PAGER_DUTY was configured, and is not any more"]
    )
    let mailed = [Self.alert([Self.viaPager, Self.viaGenie, Self.owners(mail: true)])]
    let other = try await Bench.plan(
      "all:delete('OPS_GENIE')",
      on: Memory(Self.pagers, alerts: mailed)
    )
    #expect(Set(other.reads.images.keys) == ["OPS_GENIE"])
  }

  @Test func `nothing more is read where nothing is deleted`() async throws {
    let updated = Self.world
    _ = try await Bench.plan("all:update('SLACK', { channelName = 'x' })", on: updated)
    #expect(updated.read == ["integrations"])
    let deleted = Self.world
    _ = try await Bench.plan("all:delete('SLACK')", on: deleted)
    #expect(deleted.read == ["integrations", "alerts"])
    let older = Memory([["type": "FLOWDOCK", "flowName": "x"]])
    _ = try await Bench.plan("all:delete('FLOWDOCK')", on: older)
    #expect(older.read == ["integrations", "FLOWDOCK", "alerts", "older alerts"])
  }

  @Test func `a webhook is deleted after the notifications through it`() async throws {
    var alert = AlertBench.host
    alert["notifications"] = [
      ["typeName": "WEBHOOK", "webhookUrl": "https://a.example.com/****2101", "notifierId": "n5"],
      ["typeName": "EMAIL", "emailAddress": "a@b.c", "notifierId": "n6"],
    ]
    let world = Memory(Self.slack, alerts: [alert])
    let mended =
      "project.alerts:update('\(AlertBench.otherID)', { notifications = { { typeName = 'EMAIL',"
      + " emailAddress = 'a@b.c' } } })"
    let refused =
      "Atlas does not delete WEBHOOK while 1 alert configuration notifies through it: HOST_DOWN"
    for body in ["all:delete('WEBHOOK')", "all:delete('WEBHOOK') \(mended)"] {
      let plan = try await Bench.plan(body, on: world)
      #expect(plan.outcome == .failed)
      #expect(plan.reason == refused)
      #expect(plan.operations.isEmpty)
    }
    let plan = try await Bench.plan("\(mended) all:delete('WEBHOOK')", on: world)
    #expect(plan.verbs == ["update alert HOST_DOWN", "delete WEBHOOK"])
  }
}
