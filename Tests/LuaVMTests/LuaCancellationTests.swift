import Foundation
import LuaVM
import Synchronization
import Testing

@Suite struct LuaCancellationTests {
  @Test(arguments: [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "('a'):rep(50000):find('.-.-.-.-b')", "while true do coroutine.wrap(function() end)() end",
  ])
  func `a script that spins ends soon after it was cancelled`(source: String) throws {
    var limits = LuaLimits()
    limits.processorTimeBetweenRequests = .seconds(1000)
    limits.processorTime = .seconds(1000)
    limits.instructions = .max
    let cancellation = LuaCancellation()
    let session = try LuaSession(
      limits: limits,
      prelude: LuaProgram.compile(prelude: testPrelude, name: "prelude"),
      cancellation: cancellation
    )
    let program = try LuaProgram.compile(source: Array(source.utf8), name: "spin.lua")
    let cancelled = Mutex(ContinuousClock.now)
    // A thread of its own: the pool of tasks may be busy with other tests.
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.05)
      cancelled.withLock { $0 = .now }
      cancellation.cancel()
    }
    guard case .failed(let error) = session.start(entry: "run", program: program) else {
      Issue.record("went on")
      return
    }
    #expect(error.kind == .cancelled)
    // Some milliseconds, see the benchmarks; much more where there is much else to do.
    #expect(cancelled.withLock { $0 }.duration(to: .now) < .seconds(60))
  }
}
