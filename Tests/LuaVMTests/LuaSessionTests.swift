import LuaVM
import Testing

@Suite struct LuaSessionTests {
  @Test func `a script returns values`() throws {
    #expect(try run("return 1, 2.5, 'x', true, nil, null") == [1, 2.5, "x", true, .nil, .null])
  }

  @Test func `a request comes out with its arguments and line, and its answer goes in`() throws {
    let program = try LuaProgram.compile(
      source: Array("local a = 1\nlocal b = ask('x', {1, n = 2})\nreturn b".utf8),
      name: "s.lua"
    )
    let session = try makeSession()
    let step = session.start(entry: "run", program: program)
    guard case .request(let request) = step else {
      Issue.record("\(step)")
      return
    }
    #expect(request.name == "ask")
    #expect(
      request.arguments == [
        "x", .table(LuaTable(array: [1], fields: [.init(key: "n", value: 2)])),
      ]
    )
    #expect(request.position == LuaPosition(file: "s.lua", line: 2))
    guard case .finished(let values) = session.resume(.values(["answer"])) else {
      Issue.record("not finished")
      return
    }
    #expect(values == ["answer"])
  }

  @Test func `requests keep their names apart, however many and long they are`() throws {
    let program = try LuaProgram.compile(
      source: Array(
        """
        local names = {('long'):rep(20), '', 'null\\0', '\\xff'}
        for i = 1, 200 do names[#names + 1] = 'n' .. i end
        for round = 1, 2 do
          for _, name in ipairs(names) do assert(ask_as(name, name) == name) end
        end
        """.utf8
      ),
      name: "s.lua"
    )
    let session = try makeSession()
    var step = session.start(entry: "run", program: program)
    var names: [String] = []
    while case .request(let request) = step {
      if request.name != "\u{FFFD}" { #expect(request.arguments == [.string(request.name)]) }
      names.append(request.name)
      step = session.resume(.value(request.arguments[0]))
    }
    guard case .finished = step else {
      Issue.record("\(step)")
      return
    }
    let expected =
      [String(repeating: "long", count: 20), "", "null\0", "\u{FFFD}"]
      + (1...200).map { "n\($0)" }
    #expect(names == expected + expected)
  }
}
