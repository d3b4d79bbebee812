import GodwitCore
import Testing

@testable import GodwitScript

@Suite struct AlertComplaintTests {
  private static let email = "{ typeName = 'EMAIL', emailAddress = 'a@b.c' }"
  private static func new(_ notification: String) -> String {
    "alerts:create{ eventTypeName = 'HOST_UP', notifications = { \(notification) } }"
  }

  /// A call, then what is said about it.
  static let complaints: [(String, String)] = [
    ("project.alerts.list()", "write project.alerts:list with a colon"),
    (
      "alerts:get()",
      "get takes the id of an alert configuration; for example project.alerts:get(configuration.id)"
    ),
    (
      "alerts:update('x', { enabled = true })",
      "there is no alert configuration x in this project; project.alerts:list() and :using(type)"
        + " give those that are there"
    ),
    (
      "alerts:using('DATADGO')",
      "unknown integration type \"DATADGO\"; did you mean \"DATADOG\"?"
    ),
    ("alerts:create{ notifications = { \(email) } }", "an alert configuration needs eventTypeName"),
    (
      "alerts:update(a.id, { notifications = {} })",
      "an alert configuration needs at least one notification; put another one in its place, or"
        + " delete or disable the configuration"
    ),
    (
      "alerts:update(a.id, { eventTypName = 'X' })",
      "unknown field \"eventTypName\" of the alert configuration; did you mean \"eventTypeName\"?"
        + " (--allow-unknown-fields lets it through)"
    ),
    (
      "alerts:update(a.id, { enabled = 'yes' })",
      "the alert configuration.enabled takes a boolean, not a string"
    ),
    (
      "alerts:update(a.id, { threshold = 5 })",
      "threshold takes a table of fields, not a number"
    ),
    (
      new("{ typeName = 'DATADOG', datadogRegion = 'MARS' }"),
      "notifications[1].datadogRegion cannot be \"MARS\"; Atlas accepts US, EU, US3, US5, AP1, US1_FED"
    ),
    (
      new("{ typeName = 'EMAIL', emailAddress = 'a@b.c', intervalMin = 3 }"),
      "notifications[1].intervalMin cannot be 3; it takes a whole number from 5 to 2147483647"
    ),
    (new("{ emailAddress = 'a@b.c' }"), "notifications[1] needs typeName; for example \"EMAIL\""),
    (new("{ typeName = 'EMAIL' }"), "notifications[1] needs emailAddress"),
    (
      new("{ typeName = 'PAGER_DUTY' }"),
      "notifications[1] needs serviceKey; give a secret parameter, or configure PAGER_DUTY in the"
        + " project and leave it out"
    ),
    (
      new("{ typeName = 'HIP_CHAT', roomName = 'x' }"),
      "notifications[1]: HIP_CHAT cannot be made anew: the service has ended"
    ),
    (
      new("{ typeName = 'DATADOG', datadogApiKey = 'plain text of a key' }"),
      "notifications[1].datadogApiKey takes a secret, not a string; what a script writes lies in"
        + " the run file: declare a parameter of type \"secret\""
    ),
    (
      new("{ typeName = 'DATADOG', datadogApiKey = a.notifications[1].datadogApiKey }"),
      "notifications[1].datadogApiKey is the masked value ****9abc, and there is no notifierId"
        + " beside it; give a secret parameter, or leave the notification as it was read"
    ),
    (
      "a.notifications[1].notifierId = nil alerts:update(a.id, a)",
      "notifications[1].datadogApiKey is the masked value ****9abc, and there is no notifierId"
        + " beside it; give a secret parameter, or leave the notification as it was read"
    ),
    (
      "a.notifications[1].notifierId = 'n7' alerts:update(a.id, a)",
      "notifications[1].notifierId is not one of this configuration's; leave notifierId out of a new"
        + " notification"
    ),
    (
      "a.notifications[2].typeName = 'ORG' alerts:update(a.id, a)",
      "notifications[2] changes the typeName of a notification that exists, which Atlas refuses;"
        + " leave out its notifierId: then it is a new one in its place"
    ),
    (
      "local b = alerts:get('\(AlertBench.otherID)') "
        + "a.notifications[1].datadogApiKey = b.notifications[1].apiToken alerts:update(a.id, a)",
      "notifications[1].datadogApiKey would be set to the masked value ****4444; Atlas would store"
        + " the stars in place of the secret: give a secret parameter"
    ),
    (
      "alerts:update(a.id, { matchers = { { fieldName = '****9abc' } } })",
      "the alert configuration.matchers.fieldName would be set to the masked value ****9abc; Atlas"
        + " would store the stars in place of the secret: give a secret parameter"
    ),
  ]

  @Test(arguments: complaints.indices)
  func `a wrong call is told before anything is sent`(index: Int) async throws {
    let (call, complaint) = Self.complaints[index]
    let plan = try await Bench.plan(AlertBench.found + call, on: AlertBench.world)
    #expect(plan.reason == complaint)
    #expect(plan.operations.isEmpty)
  }

  @Test(arguments: ["create", "update", "delete", "toggle"])
  func `what is not declared is refused`(verb: String) async throws {
    let call =
      switch verb {
      case "create": Self.new(Self.email)
      case "update": "alerts:update(a.id, { severityOverride = 'INFO' })"
      case "delete": "alerts:delete(a.id)"
      default: "alerts:disable(a.id)"
      }
    let plan = try await Bench.plan(AlertBench.found + call, on: AlertBench.world) {
      $0.may.alerts.remove(Verb(rawValue: verb) ?? .create)
    }
    #expect(
      plan.reason
        == "this migration may not \(verb) alert configurations; declare it: may = { alerts ="
        + " { \"\(verb)\" } }"
    )
  }

  static let headers: [(String, String)] = [
    (
      "alerts = { 'change' }",
      "unknown word \"change\" in may.alerts"
    ),
    ("alerts = 'update'", "may.alerts must be a list of what may be done to alert configurations"),
    ("toggle = { 'DATADOG' }", "unknown key \"toggle\" in may"),
  ]

  @Test(arguments: headers.indices)
  func `may takes the verbs of alerts and no others`(index: Int) async throws {
    let (may, complaint) = Self.headers[index]
    await #expect {
      try await Bench.migration("return { migrate = function() end, may = { \(may) } }")
    } throws: { error in
      (error as? Diagnostic)?.summary == complaint
    }
  }
}
