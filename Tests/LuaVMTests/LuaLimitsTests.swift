import LuaVM
import Testing

@Suite struct LuaLimitsTests {
  static func small() -> LuaLimits {
    var limits = LuaLimits()
    limits.processorTimeBetweenRequests = .milliseconds(100)
    limits.memoryBytes = 16 << 20
    limits.allocationBytes = 4 << 20
    return limits
  }

  static let stepTime = LuaLimit.processorTimeBetweenRequests(.milliseconds(100))

  @Test func `the heap stays below its limit`() throws {
    let session = try makeSession(Self.small())
    let program = try LuaProgram.compile(
      source: Array("local t = {} while true do t[#t + 1] = {} end".utf8),
      name: "t.lua"
    )
    _ = session.start(entry: "run", program: program)
    #expect(session.statistics.memoryPeakBytes <= 16 << 20)
    #expect(session.statistics.memoryPeakBytes > 14 << 20)
  }

  @Test func `instructions are counted, also those in C and in coroutines`() throws {
    var limits = LuaLimits()
    limits.instructions = 1_000_000
    for source in [
      "while true do end", "while true do coroutine.wrap(function() end)() end",
      "('a'):rep(5000):find('.-.-.-.-b')", "while true do pcall(error) end",
    ] {
      #expect(failure(source, limits: limits)?.kind == .limit(.instructions(1_000_000)))
    }
  }

  @Test func `processor time in all is bounded across requests`() throws {
    var limits = LuaLimits()
    limits.processorTime = .milliseconds(100)
    let error = failure("while true do for i = 1, 100000 do end ask() end", limits: limits)
    #expect(error?.kind == .limit(.processorTime(.milliseconds(100))))
  }

  @Test func `a session that waited too long ends when it is answered`() throws {
    var limits = LuaLimits()
    limits.wallClock = .zero
    let error = failure("for i = 1, 1e9 do ask() end", limits: limits)
    #expect(error?.kind == .limit(.wallClock(.zero)))
  }

  @Test func `living coroutines are bounded, dead ones are not`() throws {
    var limits = LuaLimits()
    limits.coroutines = 10
    let many = "for i = 1, 1000 do coroutine.wrap(function() end)() end return true"
    #expect(try run(many, limits: limits) == [true])
    let kept = "local t = {} for i = 1, 1000 do t[i] = coroutine.create(print) end"
    #expect(failure(kept, limits: limits)?.kind == .limit(.coroutines(10)))
  }

  @Test func `a session that was stopped stays stopped`() throws {
    let session = try makeSession(Self.small())
    let program = try LuaProgram.compile(source: Array("while true do end".utf8), name: "t.lua")
    for _ in 0..<3 {
      guard case .failed(let error) = session.start(entry: "run", program: program) else {
        Issue.record("went on")
        return
      }
      #expect(error.kind == .limit(Self.stepTime))
    }
  }

  @Test func `a session goes on after an error of the script`() throws {
    let session = try makeSession()
    let program = try LuaProgram.compile(source: Array("error('x')".utf8), name: "t.lua")
    guard case .failed(let error) = session.start(entry: "run", program: program) else {
      Issue.record("did not fail")
      return
    }
    #expect(error.kind == .script)
    guard case .finished(let values) = session.start(entry: "echo", arguments: [1, "a"]) else {
      Issue.record("did not finish")
      return
    }
    #expect(values == [1, "a"])
  }

  @Test func `posts beyond their volume are dropped with one notice`() throws {
    var limits = LuaLimits()
    limits.postBytes = 1000
    let session = try makeSession(limits)
    let program = try LuaProgram.compile(
      source: Array("for i = 1, 1000 do print('0123456789') end".utf8),
      name: "t.lua"
    )
    _ = session.start(entry: "run", program: program)
    let posts = session.takePosts()
    #expect(posts.count > 10 && posts.count < 40)
    #expect(posts.filter { $0.name == LuaPost.suppressed }.count == 1)
    #expect(posts.last?.name == LuaPost.suppressed)
  }
}
