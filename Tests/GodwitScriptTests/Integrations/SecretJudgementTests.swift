import GodwitCore
import GodwitScript
import Testing

@Suite struct SecretJudgementTests {
  private static let move = "all:update('DATADOG', { region = 'EU', apiKey = params.key })"
  private static let same = "all:update('DATADOG', { apiKey = params.key })"
  private static let current = Bench.datadog.merging([
    "apiKey": "****************************77e0"
  ])

  @Test func `a secret whose tail is shown already counts as unchanged`() async throws {
    let plan = try await Bench.plan(Self.same, on: [Self.current])
    #expect(plan.outcome == .unchanged)
    let unchanged = UnchangedSecret(type: "DATADOG", field: "apiKey", tail: "77e0")
    #expect(plan.unchangedSecrets == [unchanged])
    let moved = try await Bench.plan(Self.move, on: [Self.current])
    #expect(moved.operations.first?.changes.map(\.field) == ["region"])
    #expect(moved.operations.first?.body?["apiKey"] == secret("key"))
    #expect(moved.unchangedSecrets == [unchanged])
  }

  @Test func `another length is another secret`() async throws {
    let plan = try await Bench.plan(Self.same, on: [Self.current.merging(["apiKey": "****77e0"])])
    #expect(plan.operations.first?.changes.map(\.field) == ["apiKey"])
    #expect(plan.unchangedSecrets.isEmpty)
  }

  @Test func `unchanged secrets are sent if they are to be rewritten`() async throws {
    let plan = try await Bench.plan(Self.same, on: [Self.current]) { $0.rewritesSecrets = true }
    #expect(plan.verbs == ["update DATADOG"])
    #expect(plan.unchangedSecrets.count == 1)
    #expect(plan.operations.first?.changes.map(\.isUnknowable) == [false])
  }

