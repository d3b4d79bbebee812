import LuaVM
import Testing

@Suite struct LuaActorTests {
  static func actor(_ pool: LuaThreadPool, _ limits: LuaLimits = LuaLimits()) throws -> LuaActor {
    LuaActor(
      pool: pool,
      limits: limits,
      prelude: try LuaProgram.compile(prelude: testPrelude, name: "prelude")
    )
  }

  static func program(_ source: String) throws -> LuaProgram {
    try LuaProgram.compile(source: Array(source.utf8), name: "test.lua")
  }

  @Test func `hundreds of sessions wait at once on a few threads`() async throws {
    let pool = LuaThreadPool(width: 2)
    let program = try Self.program("local n = 0 for i = 1, 50 do n = n + ask(i) end return n")
    let sums = try await withThrowingTaskGroup(of: LuaValue?.self) { group in
      for _ in 0..<300 {
        let actor = try Self.actor(pool)
        group.addTask {
          var turn = await actor.start(entry: "run", program: program)
          while case .request(let request) = turn.step {
            await Task.yield()
            turn = await actor.resume(.values(request.arguments))
          }
          guard case .finished(let values) = turn.step else { return nil }
          return values.first
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == Array(repeating: 1275, count: 300))
  }

  @Test func `a script that computes does not hold up sessions on other threads`() async throws {
    let pool = LuaThreadPool(width: 2)
    var limits = LuaLimits()
    limits.processorTimeBetweenRequests = .seconds(1)
    let busy = try Self.actor(pool, limits)
    let other = try Self.actor(pool)
    let endless = try Self.program("while true do end")
    let clock = ContinuousClock()
    async let turn = busy.start(entry: "run", program: endless)
    try await Task.sleep(for: .milliseconds(50))
    let time = await clock.measure { _ = await other.start(entry: "echo") }
    #expect(time < .milliseconds(800))
    guard case .failed(let error) = await turn.step else {
      Issue.record("went on")
      return
    }
    #expect(error.kind == .limit(.processorTimeBetweenRequests(.seconds(1))))
  }

  @Test(arguments: [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "('a'):rep(50000):find('.-.-.-.-b')", "while true do coroutine.wrap(function() end)() end",
  ])
  func `cancelling the task stops a script that spins`(source: String) async throws {
    let pool = LuaThreadPool(width: 1)
    let actor = try Self.actor(pool)
    let endless = try Self.program(source)
    let task = Task { await actor.start(entry: "run", program: endless) }
    try await Task.sleep(for: .milliseconds(50))
    let clock = ContinuousClock()
    let start = clock.now
    task.cancel()
    guard case .failed(let error) = await task.value.step else {
      Issue.record("went on")
      return
    }
    #expect(error.kind == .cancelled)
    #expect(start.duration(to: clock.now) < .seconds(1))
  }

  @Test func `a session that waits fails when it is resumed after a cancellation`() async throws {
    let actor = try Self.actor(LuaThreadPool(width: 1))
    let turn = await actor.start(entry: "run", program: try Self.program("pcall(ask) return 1"))
    guard case .request = turn.step else {
      Issue.record("no request")
      return
    }
    actor.cancel()
    guard case .failed(let error) = await actor.resume(.values([])).step else {
      Issue.record("went on")
      return
    }
    #expect(error.kind == .cancelled)
  }

  @Test func `posts come with the step that made them`() async throws {
    let actor = try Self.actor(LuaThreadPool(width: 1))
    let turn = await actor.start(
      entry: "run",
      program: try Self.program("print('a') ask() print('b')")
    )
    #expect(turn.posts.map(\.arguments) == [["a"]])
    #expect(await actor.resume(.values([])).posts.map(\.arguments) == [["b"]])
  }
}
