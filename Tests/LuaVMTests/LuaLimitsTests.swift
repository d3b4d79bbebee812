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

  /// Scripts that never end by themselves, and what ends them.
  static let endless: [(String, LuaLimit)] = [
    ("while true do end", stepTime),
    ("while true do pcall(function() while true do end end) end", stepTime),
    (
      "while true do xpcall(function() while true do end end, function() while true do end end) end",
      stepTime
    ),
    (
      "local co = coroutine.wrap(function() while true do end end) while true do pcall(co) end",
      stepTime
    ),
    (
      "while true do local co = coroutine.create(function() while true do end end) "
        + "coroutine.resume(co) end", stepTime
    ),
    (
      "local function node(n) if n == 0 then return end for i = 1, 2 do "
        + "coroutine.wrap(node)(n - 1) end end node(60)", stepTime
    ),
    ("while true do coroutine.wrap(function() end)() end", stepTime),
    (
      "local co = coroutine.wrap(function() while true do coroutine.yield() end end) "
        + "while true do co() end", stepTime
    ),
    ("('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(41))", stepTime),
    ("('a'):rep(5000):find('.-.-.-.-b')", stepTime),
    ("string.gsub(('a'):rep(5000), '.-.-.-.-b', '')", stepTime),
    ("for _ in ('a'):rep(5000):gmatch('.-.-.-.-b') do end", stepTime),
    ("('('):rep(100000):find('%b()')", stepTime),
    ("table.sort({3, 2, 1}, function(a, b) while true do end end)", stepTime),
    ("table.move({}, 1, 1 << 60, 2)", stepTime),
    ("table.insert(setmetatable({}, {__len = function() return 1 << 60 end}), 1, 1)", stepTime),
    ("table.remove(setmetatable({}, {__len = function() return 1 << 60 end}), 1)", stepTime),
    (
      "table.concat(setmetatable({}, {__index = function() return '' end}), '', 1, 1 << 60)",
      stepTime
    ),
    ("setmetatable({}, {__index = function(t, k) return t[k + 1] end})[1]() ", .memory(bytes: 0)),
    (
      "local t = setmetatable({}, {__index = function() while true do end end}) "
        + "for i, v in ipairs(t) do end", stepTime
    ),
    ("tostring(setmetatable({}, {__tostring = function() while true do end end}))", stepTime),
    ("error(setmetatable({}, {__tostring = function() while true do end end}))", .memory(bytes: 0)),
    (
      "local t = {} for i = 1, 30000 do t[i] = ('k'):rep(200) .. i end "
        + "while true do for k in pairs(t) do end end", stepTime
    ),
    ("local t = {} for i = 1, 100000 do t['k' .. i] = 1 end while true do next(t) end", stepTime),
    ("local s = (' '):rep(3000000) .. '1' while true do local x = s + 1 end", stepTime),
    ("local s = (' '):rep(3000000) .. '1' while true do local x = math.floor(s) end", stepTime),
    ("local s = ('x'):rep(3000000) while true do local x = s:upper() end", stepTime),
    ("local s = ('x'):rep(3000000) while true do utf8.len(s) end", stepTime),
    (
      "local a, b = ('x'):rep(3000000), ('x'):rep(3000000) while true do local c = a == b end",
      stepTime
    ),
    (
      "local a, b = ('x'):rep(3000000) .. 'a', ('x'):rep(3000000) .. 'b' "
        + "while true do local c = a < b end", stepTime
    ),
    ("local s = ('x'):rep(2000000) while true do s:find('y', 1, true) end", stepTime),
    ("local s = '' while true do s = ('%s%s'):format(s, 'x') end", stepTime),
    ("while true do string.rep('', 1 << 60) end", stepTime),
    ("while true do select(-1, table.unpack({}, 1, 50000)) end", stepTime),
    ("goto a ::b:: goto a ::a:: goto b", stepTime),
    ("while true do pcall(error, {}) end", stepTime),
    ("while true do pcall(string.rep) end", stepTime),
  ]

  @Test(arguments: endless)
  func `a script that never ends by itself is ended`(source: String, limit: LuaLimit) {
    let clock = ContinuousClock()
    var error: LuaError?
    let time = clock.measure { error = failure(source, limits: Self.small()) }
    if case .memory(bytes: 0) = limit {
      #expect(error?.kind == .script)
    } else {
      #expect(error?.kind == .limit(limit))
      #expect(error?.position?.line == 1)
    }
    #expect(time < .seconds(10))
  }

  /// Scripts that want more memory than there is, however they go about it.
  static let hungry: [String] = [
    "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
    "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(100000) .. #t end) end",
    "local s = 'x' while true do s = s .. s end",
    "local s = 'x' while true do pcall(function() s = s .. s end) end",
    "('x'):rep(1 << 30)",
    "pcall(string.rep, 'x', 1 << 30) return 1",
    "xpcall(string.rep, function() return 1 end, 'x', 1 << 30) return 1",
    "coroutine.resume(coroutine.create(string.rep), 'x', 1 << 30) return 1",
    "pcall(coroutine.wrap(string.rep), 'x', 1 << 30) return 1",
    "local t = {} for i = 1, 1e9 do t[i] = i end",
    "local t = {} for i = 1, 1e9 do t[i] = {} end",
    "local t = {} for i = 1, 900 do t[i] = coroutine.wrap(function() local x = ('x'):rep(1 << 16) "
      + ".. i coroutine.yield() end) t[i]() end while true do t[#t + 1] = {} end",
    "local t = {('x'):rep(1000000)} for i = 1, 100 do t[i] = t[1] end table.concat(t)",
    "string.gsub(('x'):rep(1000000), 'x', ('y'):rep(100))",
    "table.pack(table.unpack({}, 1, 900000)) local t = {} while true do t[#t + 1] = {} end",
    "string.format(('%s'):rep(100), table.unpack((function() local t = {} for i = 1, 100 do "
      + "t[i] = ('x'):rep(100000) end return t end)()))",
  ]

  @Test(arguments: hungry)
  func `memory is bounded, and running out of it cannot be caught`(source: String) {
    var limits = Self.small()
    limits.processorTimeBetweenRequests = .seconds(10)
    switch failure(source, limits: limits)?.kind {
    case .limit(.memory(bytes: limits.memoryBytes)): break
    case .limit(.allocation(bytes: limits.allocationBytes)): break
    case let kind: Issue.record("ended with \(String(describing: kind))")
    }
  }

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