  @Test func `without secrets nobody can know`() async throws {
    let plan = try await Bench.plan(Self.same, on: [Self.current]) { $0.fingerprints = [:] }
    let change = try #require(plan.operations.first?.changes.first)
    #expect(
      change
        == FieldChange(
          field: "apiKey",
          before: masked("77e0", 32),
          after: secret("key"),
          isUnknowable: true
        )
    )
    #expect(plan.operations.first?.after?["apiKey"] == secret("key"))
  }

  static let unknowable: [(String, JSONObject, String)] = [
    ("all:update('PROMETHEUS', { password = params.password })", Bench.prometheus, "password"),
    ("all:update('PROMETHEUS', { password = json.null })", Bench.prometheus, "password"),
    (
      "all:update('WEBHOOK', { url = params.url, bodyTemplate = params.template })",
      ["type": "WEBHOOK", "url": "https://hooks.example.com/****2101", "bodyTemplate": "****"],
      "bodyTemplate"
    ),
    (
      "all:update('WEBHOOK', { url = params.url })",
      ["type": "WEBHOOK", "url": "https://hooks.example.com/****"], "url"
    ),
  ]

  @Test(arguments: unknowable) func `what Atlas never shows is sent, and marked`(
    body: String,
    world: JSONObject,
    field: String
  ) async throws {
    let plan = try await Bench.plan(body, on: [world])
    #expect(plan.operations.first?.changes.map(\.field) == [field])
    #expect(plan.operations.first?.changes.map(\.isUnknowable) == [true])
  }

  static let grades: [(String, Reversibility, [String])] = [
    ("all:delete('DATADOG')", .withSecret, ["apiKey"]),
    ("all:delete('WEBHOOK')", .withSecret, ["secret", "url"]),
    ("all:delete('PROMETHEUS')", .withSecret, ["password"]),
    ("all:delete('SLACK')", .byPerson, ["apiToken"]),
    ("all:delete('HIP_CHAT')", .notAtAll, ["notificationToken"]),
    ("all:update('SLACK', { channelName = 'new' })", .exact, []),
    ("all:update('PROMETHEUS', { enabled = false, password = params.password })", .withSecret, []),
    (move, .withSecret, []),
  ]

  private static let world = [
    Bench.datadog, Bench.webhook, Bench.prometheus, Bench.slack,
    ["type": "HIP_CHAT", "notificationToken": "****9abc"],
  ]

  @Test(arguments: grades) func `an operation says how far it can be taken back`(
    body: String,
    grade: Reversibility,
    lost: [String]
  ) async throws {
    let operation = try #require(try await Bench.plan(body, on: Self.world).operations.first)
    #expect(operation.grade == grade)
    #expect(operation.lostSecrets == lost)
    #expect(operation.isIrreversible == (grade == .notAtAll || !lost.isEmpty))
  }

  private static func escrow(
    _ type: IntegrationType,
    _ field: String,
    _ text: String?
  ) -> EscrowInput {
    let fingerprint = text.map { SecretValue($0).fingerprint }
    let input = SecretInput(name: "x", reference: "env:X", fingerprint: fingerprint, keyedHash: nil)
    return EscrowInput(type: type, field: field, secret: input)
  }

  static let escrows: [(String, IntegrationType, String, String?, Bool)] = [
    ("all:delete('DATADOG')", "DATADOG", "apiKey", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa9abc", true),
    ("all:delete('DATADOG')", "DATADOG", "apiKey", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa9abd", false),
    ("all:delete('DATADOG')", "DATADOG", "apiKey", "short9abc", false),
    ("all:delete('DATADOG')", "DATADOG", "apiKey", nil, false),
    ("all:delete('DATADOG')", "DATADOG", "other", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa9abc", false),
    ("all:delete('DATADOG')", "OPS_GENIE", "apiKey", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa9abc", false),
    ("all:delete('PROMETHEUS')", "PROMETHEUS", "password", "whatever it is", true),
    (
      "all:delete('DATADOG') all:create('DATADOG', { apiKey = params.key })", "DATADOG", "apiKey",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaa9abc", true
    ),
  ]

  @Test(arguments: escrows) func `a secret was kept if its tail and length fit`(
    body: String,
    type: IntegrationType,
    field: String,
    text: String?,
    isKept: Bool
  ) async throws {
    let escrow = Self.escrow(type, field, text)
    let plan = try await Bench.plan(body, on: Self.world) { $0.escrow = [escrow] }
    let operation = try #require(plan.operations.first)
    #expect(operation.lostSecrets.isEmpty == isKept)
    #expect(operation.grade == .withSecret)
  }

  static let people: [(String, JSONObject?, [String], String?)] = [
    (
      "all:create('SLACK', { channelName = 'x', apiToken = params.token })", nil, [],
      "Connect SLACK"
    ),
    ("all:set('SLACK', { channelName = 'x' })", nil, [], "Connect SLACK"),
    (
      "all:update('SLACK', { apiToken = params.token })", Bench.slack, [],
      "Reconnect SLACK"
    ),
    (
      "all:update('SLACK', { teamName = 'other', channelName = 'x' })", Bench.slack, [],
      "Reconnect SLACK"
    ),
    ("all:update('SLACK', { channelName = 'x' })", Bench.slack, ["update SLACK"], nil),
    (
      "all:update('SLACK', { channelName = 'x', teamName = 'data' })", Bench.slack,
      ["update SLACK"], nil
    ),
    (
      "all:update('SLACK', { channelName = 'x', apiToken = params.same })", Bench.slack,
      ["update SLACK"], nil
    ),
    ("all:update('SLACK', { apiToken = params.same })", Bench.slack, [], nil),
    ("all:update('SLACK', { channelName = 'ops' })", Bench.slack, [], nil),
  ]

  @Test(arguments: people) func `what only a person can do becomes a task`(
    body: String,
    world: JSONObject?,
    verbs: [String],
    task: String?
  ) async throws {
    let plan = try await Bench.plan(
      body.replacing("params.same", with: "params.key"),
      on: [world].compactMap { $0 }
    ) { $0.fingerprints["key"] = SecretValue("aaaaaaaaaaaaaaaaaaaaaaaaaaaa4444").fingerprint }
    #expect(plan.reason == nil)
    #expect(plan.verbs == verbs)
    #expect(plan.tasks.map(\.title) == [task].compactMap { $0 })
    #expect(plan.outcome == (task != nil ? .manual : verbs.isEmpty ? .unchanged : .changed))
    if let first = plan.tasks.first {
      #expect(first.url == "https://cloud.mongodb.com/v2/65f000000000000000000001#/integrations")
    }
    #expect(plan.operations.first?.body?["apiToken"] == nil)
    if body.contains("params.same") {
      #expect(plan.unchangedSecrets.map(\.field) == ["apiToken"])
    }
  }

  @Test func `HipChat can be read and deleted`() async throws {
    let plan = try await Bench.plan(
      "print(all:get('HIP_CHAT').type) all:delete('HIP_CHAT')",
      on: Self.world
    )
    #expect(plan.verbs == ["delete HIP_CHAT"])
    let created = try await Bench.plan("all:create('HIP_CHAT', {})")
    let ended = "the service has ended; it can be read and deleted only"
    #expect(created.reason == "HIP_CHAT cannot be created: \(ended)")
    let updated = try await Bench.plan("all:update('FLOWDOCK', { flowName = 'x' })")
    #expect(updated.reason == "FLOWDOCK cannot be updated: \(ended)")
  }
}
