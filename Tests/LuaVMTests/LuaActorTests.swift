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
            turn = await actor.resume(.values(Array(request.arguments)))
          }
          guard case .finished(let values) = turn.step else { return nil }
          return values.first
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == Array(repeating: 1275, count: 300))
  }

  /// Limits under which only a cancellation ends a script that spins.
  static let patient: LuaLimits = {
    var limits = LuaLimits()
    limits.processorTimeBetweenRequests = .seconds(1000)
    limits.processorTime = .seconds(1000)
    limits.instructions = .max
    return limits
  }()

  /// Starts a script that never ends, and does something else meanwhile.
  static func spinning(
    width: Int,
    source: String = "while true do end",
    meanwhile: (LuaThreadPool) async throws -> Void
  ) async throws -> LuaError? {
    let pool = LuaThreadPool(width: width)
    let busy = try actor(pool, patient)
    let endless = try program(source)
    async let turn = busy.start(entry: "run", program: endless)
    try await Task.sleep(for: .milliseconds(50))
    try await meanwhile(pool)
    busy.cancel()
    guard case .failed(let error) = await turn.step else { return nil }
    return error
  }

  @Test(arguments: 1...2)
  func `a script that spins holds up no other session`(width: Int) async throws {
    let error = try await Self.spinning(width: width) { pool in
      for _ in 0..<2 * width {
        let other = try Self.actor(pool)
        guard case .finished = await other.start(entry: "echo").step else {
          Issue.record("the other session failed")
          return
        }
      }
    }
    #expect(error?.kind == .cancelled)
  }

  /// Scripts that compute for long, and are to give the same as without interruptions.
  static let long: [String] = [
    "local n = 0 for i = 1, 3000000 do n = n + i % 7 end return n == 8999997",
    "local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end "
      + "return f(25) == 75025",
    "local n = 0 for i in coroutine.wrap(function() for i = 1, 10000 do local x = 0 "
      + "for j = 1, 100 do x = x + j end coroutine.yield(x) end end) do n = n + i end "
      + "return n == 50500000",
    "local ok, n = pcall(function() local n = 0 for i = 1, 2000000 do n = n + 1 end return n end) "
      + "return ok and n == 2000000",
    "local t = {} for i = 1, 100000 do t[i] = (i * 7919) % 100003 end "
      + "table.sort(t, function(a, b) return a < b end) return t[1] < t[2]",
    "local o = setmetatable({}, {__index = function(_, k) local n = 0 for i = 1, k do n = n + 1 end "
      + "return n end}) return o[2000000] == 2000000",
    "local function deep(n) if n == 0 then local x = 0 for i = 1, 2000000 do x = x + 1 end return x "
      + "end return coroutine.wrap(deep)(n - 1) end return deep(20) == 2000000",
    "local n = 0 for i = 1, 50 do for j = 1, 20000 do n = n + 1 end n = n + ask(i) - i end "
      + "return n == 1000000",
  ]

  @Test(arguments: long)
  func `a script that computes lets others on its thread go on`(source: String) async throws {
    let pool = LuaThreadPool(width: 1)
    let busy = try Self.actor(pool)
    let program = try Self.program(source)
    async let result: LuaValue? = {
      var turn = await busy.start(entry: "run", program: program)
      while case .request(let request) = turn.step {
        turn = await busy.resume(.values(Array(request.arguments)))
      }
      guard case .finished(let values) = turn.step else { return nil }
      return values.first
    }()
    let other = try Self.actor(pool)
    for _ in 0..<10 {
      guard case .finished = await other.start(entry: "echo").step else {
        Issue.record("the other session failed")
        return
      }
    }
    #expect(await result == true)
  }

  @Test(arguments: [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "('a'):rep(50000):find('.-.-.-.-b')", "while true do coroutine.wrap(function() end)() end",
  ])
  func `a cancellation stops a script that spins`(source: String) async throws {
    let error = try await Self.spinning(width: 1, source: source) { _ in }
    #expect(error?.kind == .cancelled)
  }

  @Test func `cancelling the task cancels the script`() async throws {
    let actor = try Self.actor(LuaThreadPool(width: 1), Self.patient)
    let endless = try Self.program("while true do end")
    let task = Task { await actor.start(entry: "run", program: endless) }
    task.cancel()
    guard case .failed(let error) = await task.value.step else {
      Issue.record("went on")
      return
    }
    #expect(error.kind == .cancelled)
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
