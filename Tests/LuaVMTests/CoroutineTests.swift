import LuaVM
import Testing

@Suite struct CoroutineTests {
  static let claims: [String] = [
    "local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) "
      + "return co(1) == 2 and co(5) == 10",
    "local co = coroutine.create(function() error('x', 0) end) "
      + "local ok, e = coroutine.resume(co) return not ok and e == 'x' "
      + "and coroutine.status(co) == 'dead'",
    "local co = coroutine.create(function() end) coroutine.resume(co) "
      + "local ok, e = coroutine.resume(co) return e == 'cannot resume dead coroutine'",
    "local co co = coroutine.create(function() return coroutine.resume(co) end) "
      + "local _, ok, e = coroutine.resume(co) return not ok and e == "
      + "'cannot resume non-suspended coroutine'",
    "local ok, e = pcall(coroutine.yield, 1) "
      + "return not ok and e == 'attempt to yield from outside a coroutine'",
    "local co, main = coroutine.running() return main and coroutine.status(co) == 'running' "
      + "and not coroutine.isyieldable()",
    "local co = coroutine.create(coroutine.yield) coroutine.resume(co) "
      + "return coroutine.close(co) and coroutine.status(co) == 'dead'",
    "return coroutine.wrap(function() return coroutine.isyieldable() end)()",
    // Requests, in every place where Lua can wait.
    "return ask(1) == 1",
    "local ok, v = pcall(ask, 2) return ok and v == 2",
    "local ok, v = xpcall(ask, print, 3) return ok and v == 3",
    "return coroutine.wrap(function() return ask(4) end)() == 4",
    "local co = coroutine.wrap(function() local a = ask(1) local b = coroutine.yield(a) "
      + "return a + b + ask(2) end) return co() == 1 and co(10) == 13",
    "local function deep(n) if n == 0 then return ask('deep') end "
      + "return coroutine.wrap(function() return deep(n - 1) end)() end return deep(20) == 'deep'",
    "local co = coroutine.create(function() ask(1) error('after') end) "
      + "local ok, e = coroutine.resume(co) return not ok and e == 'test.lua:1: after'",
    "local co = coroutine.create(function(...) return ask(...) end) "
      + "local ok, a, b = coroutine.resume(co, 1, 2) return ok and a == 1 and b == 2",
    "return setmetatable({}, {__index = function(_, k) return ask(k) end}).x == 'x'",
    "local m = {__eq = function() return ask(true) end} "
      + "return setmetatable({}, m) == setmetatable({}, m)",
    "local m = {__lt = function() return ask(true) end} "
      + "return setmetatable({}, m) < setmetatable({}, m)",
    "return #setmetatable({}, {__len = function() return ask(3) end}) == 3",
    "return setmetatable({}, {__call = function(_, x) return ask(x) end})(8) == 8",
    "for k in pairs(setmetatable({}, {__pairs = function() return ask(next), {z = 1} end})) do end "
      + "return true",
    "local n = 0 for i in function(_, i) return ask((i or 0) < 3 and (i or 0) + 1 or nil) end do "
      + "n = n + i end return n == 6",
    "local n = 0 for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(ask(i)) end end) "
      + "do n = n + i end return n == 6",
    "local co = coroutine.wrap(function() local ok, e = pcall(function() ask(1) error('in') end) "
      + "coroutine.yield(e) return ask('end') end) "
      + "return co() == 'test.lua:1: in' and co() == 'end'",
  ]

  @Test(arguments: claims)
  func `coroutines and requests work wherever Lua can wait`(claim: String) throws {
    let claim = claim.replacing("ask(next), {z = 1}", with: "function() return ask(nil) end")
    #expect(try run(claim).first == true)
  }

  static let refused: [(String, String)] = [
    ("table.sort({1, 2}, function() ask() end)", "cannot call ask inside a table.sort comparison"),
    ("('x'):gsub('x', function() ask() end)", "cannot call ask inside a string.gsub callback"),
    (
      "tostring(setmetatable({}, {__tostring = function() return ask() end}))",
      "cannot call ask inside __tostring"
    ),
    (
      "return ('%s'):format(setmetatable({}, {__tostring = function() return ask() end}))",
      "cannot call ask inside __tostring"
    ),
    (
      "local _, e = xpcall(error, function() local _, e = pcall(ask) return e end) error(e, 0)",
      "cannot call ask inside a message handler"
    ),
    (
      "table.insert(setmetatable({}, {__len = function() return ask() end}), 1)",
      "cannot call ask inside the library function 'insert'"
    ),
    (
      "table.sort({1, 2}, function() coroutine.wrap(function() ask() end)() end)",
      "test.lua:1: cannot call ask inside a table.sort comparison"
    ),
  ]

  @Test(arguments: refused)
  func `a request where Lua cannot wait is an error that says where`(
    source: String,
    message: String
  ) {
    let error = failure(source)
    #expect(error?.message == message)
    #expect(error?.kind == .script)
    #expect(error?.position == LuaPosition(file: "test.lua", line: 1))
  }

  @Test func `posts work where requests do not`() throws {
    let program = try LuaProgram.compile(
      source: Array("table.sort({1, 2}, function() tell('x') end)\nprint(1, {}, 'a')".utf8),
      name: "s.lua"
    )
    let session = try makeSession()
    guard case .finished = session.start(entry: "run", program: program) else {
      Issue.record("not finished")
      return
    }
    #expect(
      session.takePosts() == [
        LuaPost(name: "tell", arguments: ["x"], position: LuaPosition(file: "s.lua", line: 1)),
        LuaPost(
          name: "print",
          arguments: ["1\ttable\ta"],
          position: LuaPosition(file: "s.lua", line: 2)
        ),
      ]
    )
    #expect(session.takePosts().isEmpty)
  }
}
