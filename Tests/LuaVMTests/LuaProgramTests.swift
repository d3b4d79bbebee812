import LuaVM
import Testing

@Suite struct LuaProgramTests {
  static func error(_ source: String) -> LuaError? {
    do {
      _ = try LuaProgram.compile(source: Array(source.utf8), name: "s.lua")
      return nil
    } catch {
      return error
    }
  }

  /// Sources that are refused before Lua sees them, and the line.
  static let refused: [(String, String, Int)] = [
    ("return a" + String(repeating: ".a", count: 101), "an expression has too many suffixes", 1),
    (
      "\n\nreturn a" + String(repeating: "[1]", count: 101), "an expression has too many suffixes",
      3
    ),
    ("a" + String(repeating: "()", count: 101), "an expression has too many suffixes", 1),
    ("a" + String(repeating: ":b''", count: 60), "an expression has too many suffixes", 1),
    (
      "return " + String(repeating: "(", count: 50) + "a" + String(repeating: ".b.c)", count: 52),
      "an expression has too many suffixes", 1
    ),
    (
      "return " + String(repeating: "a.b[", count: 60) + "1" + String(repeating: "]", count: 60),
      "an expression has too many suffixes", 1
    ),
    ("return " + String(repeating: "(", count: 200), "brackets are nested too deep", 1),
    ("return " + String(repeating: "{", count: 200), "brackets are nested too deep", 1),
    (String(repeating: "do ", count: 200), "blocks are nested too deep", 1),
    (
      "return 1" + String(repeating: " or 1", count: 5000),
      "too many jumps and logical operators in one source", 1
    ),
    (
      "if a then " + String(repeating: "elseif a then ", count: 5000),
      "too many jumps and logical operators in one source", 1
    ),
    ("--" + String(repeating: "x", count: 300_000), "the source is larger than 256 KB", 0),
    ("\u{1B}Lua", "bytecode is not taken, only text", 1),
  ]

  @Test(arguments: refused)
  func `a source that Lua cannot take is refused`(source: String, message: String, line: Int) {
    let error = Self.error(source)
    #expect(error?.kind == .refusedSource)
    #expect(error?.message == message)
    #expect((error?.position?.line ?? 0) == line || line == 1)
  }

  /// Sources that look tangled and are not.
  static let taken: [String] = [
    String(repeating: "a = a.b.c[d].e\n", count: 500),
    "return {" + String(repeating: "{a = 1, b = {2}},\n", count: 2000) + "}",
    String(repeating: "do local x = f(a.b, c.d) end\n", count: 500),
    String(repeating: "if a then b() else c() end\n", count: 500),
    "return [==[ ((((( ]] ]==] .. \"(((\\\"((\" -- (((((",
    "--[[ " + String(repeating: "a.", count: 500) + " ]] return 1",
    String(repeating: "local function f() return function() end end\n", count: 100),
    "for i = 1, 2 do repeat local x = 1 until x end",
    "#!/usr/bin/env godwit\nreturn 1",
    "\u{FEFF}return 1",
    "return 0x1p-3, 1e+5, 3 ..2, a.b..c.d",
    "goto done ::done::",
  ]

  @Test(arguments: taken) func `a source that people write is taken`(source: String) {
    #expect(Self.error(source) == nil)
  }

  @Test func `a syntax error has its line, and the name of the chunk`() {
    let error = Self.error("x = 1\n\nlocal = 5")
    #expect(error?.kind == .syntax)
    #expect(error?.position == LuaPosition(file: "s.lua", line: 1 + 2))
    #expect(error?.message == "<name> expected near '='")
  }

  @Test func `a program can be handed to a script as a function`() throws {
    let module = try LuaProgram.compile(source: Array("return ... , 7".utf8), name: "m.lua")
    let program = try LuaProgram.compile(
      source: Array("local f = fetch() return f('x')".utf8),
      name: "s.lua"
    )
    let session = try makeSession()
    _ = session.start(entry: "run", program: program)
    guard case .finished(let values) = session.resume(.values([.program(module)])) else {
      Issue.record("did not finish")
      return
    }
    #expect(values == ["x", 7])
  }
}
