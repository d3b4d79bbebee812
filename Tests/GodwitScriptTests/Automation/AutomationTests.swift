import GodwitCore
import LuaVM
import Synchronization
import Testing

@testable import GodwitScript

@Suite struct AutomationTests {
  private static let organization = OrganizationID("65f0000000000000000000aa")
  private static let projects = (1...7).map { number in
    Project(
      id: ProjectID("65f00000000000000000000\(number)"),
      name: number < 5 ? "prod-\(number)" : "test-\(number)",
      organization: organization,
      tags: ["env": number < 5 ? "prod" : "test"]
    )
  }

  /// What a script printed, planned and met.
  private struct Ran {
    var printed: [String] = []
    var plans: [ProjectPlan] = []
    var failures: [Diagnostic] = []
    var read: [String] = []
  }

  private static func run(
    _ text: String,
    memory: Memory = Memory([Bench.datadog, Bench.slack], alerts: AlertBench.all),
    limits: LuaLimits = LuaLimits()
  ) async throws -> Ran {
    let printed = Mutex<[String]>([])
    let pages = Mutex<[String]>([])
    let automation = try Automation(
      ScriptSource(path: "auto.lua", text: Array(text.utf8)),
      pool: Bench.pool,
      limits: limits
    )
    let reads = AutomationReads(
      ofProject: memory.reads,
      projects: { place, filter in
        let number = place.page
        pages.withLock { $0.append("page \(number)") }
        let all = projects.filter { filter.name == nil || $0.name.hasPrefix("prod") }
        let page = all.dropFirst((number - 1) * 3).prefix(3)
        return .success(
          AutomationReads.ProjectPage(projects: Array(page), hasNext: number * 3 < all.count)
        )
      },
      project: { name in
        guard let found = projects.first(where: { $0.name == name || $0.id.text == name }) else {
          return .failure(
            ScriptReadError(status: 404, method: "GET", path: name, line: "GET \(name): 404")
          )
        }
        return .success(found)
      },
      organizations: { .success([Organization(id: organization, name: "acme")]) }
    )
    let runner = AutomationRunner(
      automation: automation,
      parameters: ["region": "EU", "key": secret("key")],
      policy: DraftPolicy(may: .everything, fingerprints: Bench.fingerprints),
      reads: reads,
      onPrint: { line in printed.withLock { $0.append(line) } },
      onLog: { _ in }
    )
    let outcome = try await runner.run()
    return Ran(
      printed: printed.withLock { $0 },
      plans: outcome.plans,
      failures: outcome.failures,
      read: pages.withLock { $0 } + memory.read
    )
  }

  @Test func `projects come page by page, and only as far as they are wanted`() async throws {
    let ran = try await Self.run(
      """
      local count = 0
      for project in atlas.projects() do
        count = count + 1
        print(count, project.name, project.tags.env)
        if count == 4 then break end
      end
      for organization in atlas.orgs() do print(organization.name) end
      print(atlas.project("test-6").id, params.region, params.key)
      """
    )
    #expect(ran.read == ["page 1", "page 2"])
    #expect(ran.printed.count == 6)
    #expect(ran.printed[3] == "4\tprod-4\tprod")
    #expect(ran.printed[4] == "acme")
    #expect(ran.printed[5] == "65f000000000000000000006\tEU\t<secret key>")
    #expect(ran.plans.isEmpty)
  }

  @Test func `reads are fresh, until something is written`() async throws {
    let ran = try await Self.run(
      """
      local project = atlas.project("prod-1")
      project.integrations:get("DATADOG") project.integrations:get("DATADOG")
      project.integrations:update("DATADOG", { region = params.region, apiKey = params.key })
      print(project.integrations:get("DATADOG").region)
      """
    )
    #expect(ran.read == ["integrations", "integrations", "integrations"])
    #expect(ran.printed == ["EU"])
    #expect(ran.plans.map(\.verbs) == [["update DATADOG"]])
    #expect(ran.plans[0].outcome == .changed)
    #expect(ran.plans[0].reads.images.keys.map(\.text) == ["DATADOG"])
  }

