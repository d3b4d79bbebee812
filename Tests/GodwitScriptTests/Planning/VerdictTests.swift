import GodwitCore
import GodwitScript
import Testing

@Suite struct VerdictTests {
  private static let write = "all:update('DATADOG', { region = 'EU', apiKey = params.key })"

  /// A body, then outcome, reason and line of its project.
  static let verdicts: [(String, ProjectOutcome, String?, Int?)] = [
    ("", .unchanged, nil, nil), ("return nil", .unchanged, nil, nil), (write, .changed, nil, nil),
    ("return skip('no reason')", .skipped, "no reason", 2),
    ("return hold('ask')", .held, "ask", 2), ("\nmanual{ title = 'do it' }", .manual, nil, nil),
    (write + " manual{ title = 'do it' }", .changed, nil, nil),
    (write + "\nreturn skip('late')", .failed, "skip after a write", 3),
    ("\nskip('x')", .failed, "skip was called and not returned", 3),
    ("hold('x')", .failed, "hold was called and not returned", 2),
    ("skip('x')\nreturn hold('y')", .failed, "skip was called and not returned", 2),
    ("local s = skip('x')\nhold('y') return s", .failed, "hold was called and not returned", 3),
    ("skip('x') return 5", .failed, "skip was called and not returned", 2),
    ("return 5", .failed, "migrate returned a number", 1),
    ("return false", .failed, "migrate returned a boolean", 1),
    ("return {}", .failed, "migrate returned a table", 1),
    ("return nil, 'oops'", .failed, "migrate returned a string", 1),
    ("return all:get('DATADOG')", .failed, "migrate returned a table", 1),
    (
      "return setmetatable({}, { __eq = function() return true end })", .failed,
      "migrate returned a table", 1
    ),
    ("\nskip()", .failed, "skip takes a reason: return skip(\"...\")", 3),
    ("error('broken')", .failed, "broken", 2), ("\nassert(false, 'so')", .failed, "so", 3),
    ("assert(nil)", .failed, "assertion failed!", 2), ("error()", .failed, nil, 2),
    ("\nreturn skip()", .failed, "skip takes a reason: return skip(\"...\")", 3),
    ("return hold(5)", .failed, "hold takes a reason: return hold(\"...\")", 2),
    (
      "if project.id == '' then\nreturn skip() end\nreturn skip()", .failed,
      "skip takes a reason: return skip(\"...\")", 1
    ),
    ("error({})", .failed, "error object {}", 2),
    (
      "error(setmetatable({}, { __tostring = function() return 'mine' end }))", .failed,
      "(error object is a table with a metatable)", 2
    ),
    ("error(setmetatable({ code = 5 }, {}))", .failed, "error object {\"code\":5}", 2),
    ("error{ message = 'in a table' }", .failed, "error object in a table", 2),
    ("error{ f = print }", .failed, "(error object is a table value)", 2),
    ("\nlocal x = nil\nx.y = 1", .failed, "attempt to index a nil value (local 'x')", 4),
    ("return skip('a\\255b')", .skipped, "a\u{FFFD}b", 2),
  ]

  @Test(arguments: verdicts) func `what a script says decides the outcome`(
    body: String,
    outcome: ProjectOutcome,
    reason: String?,
    line: Int?
  ) async throws {
    let plan = try await Bench.plan(body, on: [Bench.datadog])
    #expect(plan.outcome == outcome)
    if let reason { #expect(plan.reason == reason) }
    #expect(plan.position?.line == line)
    if outcome == .failed { #expect(plan.operations.isEmpty && plan.tasks.isEmpty) }
  }

  @Test func `a held project shows its operations`() async throws {
    let plan = try await Bench.plan(Self.write + "\nreturn hold('x')", on: [Bench.datadog])
    #expect(plan.outcome == .held)
    #expect(plan.verbs == ["update DATADOG"])
    #expect(plan.operations.first?.position?.line == 2)
  }

  @Test func `a task has title, address and detail`() async throws {
    let plan = try await Bench.plan(
      "manual{ title = 'a', url = 'https://x', detail = project.name } manual{ title = 'b' }"
    )
    #expect(plan.tasks.map(\.title) == ["a", "b"])
    #expect(plan.tasks.first?.url == "https://x")
    #expect(plan.tasks.first?.detail == "prod-eu")
  }

  @Test func `tasks are not lost in a flood of lines`() async throws {
    let plan = try await Bench.plan(
      "for i = 1, 3000 do print(('x'):rep(1000)) end manual{ title = 'do it' }"
    )
    #expect(plan.outcome == .manual)
    #expect(plan.tasks.map(\.title) == ["do it"])
  }

  static let tasks = [
    ("manual()", "manual takes a table with a title: manual{ title = \"...\" }"),
    ("manual{ url = 'x' }", "manual takes a table with a title: manual{ title = \"...\" }"),
    ("manual{ title = 5 }", "manual takes text for title, not a number"),
    ("manual{ title = 'x', link = 'y' }", "manual takes title, url, detail and type, not link"),
  ]

  @Test(arguments: tasks) func `a task that is no task is refused`(
    body: String,
    reason: String
  ) async throws {
    let plan = try await Bench.plan(body)
    #expect(plan.outcome == .failed)
    #expect(plan.reason == reason)
  }

  @Test func `select leaves projects out, before anything is read`() async throws {
    func planned(_ select: String) async throws -> ProjectPlanner.Planned {
      try await Bench.plan(
        whole: "return { select = function(project) \(select) end, migrate = function() end }"
      )
    }
    for select in ["return project.clusterCount > 5", "return nil", ""] {
      guard case .refused = try await planned(select) else {
        Issue.record("not refused: \(select)")
        continue
      }
    }
    guard case .plan(let plan) = try await planned("return project.tags.env == 'prod'") else {
      Issue.record("refused")
      return
    }
    #expect(plan.outcome == .unchanged)
    let calls = [
      "project.integrations:list()", "skip('x')", "sleep(1)", "manual{ title = 'x' }",
    ]
    for call in calls {
      guard case .plan(let plan) = try await planned(call) else { continue }
      #expect(plan.outcome == .failed)
      #expect(plan.reason?.hasSuffix("cannot be called in select") == true)
    }
  }

  @Test func `what one project does to its globals is never seen by another`() async throws {
    let text = """
      count = (count or 0) + 1
      string.mark = (string.mark or 0) + 1
      local module = require "lib.m"
      return { migrate = function(project)
        total = (total or 0) + 1
        module.n = module.n + 1
        print(count, total, module.n, string.mark)
      end }
      """
    let migration = try await Bench.migration(text, modules: ["lib.m": "return { n = 0 }"])
    let policy = DraftPolicy(may: migration.may)
    let planner = ProjectPlanner(
      migration: migration,
      inputs: ScriptInputs(),
      policy: policy,
      reads: Memory().reads
    )
    for _ in 0..<3 {
      guard case .plan(let plan) = await planner.plan(Bench.project) else { continue }
      #expect(plan.logs.map(\.message) == ["1\t1\t1\t1"])
    }
  }

  @Test func `random numbers are the same for a project, and others for another`() async throws {
    let text = "return { migrate = function() print(math.random(1 << 60)) end }"
    func number(_ project: Project) async throws -> String? {
      guard case .plan(let plan) = try await Bench.plan(whole: text, project: project) else {
        return nil
      }
      return plan.logs.first?.message
    }
    var other = Bench.project
    other.id = ProjectID("65f000000000000000000002")
    let first = try await number(Bench.project)
    #expect(first != nil)
    #expect(try await number(Bench.project) == first)
    #expect(try await number(other) != first)
  }
}
