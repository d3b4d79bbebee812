import GodwitCore
import Testing

@testable import GodwitScript

@Suite struct KeyLinesTests {
  private static let text = """
    local function helper(name)
      local may = { update = name }
      return { params = may, name = name }
    end
    --[[ return { name = "comment" }
    ]] local text = "return { name = 1 }" -- name = 2
    local sites = [==[
    name = ]] ]==]
    return {
      ["name"] = "x", summary = name == 1 and "" or "s",
      may = { update = { "DATADOG" },
        delete = {} },
      params = {
        name = { type = "string",
          default = "}" },
        update = { type = 'secret' },
      },
      migrate = function(project)
        local region = { from = 1 }
        select = region
        if region then for i = 1, 2 do verify = { may = 1 } end end
        repeat local x = 1 until x
      end,
      select = nil,
    }
    """

  static let places: [([String], Int)] = [
    (["name"], 10), (["summary"], 10), (["may"], 11), (["may", "update"], 11),
    (["may", "delete"], 12), (["params"], 13), (["params", "name"], 14),
    (["params", "name", "default"], 15), (["params", "update"], 16),
    (["params", "update", "type"], 16), (["migrate"], 18), (["select"], 24),
    (["verify"], 9), (["params", "other"], 13), (["params", "name", "help"], 14),
  ]

  @Test(arguments: places) func `a key is found where it is written`(keys: [String], line: Int) {
    let lines = KeyLines(ScriptSource(path: "x.lua", text: Array(Self.text.utf8)))
    let position =
      switch keys.count {
      case 1: lines.position(of: keys[0])
      case 2: lines.position(of: keys[0], keys[1])
      default: lines.position(of: keys[0], keys[1], keys[2])
      }
    #expect(position == ScriptPosition(file: "x.lua", line: line))
  }

  @Test func `a table in a variable is looked into`() {
    let text = "local M = {\n may = {\n  update = {} },\n}\nM.params = {\n to = {} }\nreturn M"
    let lines = KeyLines(ScriptSource(path: "x.lua", text: Array(text.utf8)))
    #expect(lines.position(of: "may", "update").line == 3)
    #expect(lines.position(of: "params", "to").line == 6)
    #expect(lines.end.line == 7)
    #expect(lines.position(of: "name").line == 7)
  }

  static let odd: [[UInt8]] = [
    [], [0xFF, 0xFE], Array("\"".utf8), Array("[[".utf8), Array("--[==[".utf8), Array("}}end".utf8),
    Array("= = =".utf8), Array("'\\".utf8), Array("return {".utf8), Array("]=".utf8),
  ]

  @Test(arguments: odd) func `a text that is no Lua does no harm`(text: [UInt8]) {
    let lines = KeyLines(ScriptSource(path: "x.lua", text: text))
    #expect(lines.position(of: "name").line >= 1)
  }
}
