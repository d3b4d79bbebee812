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
      plan.advice == "give them another notification, or plan with --accept-silent-alerts"
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
