import GodwitCore
import GodwitScript
import Testing

@Suite struct SecretFitTests {
  private static let hex = "0123456789abcdef0123456789ab77e0"
  private static let uuid = "01234567-89ab-cdef-0123-456789ab77e0"
  private static let template = "{\n  \"text\": \"hello\"\n}"
  private static func plan(_ body: String, _ text: String) async throws -> ProjectPlan {
    try await Bench.plan(body, on: [Bench.slack]) {
      $0.fingerprints["key"] = SecretValue(text).fingerprint
    }
  }

  private static func alert(_ notification: String) -> String {
    "project.alerts:create{ eventTypeName = 'HOST_DOWN', notifications = { \(notification) } }"
  }

  /// A body, the secret, and what is said if it is refused.
  static let uses: [(String, String, String?)] = [
    ("all:create('DATADOG', { apiKey = params.key })", hex, nil),
    (
      "\nall:create('DATADOG', { apiKey = params.key })", uuid,
      "DATADOG.apiKey takes 32 hexadecimal digits, and the secret key is not that"
    ),
    (
      "\nall:create('PAGER_DUTY', { serviceKey = params.key })", "short",
      "PAGER_DUTY.serviceKey takes 32 hexadecimal digits, and the secret key is not that"
    ),
    (
      "\nall:create('WEBHOOK', { url = params.key })", "hooks.example.com/x",
      "WEBHOOK.url takes an address that begins with https:// or http://, and the secret key is"
        + " not that"
    ),
    ("all:create('WEBHOOK', { url = params.key })", "http://hooks.example.com", nil),
    (
      "\nall:create('WEBHOOK', { url = params.url, secret = params.key })", "two\nlines",
      "WEBHOOK.secret takes one line, and the secret key has several"
    ),
    // A template may have lines.
    ("all:create('WEBHOOK', { url = params.url, bodyTemplate = params.key })", template, nil),
    ("all:create('OPS_GENIE', { apiKey = params.key })", "anything", nil),
    (
      "\n" + alert("{ typeName = 'DATADOG', datadogApiKey = params.key }"), uuid,
      "notifications[DATADOG].datadogApiKey takes 32 hexadecimal digits, and the secret key is"
        + " not that"
    ),
    (alert("{ typeName = 'DATADOG', datadogApiKey = params.key }"), hex, nil),
  ]

  @Test(arguments: uses.indices)
  func `a secret that a field refuses fails the project at its line`(index: Int) async throws {
    let (body, text, reason) = Self.uses[index]
    let plan = try await Self.plan(body, text)
    #expect(plan.outcome == (reason == nil ? .changed : .failed), "\(plan.reason ?? "")")
    guard let reason else { return }
    #expect(plan.reason == reason)
    #expect(plan.position == ScriptPosition(file: "bench.lua", line: 3))
    #expect(plan.operations.isEmpty)
    #expect(plan.reason?.contains(text) == false && plan.advice?.contains(text) == false)
  }

  @Test(arguments: [(uuid, true), ("anything", false)])
  func `a form that is only usual is remarked on`(text: String, isUsual: Bool) async throws {
    let plan = try await Self.plan("all:create('OPS_GENIE', { apiKey = params.key })", text)
    var policy = DraftPolicy(may: .everything)
    policy.fingerprints["key"] = SecretValue(text).fingerprint
    #expect(
      policy.remarks(on: plan)
        == (isUsual
          ? []
          : [
            "OPS_GENIE.apiKey is mostly a UUID, and the secret key is not: Atlas may refuse it."
          ])
    )
  }

  @Test func `what is not sent is not judged`() async throws {
    let plan = try await Bench.plan(
      "all:update('DATADOG', { apiKey = params.key })",
      on: [Bench.datadog.merging(["apiKey": "*9abc"])]
    ) { $0.fingerprints["key"] = SecretValue("x9abc").fingerprint }
    #expect(plan.outcome == .unchanged, "\(plan.reason ?? "")")
  }
}
