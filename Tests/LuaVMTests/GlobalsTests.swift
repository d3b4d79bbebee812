import LuaVM
import Testing

@Suite struct GlobalsTests {
  /// Everything that a script can reach from its globals, before the prelude adds to them.
  static let golden = """
    _G _VERSION assert coroutine.close coroutine.create coroutine.isyieldable coroutine.resume
    coroutine.running coroutine.status coroutine.wrap coroutine.yield error getmetatable ipairs
    math.abs math.acos math.asin math.atan math.ceil math.cos math.deg math.exp math.floor math.fmod
    math.huge math.log math.max math.maxinteger math.min math.mininteger math.modf math.pi math.rad
    math.random math.sin math.sqrt math.tan math.tointeger math.type math.ult next os.clock os.date
    os.difftime os.time pairs pcall rawequal rawget rawlen rawset select setmetatable string.byte
    string.char string.find string.format string.gmatch string.gsub string.len string.lower
    string.match string.pack string.packsize string.rep string.reverse string.sub string.unpack
    string.upper table.concat table.insert table.move table.pack table.remove table.sort
    table.unpack tonumber tostring type utf8.char utf8.charpattern utf8.codepoint utf8.codes
    utf8.len utf8.offset xpcall
    """

  @Test func `a script reaches what is on the list and nothing else`() throws {
    let prelude = try LuaProgram.compile(
      prelude: "return { run = function(chunk) return chunk() end }",
      name: "prelude"
    )
    let program = try LuaProgram.compile(
      source: Array(
        """
        local found, seen = {}, {[_G] = true}
        local function visit(name, value)
          if type(value) == 'table' and not seen[value] then
            seen[value] = true
            for k, v in pairs(value) do visit(name .. '.' .. tostring(k), v) end
          else
            found[#found + 1] = name
          end
        end
        for k, v in pairs(_G) do visit(tostring(k), v) end
        table.sort(found)
        return table.concat(found, ' ')
        """.utf8
      ),
      name: "s.lua"
    )
    let session = try LuaSession(limits: LuaLimits(), prelude: prelude)
    guard case .finished(let values) = session.start(entry: "run", program: program) else {
      Issue.record("did not finish")
      return
    }
    #expect(
      values == [.string(Self.golden.split(whereSeparator: \.isWhitespace).joined(separator: " "))]
    )
  }

  @Test func `sessions share nothing`() throws {
    let write = try LuaProgram.compile(
      source: Array("leak = 1 string.leak = 1 math.pi = 3".utf8),
      name: "a.lua"
    )
    let read = try LuaProgram.compile(
      source: Array("return leak, string.leak, math.pi > 3".utf8),
      name: "b.lua"
    )
    _ = try makeSession().start(entry: "run", program: write)
    guard case .finished(let values) = try makeSession().start(entry: "run", program: read) else {
      Issue.record("did not finish")
      return
    }
    #expect(values == [.nil, .nil, true])
  }

  @Test func `random numbers are the same for the same seed`() throws {
    let program = try LuaProgram.compile(
      source: Array("return math.random(1000), math.random(1000), math.random()".utf8),
      name: "s.lua"
    )
    let results = try [UInt64]([1, 1, 2]).map { seed in
      guard
        case .finished(let values) = try makeSession(seed: seed).start(
          entry: "run",
          program: program
        )
      else { return [LuaValue]() }
      return values
    }
    #expect(results[0] == results[1])
    #expect(results[0] != results[2])
  }
}
