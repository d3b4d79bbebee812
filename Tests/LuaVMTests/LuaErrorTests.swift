import LuaVM
import Testing

@Suite struct LuaErrorTests {
  /// A source, and the message and line of its error.
  static let raised: [(String, String, Int?)] = [
    ("error('boom')", "boom", 1),
    ("\nerror('boom')", "boom", 2),
    ("\nerror('boom', 0)", "boom", 2),
    ("local function f() error('boom', 2) end\nf()", "boom", 2),
    ("error()", "(error object is a nil value)", 1),
    ("error(42)", "42", 1),
    ("error(4.5)", "4.5", 1),
    ("error({})", "(error object is a table value)", 1),
    ("error(print)", "(error object is a function value)", 1),
    ("error(null)", "(error object is a null value)", 1),
    (
      "error(setmetatable({}, {__tostring = function() return 'x' end}))",
      "(error object is a table with a metatable)", 1
    ),
    ("assert(false, 'no')", "no", 1),
    ("assert(nil)", "assertion failed!", 1),
    ("local x = nil\nx.y = 1", "attempt to index a nil value (local 'x')", 2),
    ("return 1 + {}", "attempt to perform arithmetic on a table value", 1),
    ("ask(coroutine.create(print))", "a coroutine cannot be handed over", 1),
    (
      "local t = {} t.a = {t} ask(t)",
      "a table that contains itself cannot be handed over (at .a[1])",
      1
    ),
    (
      "ask({a = {{[{}] = 1}}})",
      "a table with a table or a function as a key cannot be handed over (at .a[1])", 1
    ),
    ("complain('from the host')", "from the host", 1),
    ("local ok, e = pcall(complain, 'x') error(e, 0)", "x", 1),
    ("coroutine.wrap(function() error('in') end)()", "test.lua:1: in", 1),
    ("table.sort({1, 'x'})", "attempt to compare string with number", 1),
    ("error('a\\nb\\27[31m\\127\\0')", "a\\nb\\x1b[31m\\x7f\\x00", 1),
    ("error('\\255\\u{85}\\u{202e}\\u{2028}ä')", "\u{FFFD}\\u{85}\\u{202e}\\u{2028}ä", 1),
    ("string.rep()", "bad argument #1 to 'rep' (string expected, got no value)", 1),
    ("('x'):rep({})", "bad argument #1 to 'rep' (number expected, got table)", 1),
    ("setmetatable(1, {})", "bad argument #1 to 'setmetatable' (table expected, got number)", 1),
    ("null.x = 1", "attempt to index a null value (global 'null')", 1),
    ("return null .. 'x'", "attempt to concatenate null (use tostring)", 1),
  ]

  @Test(arguments: raised)
  func `an error has its message, and the line where it was raised`(
    source: String,
    message: String,
    line: Int?
  ) {
    let error = failure(source)
    #expect(error?.kind == .script)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "no error")")
    #expect(error?.position == line.map { LuaPosition(file: "test.lua", line: $0) })
  }

  @Test func `a recursion without end is named as such`() {
    let error = failure("local function f() return f() + 1 end\nf()")
    #expect(error?.kind == .limit(.memory(bytes: 64 << 20)))
    #expect(error?.message == "stack overflow: the script's functions call each other without end")
    #expect(error?.position == LuaPosition(file: "test.lua", line: 1))
  }

  @Test func `a message is one line of at most 8 KB`() {
    let error = failure("error(('\\n'):rep(1 << 20))")
    #expect((error?.message.utf8.count ?? 0) <= 8 << 10)
    #expect(error?.message.hasSuffix(" …") == true)
    #expect(error?.message.contains("\n") == false)
  }

  @Test func `a traceback has the script's frames only`() {
    let error = failure(
      """
      local function inner() error('x') end
      local function outer() inner() end
      outer()
      """
    )
    #expect(error?.traceback.map(\.position.line) == [1, 2, 3])
    #expect(error?.traceback.map(\.function) == ["inner", "outer", nil])
  }

  @Test func `a table that was raised can be found again`() {
    let error = failure("error({code = 7, list = {1, 2}})")
    #expect(
      error?.value
        == .table(["code": 7, "list": .table(LuaTable(array: [1, 2]))])
    )
    #expect(failure("local t = {} t.t = t error(t)")?.value == nil)
  }

  @Test func `an answer can be an error, with the script's position if it is text`() throws {
    let program = try LuaProgram.compile(
      source: Array("local ok, e = pcall(ask)\nreturn e, ask()".utf8),
      name: "s.lua"
    )
    let session = try makeSession()
    _ = session.start(entry: "run", program: program)
    _ = session.resume(.raise("no"))
    guard case .failed(let error) = session.resume(.raise(.table(["a": 1]))) else {
      Issue.record("did not fail")
      return
    }
    #expect(error.value == .table(["a": 1]))
    _ = session.start(entry: "run", program: program)
    _ = session.resume(.raise("no"))
    guard case .finished(let values) = session.resume(.values([1])) else {
      Issue.record("did not finish")
      return
    }
    #expect(values == ["s.lua:1: no", 1])
  }

  @Test func `a chunk with a long name keeps it`() throws {
    let name = "scripts/" + String(repeating: "long", count: 30) + ".lua"
    let program = try LuaProgram.compile(source: Array("error('x')".utf8), name: name)
    let session = try makeSession()
    guard case .failed(let error) = session.start(entry: "run", program: program) else {
      Issue.record("did not fail")
      return
    }
    #expect(error.message == "x")
    #expect(error.position == LuaPosition(file: name, line: 1))
  }

  @Test func `using a session wrongly is an error of the host`() throws {
    let session = try makeSession()
    guard case .failed(let error) = session.resume(.values([])) else {
      Issue.record("did not fail")
      return
    }
    #expect(error.kind == .host)
    guard case .failed(let unknown) = session.start(entry: "nothing") else {
      Issue.record("did not fail")
      return
    }
    #expect(unknown.message == "the prelude has no entry 'nothing'")
  }

  @Test func `a prelude that fails or asks is an error`() throws {
    for source in ["error('x')", "return 1", "local host = ... host.request('x') return {}"] {
      let prelude = try LuaProgram.compile(prelude: source, name: "prelude")
      #expect(throws: LuaError.self) { try LuaSession(limits: LuaLimits(), prelude: prelude) }
    }
  }
}
