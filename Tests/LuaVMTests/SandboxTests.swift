import LuaVM
import Testing

@Suite struct SandboxTests {
  /// Each of these runs in Lua and must return true.
  static let claims: [String] = [
    "return io == nil and package == nil and debug == nil and load == nil and dofile == nil",
    "return loadfile == nil and collectgarbage == nil and string.dump == nil and warn == nil",
    "return math.randomseed == nil and os.getenv == nil and os.exit == nil and require == nil",
    "return not pcall(string.format, '%p', {})",
    "return tostring({}) == 'table' and tostring(print) == 'function'",
    "return tostring(coroutine.create(print)) == 'thread' and ('%s'):format({}) == 'table'",
    "return getmetatable('x') == nil and getmetatable(null) == nil",
    "return tostring(null) == 'null' and (null and true)",
    "return select('#', 1, nil, nil) == 3 and select(-1, 1, 2) == 2",
    "return tostring(1) == '1' and tostring(1.0) == '1.0' and tostring(nil) == 'nil'",
    "return tostring(setmetatable({}, {__tostring = function() return 'me' end})) == 'me'",
    "return tostring(setmetatable({}, {__name = 'Thing'})) == 'Thing'",
    "return '10' + 1 == 11 and ('x'):rep(3, ',') == 'x,x,x' and ('x'):rep(0) == ''",
    "return ('%5.1f|%d|%q|%s|%x'):format(3.14159, 7, 'a\\n', {1}, 255) == '  3.1|7|\"a\\\\\\n\"|table|ff'",
    "return pcall(string.rep, '', 1 << 60)",
    "local ok, e = pcall(string.rep, 'x', -1) return ok and e == ''",
    "return not pcall(string.rep, 'xx', 1 << 62)",
    "local C = {} C.__index = C function C.f() return 7 end "
      + "local o = setmetatable({}, C) return o.f() == 7 and getmetatable(o) == C",
    "local C = {__gc = 1, __mode = 'k', __close = 1, __concat = function() end} "
      + "local o = setmetatable({}, C) return not pcall(function() return o .. 'x' end)",
    "local M = {__metatable = 'no'} local o = setmetatable({}, M) "
      + "return getmetatable(o) == 'no' and not pcall(setmetatable, o, {})",
    "local M = {} local o = setmetatable({}, M) M.__index = {x = 1} "
      + "return o.x == nil and setmetatable({}, M).x == 1",
    "return getmetatable(setmetatable({}, {})) ~= nil and getmetatable({}) == nil",
    "return rawlen({1, 2}) == 2 and rawequal(_G, _G) and rawget({5}, 1) == 5",
    "local t = {} for k in pairs{5, z = 1, a = 1, [2.5] = 1, [-1] = 1, [true] = 1, [false] = 1} do "
      + "t[#t + 1] = tostring(k) end return table.concat(t, ' ') == '-1 1 2.5 a z false true'",
    "local t, r = {a = 1, b = 2, c = 3, 10, 20}, {} local k, v = next(t) "
      + "while k do r[#r + 1] = k .. '=' .. v k, v = next(t, k) end "
      + "return table.concat(r, ' ') == '1=10 2=20 a=1 b=2 c=3'",
    "local t, n = {a = 1, b = 2, c = 3}, 0 for k in pairs(t) do n = n + 1 t[k] = nil t[k .. 'x'] = 1 "
      + "end return n == 3",
    "local n = 0 for k in pairs(setmetatable({}, {__pairs = function() "
      + "return function(_, i) if not i then return 1 end end end})) do n = n + 1 end return n == 1",
    "local f, g, h = {}, {}, function() end local t, n = {[f] = 1, [g] = 2, [h] = 3, x = 4}, 0 "
      + "local k = next(t) while k do n = n + t[k] k = next(t, k) end return n == 10",
    "return next({}) == nil and next({1}) == 1",
    "local t = {3, 1, 2} table.sort(t) return table.concat(t) == '123'",
    "local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) "
      + "return table.concat(t) == '321'",
    "local t = {1, 2, 3} table.insert(t, 2, 9) return table.concat(t, ',') == '1,9,2,3'",
    "local t = {1, 2, 3} return table.remove(t, 1) == 1 and #t == 2 and table.remove(t) == 3",
    "return table.remove({}) == nil and table.remove({}, 0) == nil and not pcall(table.remove, {}, 5)",
    "return table.concat(table.move({1, 2, 3}, 1, 3, 2), ',') == '1,1,2,3'",
    "return select('#', table.unpack({}, 1, 3)) == 3 and table.pack(1, nil).n == 2",
    "return not pcall(table.unpack, {}, 1, 1e8)",
    "return utf8.len('äö') == 2 and utf8.char(228) == 'ä' and utf8.codepoint('ä') == 228",
    "local n = 0 for p, c in utf8.codes('äö') do n = n + p end return n == 4",
    "return math.type(1) == 'integer' and math.maxinteger + 1 == math.mininteger",
    "return math.tointeger(3.0) == 3 and math.huge > 1 and math.ult(1, -1)",
    "for _ = 1, 100 do local r = math.random(3) if r < 1 or r > 3 then return false end end "
      + "return math.random() < 1 and not pcall(math.random, 2, 1)",
    "return os.time{year = 2020, month = 1, day = 1, hour = 12} > 0 and os.clock() >= 0",
    "return os.date('!%Y-%m-%d', 0) == '1970-01-01' and not pcall(os.date, '%Ez')",
    "return type(_G) == 'table' and _G._G == _G and _VERSION == 'Lua 5.4'",
    "local a = array{} return isarray(a) and not isarray{} and #a == 0 and getmetatable(a) == nil",
    "local a = setmetatable(array{1}, {__len = function() return 7 end}) return isarray(a) and #a == 7",
    "return tonumber('0x10') == 16 and tonumber('z', 36) == 35 and tonumber('x') == nil",
    "return string.pack('<i4', 7) == '\\7\\0\\0\\0' and string.unpack('<i4', '\\7\\0\\0\\0') == 7",
    "return ('hello'):find('l') == 3 and ('hello'):match('(h)(.)') == 'h'",
    "local s, n = ('abc'):gsub('%w', '%0%0') return s == 'aabbcc' and n == 3",
    "local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[k] = v end "
      + "return t.a == '1' and t.b == '2'",
    "local _, m = xpcall(error, function(m) return m .. '!' end, 'x') return m == 'x!'",
    "return select(2, pcall(error)) == nil and select('#', pcall(error)) == 2",
    "local ok, e = pcall(error, {code = 1}) return not ok and e.code == 1",
    "return not pcall(setmetatable, 'x', {}) and not pcall(setmetatable, {}, 1)",
    "return setmetatable({}, {__call = {}}) and not pcall(setmetatable({}, {__call = {}}))",
    "return setmetatable({}, {__call = function(_, x) return x end})(4) == 4",
    "return #setmetatable({}, {__len = function() return 3 end}) == 3",
    "local t = {} t[1.0] = 1 return next(t) == 1 and math.type(next(t)) == 'integer'",
  ]

  @Test(arguments: claims) func `a script finds what the contract says`(claim: String) throws {
    #expect(try run(claim).first == true)
  }

  @Test func `the strings of a script survive the border whatever their bytes`() throws {
    #expect(try run("return '\\255\\0x'") == [.bytes([255, 0, 120])])
    #expect(try run("return ...", arguments: [.bytes([255])]) == [.bytes([255])])
  }
}
