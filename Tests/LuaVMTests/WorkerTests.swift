import LuaVM
import Testing

/// Coroutines whose requests do not hold up who began them: `host.begin` and `host.take`.
@Suite struct WorkerTests {
  @Test func `a worker waits for answers that are its own`() throws {
    let found = try run(
      """
      local co = coroutine.create(function(x)
        local a = ask(x, 'q')
        return a, ask('r')
      end)
      local first = select('#', begin(co, 'p'))
      local second = select('#', take('answer', 'A', co))
      return first, second, take('answer', 'B', co)
      """
    )
    #expect(found == [0, 0, true, "A", "B"])
  }

  @Test func `workers go on in any order, through coroutines of their own`() throws {
    let found = try run(
      """
      local function worker(name)
        return coroutine.create(function()
          local inner = coroutine.wrap(function()
            coroutine.yield(ask(name))
            coroutine.yield(ask(name) .. '!')
          end)
          return inner() .. inner()
        end)
      end
      local one, two = worker('one'), worker('two')
      begin(one) begin(two)
      take('answer', 'b', two) take('answer', 'a', one)
      local _, last = take('answer', 'B', two)
      local _, first = take('answer', 'A', one)
      return first, last
      """
    )
    #expect(found == ["aA!", "bB!"])
  }

  /// What a script tries with a coroutine `co` that waits for an answer.
  static let intrusions = [
    "coroutine.resume(co)", "coroutine.resume(co, 1, 2)", "coroutine.close(co)",
    "pcall(coroutine.wrap(function() return coroutine.resume(co) end))",
  ]

  @Test(arguments: intrusions)
  func `a coroutine that waits for the host is continued by nobody else`(intrusion: String) throws {
    let found = try run(
      """
      local inner, worker
      worker = coroutine.create(function()
        inner = coroutine.create(function() return ask('q') end)
        return coroutine.resume(inner)
      end)
      begin(worker)
      for _, co in ipairs{ inner, worker } do
        assert(coroutine.status(co) == 'normal')
        local ok, sign, text = pcall(function() return \(intrusion) end)
        assert(not ok or sign == false or text == false)
      end
      -- A question of the main program gets its own answer.
      assert(ask('own') == 'own')
      return take('answer', 'A', worker)
      """
    )
    #expect(found == [true, true, "A"])
  }

  @Test func `a worker is the main program to its function, and cannot yield`() throws {
    let found = try run(
      """
      local _, sign, isMain, isYieldable, text = begin(coroutine.create(function()
        local _, isMain = coroutine.running()
        local ok, text = pcall(coroutine.yield, 1)
        return ok, isMain, coroutine.isyieldable(), text
      end))
      return sign, isMain, isYieldable, text
      """
    )
    #expect(found == [false, true, false, "attempt to yield from outside a coroutine"])
  }

  @Test func `what waits to be fetched is bounded, and goes on once it was fetched`() throws {
    var limits = LuaLimits()
    limits.postBytes = .max
    let session = try makeSession(limits)
    let program = try LuaProgram.compile(
      source: Array(
        """
        local line = ('x'):rep(1000000)
        for _ = 1, 40 do tell(line) end
        ask()
        tell('after')
        """.utf8
      ),
      name: "test.lua"
    )
    _ = session.start(entry: "run", program: program)
    let first = session.takePosts()
    #expect(first.count(where: { $0.name == "tell" }) == 16)
    #expect(first.last?.name == LuaPost.suppressed)
    _ = session.resume(.values([]))
    #expect(session.takePosts().map(\.arguments) == [[.string("after")]])
  }

  @Test func `an error and plain results come back at once`() throws {
    let found = try run(
      """
      local function outcome(...) return select('#', ...), ... end
      local failing = coroutine.create(function() error('so', 0) end)
      local done = coroutine.create(function(x) return x, 2 end)
      local count, ok, message = outcome(begin(failing))
      return count, ok, message, outcome(begin(done, 1))
      """
    )
    #expect(found == [2, false, "so", 3, true, 1, 2])
    #expect(try run("return begin(coroutine.running())").first == false)
    #expect(failure("begin(5)")?.message.contains("coroutine expected") == true)
    #expect(failure("take('answer', 'A', 5)") != nil)
  }

  @Test func `a worker that computes for long is interrupted and goes on`() async throws {
    let source = """
      local co = coroutine.create(function()
        local sum = 0
        for i = 1, 3000000 do sum = sum + 1 end
        local answer = ask('x')
        for i = 1, 3000000 do sum = sum + 1 end
        return sum, answer
      end)
      begin(co)
      return take('answer', 'A', co)
      """
    let lua = LuaActor(
      pool: LuaThreadPool(width: 1),
      limits: LuaLimits(),
      prelude: try LuaProgram.compile(prelude: testPrelude, name: "prelude")
    )
    let program = try LuaProgram.compile(source: Array(source.utf8), name: "w.lua")
    var turn = await lua.start(entry: "run", program: program)
    var requests = 0
    while case .request(let request) = turn.step {
      requests += 1
      turn = await lua.resume(.values(Array(request.arguments)))
    }
    guard case .finished(let values) = turn.step else {
      Issue.record("\(turn.step)")
      return
    }
    #expect(values == [true, 6_000_000, "A"])
    #expect(requests == 2)
  }

  @Test func `a limit that a worker reaches ends the session`() {
    var limits = LuaLimits()
    limits.instructions = 1_000_000
    let error = failure(
      "pcall(begin, coroutine.create(function() while true do end end)) return 'on'",
      limits: limits
    )
    #expect(error?.kind == .limit(.instructions(1_000_000)))
  }

  @Test func `a kind can say something about names that it does not have`() throws {
    let prelude = testPrelude.replacing(
      "return {",
      with: """
          host.methods("shy", { __index = function(value, key) host.raise("no " .. key) end })
          return {
        """
    )
    let session = try LuaSession(
      limits: LuaLimits(),
      prelude: LuaProgram.compile(prelude: prelude, name: "prelude")
    )
    let program = try LuaProgram.compile(
      source: Array(
        "local value = ... return value.known, pcall(function() return value.x end)".utf8
      ),
      name: "k.lua"
    )
    let shy = LuaOpaque(kind: "shy", payload: "p", display: "shy", fields: ["known": 1])
    guard
      case .finished(let values) = session.start(
        entry: "run",
        program: program,
        arguments: [.opaque(shy)]
      )
    else {
      Issue.record("not finished")
      return
    }
    #expect(values == [1, false, "k.lua:1: no x"])
  }
}
