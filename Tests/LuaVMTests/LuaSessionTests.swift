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
}
