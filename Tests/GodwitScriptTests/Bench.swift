import GodwitCore
import GodwitScript
import LuaVM
import Synchronization
import Testing

/// What the tests need around a script: a project, an Atlas in memory, secrets.
enum Bench {
  static let pool = LuaThreadPool()
  static let project = Project(
    id: ProjectID("65f000000000000000000001"),
    name: "prod-eu",
    organization: OrganizationID("65f0000000000000000000aa"),
    created: "2024-01-01T00:00:00Z",
    clusterCount: 3,
    tags: ["env": "prod", "team": "data"],
    variables: ["channel": "#ops"]
  )

  /// The secret parameters of every script here.
  static let secrets: [String: SecretValue] = [
    "key": SecretValue("0123456789abcdef0123456789ab77e0"),
    "other": SecretValue("fedcba9876543210fedcba9876540bad"),
    "token": SecretValue("NRIQ-0123456789-token"),
    "url": SecretValue("https://hooks.example.com/services/abcd2101"),
    "template": SecretValue("{\"text\": \"hello\"}"),
    "password": SecretValue("correct horse battery staple"),
  ]

  static let fingerprints = secrets.mapValues(\.fingerprint)

  static let datadog: JSONObject = [
    "type": "DATADOG", "id": "65f0000000000000000000d1", "region": "US",
    "apiKey": "****************************9abc", "sendDatabaseMetrics": true,
  ]
  static let prometheus: JSONObject = [
    "type": "PROMETHEUS", "username": "prom_user", "serviceDiscovery": "http", "enabled": true,
  ]
  static let webhook: JSONObject = [
    "type": "WEBHOOK", "url": "https://old.example.com/****1111", "secret": "**********3333",
  ]
  static let slack: JSONObject = [
    "type": "SLACK", "apiToken": "****************************4444", "channelName": "ops",
    "teamName": "data",
  ]
  static let future: JSONObject = [
    "type": "FUTURE", "endpoint": "https://f.example.com", "apiToken": "abcdefgh", "level": 3,
  ]

  /// A migration whose `migrate` has the given body, from its second line on.
  static func script(_ body: String) -> String {
    let types = IntegrationRules.typeNames.map { "\"\($0)\"" }.joined(separator: ", ")
    let verbs = "\"create\", \"update\", \"delete\", \"toggle\""
    let params = secrets.keys.sorted().map { "\($0) = { type = \"secret\", optional = true }" }
      .joined(separator: ", ")
    return """
      return { migrate = function(project, params) local all = project.integrations
      \(body)
      end, name = "bench",
      may = { create = { \(types) }, update = { \(types) }, delete = { \(types) },
      alerts = { \(verbs) }, },
      params = { \(params) } }
      """
  }

  static func migration(
    _ text: String,
    modules: [String: String] = [:],
    limits: LuaLimits = LuaLimits()
  ) async throws(Diagnostic) -> Migration {
    let modules = modules.map { name, text in
      let path = name.replacing(".", with: "/") + ".lua"
      return (name, ScriptSource.Module(path: path, text: Array(text.utf8)))
    }
    let source = ScriptSource(
      path: "bench.lua",
      text: Array(text.utf8),
      modules: Dictionary(modules) { first, _ in first }
    )
    return try await Migration(source, pool: pool, limits: limits)
  }

  /// Plans a whole script for a project.
  static func plan(
    whole text: String,
    on atlas: Memory,
    project: Project = project,
    inputs: ScriptInputs = ScriptInputs(secretNames: Set(secrets.keys)),
    modules: [String: String] = [:],
    limits: LuaLimits = LuaLimits(),
    adjust: (inout DraftPolicy) -> Void = { _ in }
  ) async throws -> ProjectPlanner.Planned {
    let migration = try await migration(text, modules: modules, limits: limits)
    var policy = DraftPolicy(may: migration.may, fingerprints: fingerprints)
    adjust(&policy)
    let planner = ProjectPlanner(
      migration: migration,
      inputs: inputs,
      policy: policy,
      reads: atlas.reads
    )
    return await planner.plan(project)
  }

  /// Plans a whole script for a project with these integrations.
  static func plan(
    whole text: String,
    on atlas: [JSONObject] = [],
    project: Project = project,
    inputs: ScriptInputs = ScriptInputs(secretNames: Set(secrets.keys)),
    modules: [String: String] = [:],
    limits: LuaLimits = LuaLimits(),
    adjust: (inout DraftPolicy) -> Void = { _ in }
  ) async throws -> ProjectPlanner.Planned {
    try await plan(
      whole: text,
      on: Memory(atlas),
      project: project,
      inputs: inputs,
      modules: modules,
      limits: limits,
      adjust: adjust
    )
  }

  /// Plans the body of a `migrate` for a project with these integrations.
  static func plan(
    _ body: String,
    on atlas: [JSONObject] = [],
    limits: LuaLimits = LuaLimits(),
    modules: [String: String] = [:],
    adjust: (inout DraftPolicy) -> Void = { _ in }
  ) async throws -> ProjectPlan {
    try await plan(body, on: Memory(atlas), limits: limits, modules: modules, adjust: adjust)
  }

  /// Plans the body of a `migrate`.
  static func plan(
    _ body: String,
    on atlas: Memory,
    limits: LuaLimits = LuaLimits(),
    modules: [String: String] = [:],
    adjust: (inout DraftPolicy) -> Void = { _ in }
  ) async throws -> ProjectPlan {
    let planned = try await plan(
      whole: script(body),
      on: atlas,
      modules: modules,
      limits: limits,
      adjust: adjust
    )
    guard case .plan(let plan) = planned else { throw Diagnostic("refused by select") }
    return plan
  }

  /// What a body logs with `print`, if it does not fail.
  static func printed(
    _ body: String,
    on atlas: [JSONObject] = [],
    modules: [String: String] = [:],
    adjust: (inout DraftPolicy) -> Void = { _ in }
  ) async throws -> [String] {
    let plan = try await plan(body, on: atlas, modules: modules, adjust: adjust)
    if plan.outcome == .failed { return ["failed: \(plan.reason ?? "")"] }
    return plan.logs.map(\.message)
  }
}

extension ProjectPlan {
  /// The writes in short, for example `update DATADOG`.
  var verbs: [String] {
    operations.map(\.words)
  }
}

/// A secret parameter in a body.
func secret(_ name: String) -> JSONValue { .secret(SecretReference(name: name)) }

/// A masked value.
func masked(_ tail: String, _ length: Int? = nil, head: String = "") -> JSONValue {
  .masked(MaskedValue(head: head, tail: tail, length: length))
}
