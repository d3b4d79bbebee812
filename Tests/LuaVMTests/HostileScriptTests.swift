import LuaVM
import Testing

/// Scripts that crash, hang or starve a host of Lua 5.4.4 that does the usual things only.
///
/// They run on a Lua thread, as in the program. All must come to an end of whatever kind, and
/// quickly; the sessions after them must be well.
@Suite struct HostileScriptTests {
  static let pool = LuaThreadPool(width: 2)

  static let scripts: [String] = [
    // A concatenation metamethod that makes the stack grow.
    "local m = {__concat = function(a, b) local function f(n) if n > 0 then return f(n - 1) + 1 end "
      + "return 0 end f(100000) return 'x' end} local o = setmetatable({}, m) return 'a' .. o .. 'b' "
      + ".. o",
    // Weak metatables under a cap of memory.
    "local m = setmetatable({}, {__mode = 'k'}) for i = 1, 1e6 do "
      + "local a = setmetatable({}, {__newindex = setmetatable({}, {__mode = 'v'})}) a[i] = {} end",
    "local t = {} setmetatable(t, {__mode = 'kv'}) while true do t[{}] = {} end",
    // Closing coroutines that close coroutines.
    "local co for i = 1, 20000 do local c = co co = coroutine.create(function() "
      + "local x <close> = setmetatable({}, {__close = function() coroutine.close(c) end}) "
      + "coroutine.yield() end) coroutine.resume(co) end coroutine.close(co)",
    "local co = coroutine.wrap(function() local x <close> = setmetatable({}, {__close = print}) end) "
      + "co()",
    // Finalizers, and what else runs by itself.
    "setmetatable({}, {__gc = function() while true do end end}) for i = 1, 1e6 do local t = {} end",
    "local m = {} local o = setmetatable({}, m) m.__gc = function() while true do end end o = nil "
      + "for i = 1, 1e6 do local t = {} end",
    // The stack of C.
    "local function f(s) return (s:gsub('.', f)) end f('x')",
    "local function f() return pcall(f) end f()",
    "local function f() return xpcall(f, f) end f()",
    "local function f() return select(2, pcall(f)) end f()",
    "local function f() return coroutine.wrap(f)() end f()",
    "local function f() local co = coroutine.create(f) return coroutine.resume(co) end f()",
    "local function f() table.sort({1, 2, 3}, f) end f()",
    "local t = setmetatable({}, {}) local m = {__index = function(t, k) return t[k .. 'x'] end} "
      + "return setmetatable({}, m).x",
    "local m = {} m.__tostring = function(o) return tostring(o) end tostring(setmetatable({}, m))",
    "local m = {} m.__eq = function(a, b) return a == b end "
      + "return setmetatable({}, m) == setmetatable({}, m)",
    "local m = {} m.__lt = function(a, b) return a < b end "
      + "return setmetatable({}, m) < setmetatable({}, m)",
    "local m = {} m.__len = function(a) return #a end return #setmetatable({}, m)",
    "local m = {} m.__call = function(a) return a() end return setmetatable({}, m)()",
    "local m = {} m.__pairs = function(a) return pairs(a) end pairs(setmetatable({}, m))",
    "local m = {} m.__unm = function(a) return -a end return -setmetatable({}, m)",
    "local m = {} m.__index = function(t, k) return rawget(t, k) or t[k] end "
      + "return setmetatable({}, m)[1]",
    "local t = {} for i = 1, 3000 do t = setmetatable({}, {__index = t}) end return t.x",
    "local t = {} t.__index = t setmetatable(t, t) return t.x",
    "local t = {} t.__newindex = t setmetatable(t, t) t.x = 1",
    "local t = {} t.__index = function(_, k) return t[k] end setmetatable(t, t) return t.x",
    "error(setmetatable({}, {__index = error}))",
    "xpcall(error, function(e) error(e) end)",
    "xpcall(error, function(e) return xpcall(error, function() error() end) end)",
    "local function h(e) return xpcall(error, h, e) end xpcall(error, h)",
    "xpcall(function() local function f() f() end f() end, function(m) local function f() f() end f() "
      + "end)",
    "coroutine.wrap(function() xpcall(coroutine.yield, coroutine.yield) end)()",
    "local co co = coroutine.wrap(function() co() end) co()",
    "local co co = coroutine.create(function() coroutine.close(co) end) coroutine.resume(co)",
    "coroutine.resume(coroutine.running())",
    "coroutine.close(coroutine.running())",
    "coroutine.wrap(coroutine.wrap)(coroutine.wrap)",
    "coroutine.wrap(ask)()", "coroutine.wrap(pcall)(ask, 1)", "pcall(pcall, pcall, ask)",
    "for i in coroutine.wrap(ask) do return i end",
    "coroutine.wrap(function() for i in coroutine.wrap(ask), 1 do end end)()",
    // Large values.
    "return ('x'):rep(1 << 24)", "return ('x'):rep(8 << 20)", "return {('x'):rep(9 << 20)}",
    "local t = {} for i = 1, 200 do t = {t} end return t", "local t = {} t[1] = t return t",
    "local t = {} for i = 1, 60000 do t[i] = i end return t",
    "local t = {} for i = 1, 100000 do t[i] = {} end return table.unpack(t)",
    "return table.unpack({}, 1, 900000)", "ask(table.unpack({}, 1, 900000))",
    "return setmetatable({}, {__index = error, __len = error, __pairs = error})",
    "ask({[1e308] = 1, [-1e308] = 2, [0/0 == 0/0] = 3})", "return 0/0, 1/0, -1/0",
    "print(('x'):rep(1 << 20))", "for i = 1, 1e5 do print(i) end",
    "error(('x'):rep(1 << 23))", "error({('x'):rep(1 << 23)})",
    "local t = {} for i = 1, 250 do t[i] = 'a' .. i end "
      + "return (('x'):gsub('x', setmetatable({}, {__index = function() return t end})))",
    // Arguments out of range.
    "return ('x'):sub(math.mininteger, math.maxinteger)", "return ('x'):byte(-1 << 63, 1 << 62)",
    "return ('x'):find('x', math.mininteger)", "return ('x'):find('', math.maxinteger)",
    "return ('x'):rep(math.maxinteger, 'y')", "return ('x'):rep(math.mininteger)",
    "return table.concat({}, 'x', math.mininteger, math.mininteger + 3)",
    "return table.concat({}, 'x', math.maxinteger, math.maxinteger)",
    "return table.unpack({}, math.mininteger, math.maxinteger)",
    "return table.unpack({}, math.maxinteger, math.maxinteger)",
    "return table.move({1}, math.mininteger, math.mininteger, 1)",
    "return table.move({1}, 1, math.maxinteger, 2)",
    "return table.move({1}, -5, math.maxinteger, -7)",
    "return table.insert({}, math.maxinteger, 1)", "return table.remove({}, math.mininteger)",
    "return select(math.mininteger, 1)", "return select(math.maxinteger, 1)",
    "return utf8.char(math.maxinteger)", "return utf8.char(-1)", "return utf8.char(0x7fffffff)",
    "return utf8.codepoint('x', math.mininteger, math.maxinteger)",
    "return utf8.offset('x', math.mininteger)", "return utf8.offset('äx', math.maxinteger, 1)",
    "return utf8.len('x', math.mininteger)", "return math.random(math.mininteger, math.maxinteger)",
    "return math.random(0), math.random(math.maxinteger)", "return math.fmod(math.mininteger, -1)",
    "return math.mininteger // -1, math.mininteger % -1", "return 1 // 0", "return 1 % 0",
    "return 1 << 64, 1 >> 64, 1 << -1, 1 << math.mininteger",
    "for i = math.maxinteger - 1, math.maxinteger do end",
    "for i = 1, 3, 0 do end", "for i = 1, 0/0 do end", "for i = 1.0, math.huge do end",
    "return string.format('%99.99f', 1e308)", "return string.format('%s %s', 1)",
    "return string.format('%', 1)", "return string.format('%10')", "return ('%p'):format(1)",
    "return string.format('%d', '1e1')", "return string.format('%d', 1.5)",
    "return string.format('%q', {})", "return string.format('%q', 0/0)",
    "return string.format('%5$s', 1)", "return string.format('%n', 1)",
    "return string.format(('%d'):rep(1000), table.unpack({}, 1, 1000))",
    "return string.pack('!17i4', 1)", "return string.pack('i17', 1)",
    "return string.pack(('s'):rep(100), table.unpack({}, 1, 100))",
    "return string.pack('s1', ('x'):rep(300))", "return string.unpack('s8', ('\\255'):rep(8))",
    "return string.unpack('z', 'no end')", "return string.unpack('<i4', 'xxxx', -3)",
    "return string.packsize('s')", "return string.packsize(('i8'):rep(1000))",
    "return string.pack('c2147483647', 'x')", "return string.packsize('c2147483647c2147483647')",
    "return os.date('%Ex')", "return os.date(('%c'):rep(100000))", "return os.date('*t', 1 << 60)",
    "return os.date('%Y', -1 << 62)", "return os.time({year = 1 << 60, month = 1, day = 1})",
    "return os.time({year = 2000, month = 1e300, day = 1})",
    "return os.time(setmetatable({}, {__index = function() return 1 end}))",
    "return tonumber(('9'):rep(100000))", "return tonumber('1', 37)", "return tonumber('', 10)",
    "return tonumber(('x'):rep(1 << 20), 36)", "return ('0x' .. ('f'):rep(100000)) + 0",
    // Patterns.
    "return ('x'):find(('('):rep(33) .. 'x')", "return ('x'):find('(()')", "return ('x'):find('%')",
    "return ('x'):find('[')", "return ('x'):find('[^')", "return ('x'):find('[]')",
    "return ('x'):find('[a-')", "return ('x'):find('[%')", "return ('x'):find('%b')",
    "return ('x'):find('%bx')", "return ('x'):find('%f')", "return ('x'):find('%f[')",
    "return ('x'):find('%1')", "return ('x'):find('(x%1)')", "return ('x'):find('%9')",
    "return ('x'):find(')')", "return ('x'):find('()%1')", "return ('x'):gsub('', '%1')",
    "return ('x'):gsub('x', '%')", "return ('x'):gsub('x', '%2')", "return ('x'):gsub('(', 'x')",
    "return ('x'):find(('a?'):rep(300))", "return ('x'):rep(300):match(('(x)'):rep(32))",
    "return ('x'):rep(100000):match('^(.-)*$')",
    "return ('x'):rep(100000):find(('x-'):rep(50) .. 'y')",
    "return ('a'):rep(100000):find(('.*'):rep(20) .. 'b')",
    "return ('['):rep(100000):find('[' .. ('['):rep(100000) .. ']*b')",
    "for a in ('x'):gmatch('') do end", "for a in ('x'):gmatch('()', 1 << 62) do end",
    // Order functions that lie.
    "local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function() return true end)",
    "local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function() return math.random() < 0.5 "
      + "end)",
    "local t = {3, 2, 1} table.sort(t, function(a, b) t[1] = nil t[2] = nil t[3] = nil return a < b "
      + "end)",
    "table.sort({1, 2, 3}, error)", "table.sort({1, 'a', {}})", "table.sort({0/0, 1, 0/0})",
    "table.sort(setmetatable({}, {__len = function() return 1 << 40 end}))",
    "table.sort(setmetatable({}, {__len = function() return -5 end}))",
    "table.sort(setmetatable({}, {__len = function() return 1.5 end}))",
    // Tables that change under a loop.
    "local t = {a = 1, b = 2} for k in pairs(t) do for i = 1, 1000 do t[i] = i end end",
    "local t = {} for i = 1, 1000 do t['k' .. i] = 1 end for k in pairs(t) do for j in pairs(t) do "
      + "t[j] = nil end end",
    "return next({}, 'x')", "return next({}, {})", "return next({1}, 0/0)", "pairs()", "next()",
    "local f, t = pairs({a = 1}) return f(), f(1), f({}, {}), f(t, 'zzz')",
    "local f = pairs({1, 2}) return f({}, 'x'), f({}, math.maxinteger), f(1, 1)",
    "rawset(_G, {}, 1) for k in pairs(_G) do end", "setmetatable(_G, {__index = error}) return x",
    "string.format = nil string = nil return ('x'):upper()", "_G = nil pairs = nil return 1",
    "coroutine.wrap = error pcall = error error = nil ask()",
    "math = setmetatable({}, {__index = error}) tostring = function() end print(1)",
    // The host's own values.
    "return null .. null", "null()", "null.x = 1", "return #null", "return -null",
    "return null < null",
    "return null == null, null ~= {}", "return {[null] = null}", "setmetatable(null, {})",
    "return array(array({}))", "return array(setmetatable({}, {}))", "array(1)", "array(null)",
    "kind()", "position(1, 2)", "complain({})", "complain()", "tell()", "tell({}, {[{}] = 1})",
    "ask()",
  ]

  @Test(arguments: scripts)
  func `a hostile script comes to an end, and the next session is well`(source: String) async throws
  {
    let program: LuaProgram
    do {
      program = try LuaProgram.compile(source: Array(source.utf8), name: "hostile.lua")
    } catch {
      return
    }
    var limits = LuaLimits()
    limits.processorTimeBetweenRequests = .milliseconds(300)
    limits.memoryBytes = 32 << 20
    let prelude = try LuaProgram.compile(prelude: testPrelude, name: "prelude")
    let actor = LuaActor(pool: Self.pool, limits: limits, prelude: prelude)
    var turn = await actor.start(entry: "run", program: program)
    var count = 0
    while case .request(let request) = turn.step, count < 100 {
      turn = await actor.resume(.values(Array(request.arguments)))
      count += 1
    }
    if case .failed(let error) = turn.step {
      #expect(error.kind != .host)
      #expect(error.message.utf8.count <= 8 << 10)
      #expect(!error.message.contains("0x"))
    }
    let other = LuaActor(pool: Self.pool, limits: limits, prelude: prelude)
    guard case .finished(let values) = await other.start(entry: "echo", arguments: [1]).step else {
      Issue.record("the next session failed")
      return
    }
    #expect(values == [1])
  }
}