  @Test func `a coroutine that waits in one call of each is not continued by another`()
    async throws
  {
    let ran = try await Self.run(
      """
      local shared
      local results = atlas.each(atlas.projects(), function(project)
        if not shared then
          shared = coroutine.create(function() return #project.integrations:list() end)
          return select(2, coroutine.resume(shared))
        end
        local ok, message = coroutine.resume(shared)
        return ok or message, #project.integrations:list()
      end, { parallel = 3 })
      for _, result in ipairs(results) do print(result.ok, result.value) end
      """
    )
    #expect(ran.printed.first == "true\t2")
    #expect(ran.printed.dropFirst().allSatisfy { $0.contains("cannot resume") })
    #expect(ran.failures.isEmpty)
  }

  @Test func `everything that is printed arrives in order, however much it is`() async throws {
    let ran = try await Self.run(
      """
      local pad = ("x"):rep(1000000)
      for i = 1, 50 do print(i, pad) end
      atlas.each({ atlas.project("prod-1") }, function() for i = 51, 90 do print(i, pad) end end)
      """
    )
    #expect(ran.printed.count == 90)
    #expect(ran.printed.enumerated().allSatisfy { $0.element.hasPrefix("\($0.offset + 1)\t") })
  }

  @Test func `the table behind a read-only value is not handed out`() async throws {
    let ran = try await Self.run(
      """
      local project = atlas.project("prod-1")
      local _, inner = pairs(project)
      print(inner == project, pcall(function() inner.name = "spoofed" end))
      for key in pairs(project.tags) do print(key) end
      print(project.name, pcall(next, project, "absent"))
      """
    )
    #expect(ran.printed[0].hasPrefix("true\tfalse"))
    #expect(ran.printed[1] == "env")
    #expect(ran.printed[2].hasPrefix("prod-1\tfalse\t"))
  }

  @Test func `an each that was left does not answer the next one's questions`() async throws {
    let ran = try await Self.run(
      """
      local left = 0
      for _ = 1, 3 do
        print(pcall(atlas.each, function()
          left = left + 1
          if left % 3 == 0 then error("left", 0) end
          return atlas.project("prod-1")
        end, function(project) sleep(0.01) return "late" end))
      end
      local results = atlas.each({ atlas.project("prod-1"), atlas.project("prod-3") },
        function(project) return #project.integrations:list() end)
      for _, result in ipairs(results) do print(result.ok, result.value) end
      """
    )
    #expect(ran.printed == ["false\tleft", "false\tleft", "false\tleft", "true\t2", "true\t2"])
  }

  @Test func `an error whose __tostring fails, and a yield, fail their call only`() async throws {
    let ran = try await Self.run(
      """
      local results = atlas.each(atlas.projects(), function(project)
        if project.name == "prod-1" then
          error(setmetatable({}, { __tostring = function() error("no text") end }))
        end
        if project.name == "prod-3" then coroutine.yield(1) end
        return project.name
      end)
      local ok = 0
      for _, result in ipairs(results) do if result.ok then ok = ok + 1 end end
      print(#results - ok)
      """
    )
    #expect(ran.printed == ["2"])
  }

  @Test func `each goes on side by side, and answers in order`() async throws {
    let ran = try await Self.run(
      """
      local now, most = 0, 0
      local results = atlas.each(atlas.projects(), function(project)
        local co = coroutine.wrap(function()
          now = now + 1
          most = math.max(most, now)
          while most < 7 do sleep(0.01) end
          now = now - 1
          coroutine.yield(#project.integrations:list())
        end)
        local count = co()
        if project.name == "prod-3" then error("no luck") end
        if project.name == "prod-4" then
          project.integrations:delete("DATADOG")
          error({ code = 1 })
        end
        return project.name .. " " .. count
      end, { parallel = 7 })
      for index, result in ipairs(results) do
        print(index, result.project.name, result.ok, result.value, type(result.error))
      end
      print(most .. " at once")
      """
    )
    #expect(ran.printed.count == 8)
    #expect(ran.printed[7] == "7 at once")
    #expect(ran.printed[0] == "1\tprod-1\ttrue\tprod-1 2\tnil")
    #expect(ran.printed[2] == "3\tprod-3\tfalse\tnil\tstring")
    #expect(ran.printed[3] == "4\tprod-4\tfalse\tnil\ttable")
    #expect(ran.plans.count == 7)
    let failed = ran.plans.filter { $0.outcome == .failed }
    #expect(failed.map(\.project.name).sorted() == ["prod-3", "prod-4"])
    #expect(failed.allSatisfy { $0.operations.isEmpty })
    let unlucky = try #require(failed.first { $0.project.name == "prod-3" })
    #expect(unlucky.reason == "no luck")
    #expect(unlucky.position == ScriptPosition(file: "auto.lua", line: 11))
  }

