import Synchronization
import Testing

@testable import LuaVM

@Suite struct LuaWatchdogTests {
  /// What a watchdog reported, and whether the thread shall go on.
  private final class Report: Sendable {
    let labels = Mutex<[String]>([])
    let isReleased = Atomic(false)
  }

  private static func limits() -> LuaLimits {
    var limits = LuaLimits()
    limits.processorTimeBetweenRequests = .milliseconds(20)
    return limits
  }

  @Test(.timeLimit(.minutes(5)))
  func `a session that does not come back is reported by its label`() async throws {
    let report = Report()
    let watchdog = LuaWatchdog(grace: .milliseconds(50)) { label in
      report.labels.withLock { $0.append(label) }
      report.isReleased.store(true, ordering: .relaxed)
    }
    let actor = LuaActor(
      pool: LuaThreadPool(width: 1, watchdog: watchdog),
      limits: Self.limits(),
      prelude: try LuaProgram.compile(prelude: testPrelude, name: "prelude"),
      label: "project x",
      obstacle: { while !report.isReleased.load(ordering: .relaxed) {} }
    )
    // Once let go, the session is as well as any.
    guard case .finished(let values) = await actor.start(entry: "echo", arguments: [1]).step else {
      Issue.record("did not finish")
      return
    }
    #expect(values == [1])
    #expect(report.labels.withLock { $0 } == ["project x"])
  }

  @Test func `sessions that come back in time, at a limit too, are not reported`() async throws {
    let report = Report()
    let watchdog = LuaWatchdog(grace: .milliseconds(500)) { label in
      report.labels.withLock { $0.append(label) }
    }
    let pool = LuaThreadPool(width: 1, watchdog: watchdog)
    let prelude = try LuaProgram.compile(prelude: testPrelude, name: "prelude")
    for source in ["while true do end", "for i = 1, 1e5 do end", "ask(1)"] {
      let actor = LuaActor(pool: pool, limits: Self.limits(), prelude: prelude, label: source)
      let program = try LuaProgram.compile(source: Array(source.utf8), name: "w.lua")
      _ = await actor.start(entry: "run", program: program)
    }
    try await Task.sleep(for: .milliseconds(700))
    #expect(report.labels.withLock { $0 }.isEmpty)
  }
}
