import GodwitCore
import GodwitScript
import Synchronization
import Testing

@Suite struct IntegrationReadTests {
  static let world = [Bench.future, Bench.webhook, Bench.prometheus, Bench.datadog]

  static let claims: [String] = [
    "(function() local s = '' for _, i in ipairs(all:list()) do s = s .. i.type .. ' ' end return s"
      + " end)() == 'DATADOG WEBHOOK PROMETHEUS FUTURE '",
    "#all:list() == 4", "all:get('OPS_GENIE') == nil",
    "all:get('DATADOG').type == 'DATADOG' and all:get('DATADOG').region == 'US'",
    "all:get('DATADOG').id == '65f0000000000000000000d1' and all:get('DATADOG').links == nil",
    "all:get('DATADOG').sendDatabaseMetrics == true",
    "all:get('PROMETHEUS').password == nil", "all:get('FUTURE').level == 3",
    "tostring(all:get('DATADOG').apiKey) == '****9abc'", "all:get('DATADOG').apiKey.tail == '9abc'",
    "tostring(all:get('WEBHOOK').url) == 'https://old.example.com/****1111'",
    "all:get('DATADOG').apiKey == all:get('DATADOG').apiKey",
    "all:get('DATADOG').apiKey ~= all:get('WEBHOOK').secret",
    "tostring(all:get('FUTURE').apiToken) == '****gh'",
    "all:get('DATADOG').apiKey:matches(params.key) == false",
    "all:get('WEBHOOK').url:matches(params.url) == false",
    "select(2, pcall(function() return all:get('DATADOG').apiKey:matches('9abc') end))"
      + ":find('matches takes a secret', 1, true)",
    "select(2, pcall(function() return 'x' .. all:get('DATADOG').apiKey end)):find('use tostring')",
    "select(2, pcall(function() return 'x' .. params.key end)):find('use tostring')",
    "tostring(params.key) == '<secret key>' and type(params.key) == 'userdata'",
    "not pcall(function() return #params.key end) and params.key.value == nil",
    "params.key == params.key and params.key ~= params.other",
    "not pcall(json.encode, params.key) and not pcall(json.encode, { all:get('DATADOG') })",
    "(function() local d = all:get('DATADOG') d.region = 'EU' return all:get('DATADOG').region end)()"
      + " == 'US'",
  ]

  @Test(arguments: claims) func `a script reads integrations as Atlas has them`(
    claim: String
  ) async throws {
    let lines = try await Bench.printed("print((\(claim)) and 'yes' or 'no')", on: Self.world)
    #expect(lines == ["yes"])
  }

  @Test func `matches says true, false, or nil where nobody can tell`() async throws {
    let world: [JSONObject] = [
      ["type": "DATADOG", "apiKey": "****************************77e0"],
      ["type": "OPS_GENIE", "apiKey": "********************************"],
      [
        "type": "MICROSOFT_TEAMS", "microsoftTeamsWebhookUrl": "https://hooks.example.com/****2101",
      ],
      ["type": "WEBHOOK", "url": "https://hooks.example.com/****"],
    ]
    let body = """
      print(all:get('DATADOG').apiKey:matches(params.key),
        all:get('DATADOG').apiKey:matches(params.other),
        all:get('OPS_GENIE').apiKey:matches(params.key),
        all:get('MICROSOFT_TEAMS').microsoftTeamsWebhookUrl:matches(params.url),
        all:get('WEBHOOK').url:matches(params.url))
      """
    #expect(try await Bench.printed(body, on: world) == ["true\tfalse\tnil\ttrue\tnil"])
    #expect(
      try await Bench.printed(body, on: world) { $0.fingerprints = [:] } == [
        "nil\tnil\tnil\tnil\tnil"
      ]
    )
  }

  @Test func `what was read is kept for the check before apply`() async throws {
    let some = try await Bench.plan("all:get('DATADOG') all:get('OPS_GENIE')", on: Self.world)
    #expect(!some.reads.isEverything)
    #expect(Set(some.reads.images.keys) == ["DATADOG", "OPS_GENIE"])
    #expect(some.reads.images["DATADOG"] == Integration(Bench.datadog)?.fields)
    #expect(some.reads.images["OPS_GENIE"] == .some(nil))
    let all = try await Bench.plan("all:list()", on: Self.world)
    #expect(all.reads.isEverything)
    #expect(all.reads.images.count == 4)
    let written = try await Bench.plan("all:delete('WEBHOOK')", on: Self.world)
    #expect(Set(written.reads.images.keys) == ["WEBHOOK"])
    #expect(try await Bench.plan("", on: Self.world).reads.isEmpty)
  }

  typealias Lister = @Sendable (ProjectID) async -> ScriptReads.Answer<[Integration]>

  private static func planner(
    _ body: String,
    _ list: @escaping Lister
  ) async throws -> ProjectPlan? {
    let migration = try await Bench.migration(Bench.script(body))
    let policy = DraftPolicy(may: migration.may, fingerprints: Bench.fingerprints)
    let planner = ProjectPlanner(
      migration: migration,
      inputs: ScriptInputs(),
      policy: policy,
      reads: .integrations { project, _ in await list(project) }
    )
    guard case .plan(let plan) = await planner.plan(Bench.project) else { return nil }
    return plan
  }

  @Test func `integrations are listed once, and only if they are asked for`() async throws {
    let count = Mutex(0)
    let lister: Lister = { project in
      count.withLock { $0 += 1 }
      #expect(project == Bench.project.id)
      return .success([])
    }
    _ = try await Self.planner("", lister)
    #expect(count.withLock { $0 } == 0)
    _ = try await Self.planner("all:list() all:list() all:get('SLACK') all:delete('SLACK')", lister)
    #expect(count.withLock { $0 } == 1)
  }

  static let failure = ScriptReadError(
    status: 404,
    errorCode: "GROUP_NOT_FOUND",
    detail: "No group with ID x exists.",
    reason: "Not Found",
    method: "GET",
    path: "/groups/x/integrations",
    line: "GET /groups/x/integrations: 404 GROUP_NOT_FOUND",
    advice: "check the project"
  )

  @Test func `an error of Atlas fails the project, with what to do`() async throws {
    let plan = try await Self.planner("\nall:list()") { _ in .failure(Self.failure) }
    #expect(plan?.outcome == .failed)
    #expect(plan?.reason == Self.failure.line)
    #expect(plan?.advice == "check the project")
    #expect(plan?.position?.line == 3)
  }

  @Test func `an error of Atlas can be caught and looked at`() async throws {
    let count = Mutex(0)
    let plan = try await Self.planner(
      """
      local ok, e = pcall(all.get, all, 'DATADOG')
      print(ok, e.status, e.errorCode, e.detail, e.reason, e.method, e.path, e.other)
      print(e, pcall(all.list, all))
      """
    ) { _ in
      count.withLock { $0 += 1 }
      return .failure(Self.failure)
    }
    #expect(plan?.outcome == .unchanged)
    let line = Self.failure.line
    #expect(
      plan?.logs.map(\.message) == [
        "false\t404\tGROUP_NOT_FOUND\tNo group with ID x exists.\tNot Found\tGET"
          + "\t/groups/x/integrations\tnil",
        "\(line)\tfalse\t\(line)",
      ]
    )
    #expect(count.withLock { $0 } == 1)
    let raised = try await Self.planner("local ok, e = pcall(all.list, all)\nerror(e)") { _ in
      .failure(Self.failure)
    }
    #expect(raised?.reason == line)
    #expect(raised?.advice == "check the project")
  }
}