  @Test func `no more run at once than are asked for, and errors of Atlas are caught`() async throws
  {
    let ran = try await Self.run(
      """
      local now, most = 0, 0
      local results = atlas.each(atlas.projects{ name = "prod-*" }, function(project)
        now = now + 1
        most = math.max(most, now)
        repeat sleep(0.01) until most >= 2
        local ok, problem = pcall(project.get, project, "/gone")
        now = now - 1
        return problem.status
      end, { parallel = 2 })
      print(most, #results, results[4].value)
      """
    )
    #expect(ran.printed == ["2\t4\t404"])
  }

  @Test func `limits are counted anew for each call, and one that is reached ends all`()
    async throws
  {
    var limits = LuaLimits()
    limits.instructions = 3_000_000
    let body =
      "atlas.each(atlas.projects(), function(project) for i = 1, COUNT do end end) print('x')"
    let within = body.replacing("COUNT", with: "1000000")
    #expect(try await Self.run(within, limits: limits).printed == ["x"])
    await #expect(throws: Diagnostic.self) {
      try await Self.run(body.replacing("COUNT", with: "100000000"), limits: limits)
    }
  }

  @Test func `pending values belong to their project`() async throws {
    let ran = try await Self.run(
      """
      local one, two = atlas.project("prod-1"), atlas.project("prod-2")
      local email = { { typeName = "EMAIL", emailAddress = "a@b.c" } }
      local new = one.alerts:create{ eventTypeName = "HOST_UP", notifications = email }
      print(pcall(two.request, two, { method = "POST", path = "/x", body = { id = new.id } }))
      """
    )
    #expect(ran.printed[0].hasPrefix("false\tauto.lua:4: <id from operation 1> is not of this"))
    #expect(ran.plans.map(\.verbs) == [["create alert HOST_UP"], []])
  }

  /// A script, and what ends it.
  static let failing: [(String, String, Int?)] = [
    ("\nerror('so')", "so", 2),
    ("skip('x')", "skip belongs to a migration", 1),
    (
      "return { migrate = function() end }",
      "auto.lua is a migration: it returns a table with a function migrate", nil
    ),
    (
      "atlas.get('groups')",
      "the path \"groups\" does not begin with a slash; paths are relative to the API's root,"
        + " for example \"/groups\"", 1
    ),
    (
      "atlas.each({ 1 }, print)", "atlas.each takes projects, and was given number", 1
    ),
    ("atlas.projects{ nam = 'x' }()", "atlas.projects takes no \"nam\"; did you mean \"name\"?", 1),
    ("atlas.each({}, 5)", "atlas.each takes a function: fn(project)", 1),
    ("atlas.each({}, print, { parallel = 0 })", "parallel takes a whole number from 1 to 256", 1),
    ("atlas.project('nobody')", "GET nobody: 404", 1),
    (
      "atlas.request{ method = 'POST', path = '/x' }",
      "atlas.request may only read; writes belong to a project: project:request{ method = \"POST\", … }",
      1
    ),
    ("params.region = 'US'", "params is read-only: region cannot be set", 1),
  ]

  @Test(arguments: failing.indices) func `what ends a script has its line`(index: Int) async throws
  {
    let (text, summary, line) = Self.failing[index]
    await #expect {
      try await Self.run(text)
    } throws: { error in
      let diagnostic = error as? Diagnostic
      return diagnostic?.summary == summary && (line == nil || diagnostic?.position?.line == line)
    }
  }

  @Test func `a migration has no lists`() async throws {
    let plan = try await Bench.plan("atlas.projects()")
    #expect(plan.reason == "atlas.projects is for automations: godwit run")
  }
}
