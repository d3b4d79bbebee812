import GodwitCore
import GodwitScript
import LuaVM
import Testing

@Suite struct ScriptLimitTests {
  static let hostile: [(String, String, String)] = [
    (
      "while true do end",
      "the script ran too many instructions; the limit is instructions (2000000)", "time"
    ),
    (
      "pcall(function() while true do end end)\nall:delete('DATADOG')",
      "the script ran too many instructions; the limit is instructions (2000000)", "time"
    ),
    (
      "local t = {} for i = 1, 1e9 do t[i] = {} end",
      "the script used up its memory; the limit is memory (4 MiB)", "memory"
    ),
    (
      "local s = ('x'):rep(1 << 24)",
      "the script made a value that is too large; the limit is size of one value (1 MiB)", "memory"
    ),
  ]

  @Test(arguments: hostile) func `a limit fails the project, with what it was`(
    body: String,
    reason: String,
    change: String
  ) async throws {
    var limits = LuaLimits()
    limits.instructions = 2_000_000
    limits.memoryBytes = 4 << 20
    limits.allocationBytes = 1 << 20
    let plan = try await Bench.plan(
      "all:update('DATADOG', { apiKey = params.key }) \(body)",
      on: [Bench.datadog],
      limits: limits
    )
    #expect(plan.outcome == .failed)
    #expect(plan.reason == reason)
    #expect(
      plan.advice == "look for an endless loop or for data that grows at that line; "
        + "--script-limit \(change)=… allows more"
    )
    #expect(plan.position?.line == 2)
    #expect(plan.operations.isEmpty)
  }

  @Test func `sleep takes its time, and lets others go on`() async throws {
    let clock = ContinuousClock()
    let duration = try await clock.measure {
      let plans = try await withThrowingTaskGroup(of: ProjectPlan.self) { group in
        for _ in 0..<200 { group.addTask { try await Bench.plan("sleep(0.5) print('awake')") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(plans.count == 200)
      #expect(plans.allSatisfy { $0.logs.map(\.message) == ["awake"] })
    }
    #expect(duration >= .milliseconds(500))
    // One after the other they would take 100 seconds.
    #expect(duration < .seconds(70))
  }

  @Test func `a sleep longer than a script may take is refused at once`() async throws {
    var limits = LuaLimits()
    limits.wallClock = .seconds(60)
    for seconds in ["1000", "math.huge", "1e300", "math.maxinteger"] {
      let plan = try await Bench.plan("sleep(\(seconds))", limits: limits)
      #expect(plan.outcome == .failed)
      #expect(plan.reason?.hasSuffix(" is longer than a script may take, 60.0 seconds") == true)
    }
  }

  @Test(.timeLimit(.minutes(5)))
  func `cancelling ends a sleep and a loop at once`() async throws {
    for body in ["sleep(1000)", "pcall(sleep, 1000) while true do end", "while true do end"] {
      let migration = try await Bench.migration(Bench.script(body))
      let planner = ProjectPlanner(
        migration: migration,
        inputs: ScriptInputs(),
        policy: DraftPolicy(may: migration.may),
        reads: Memory().reads
      )
      let task = Task { await planner.plan(Bench.project) }
      try await Task.sleep(for: .milliseconds(50))
      task.cancel()
      guard case .plan(let plan) = await task.value else { continue }
      #expect(plan.outcome == .failed)
      #expect(plan.reason == "the script was cancelled")
    }
  }
}
