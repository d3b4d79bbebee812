import Testing

@testable import LuaVM

@Suite struct AllocationFailureTests {
  /// Touches every part of the shim that allocates.
  static let source = """
    local t = {}
    for i = 1, 20 do t[i] = {name = 'n' .. i, list = {i, i + 1}} end
    local answer, secret = ask('x', t)
    local co = coroutine.wrap(function() coroutine.yield(ask(answer)) end)
    co()
    local C = {} C.__index = C
    setmetatable({}, C)
    for k, v in pairs(t) do t[k] = tostring(v) end
    for k, v in pairs({a = 1, b = 2}) do tell(k, v) end
    table.sort(t)
    local s = table.concat(t, ','):gsub('%w+', '%0%0'):rep(10):upper()
    for w in s:gmatch('%w+') do print(w) end
    print(string.format('%s %d', secret, 7), s:find('x', 1, true), string.pack('i4', 1))
    local ok, e = pcall(function() error({1, 2}) end)
    xpcall(error, function(m) return m .. '!' end, 'x')
    return t, secret
    """

  /// Runs the source to its end with the n-th allocation failing, and all after it.
  static func run(failing n: Int, prelude: LuaProgram, program: LuaProgram) -> (Bool, LuaError?) {
    let secret = LuaValue.opaque(LuaOpaque(kind: "secret", payload: "p", display: "<s>"))
    do throws(LuaError) {
      let session = try LuaSession(
        limits: LuaLimits(),
        prelude: prelude,
        slice: .zero,
        failingAllocation: UInt64(n)
      )
      var step = session.start(entry: "run", program: program)
      while case .request(let request) = step {
        step = session.resume(.values(request.arguments.isEmpty ? [secret] : ["y", secret]))
      }
      _ = session.takePosts()
      if case .failed(let error) = step { return (false, error) }
      return (true, nil)
    } catch {
      return (false, error)
    }
  }

  @Test func `whichever allocation fails, the session ends with a word about memory`() throws {
    let prelude = try LuaProgram.compile(prelude: testPrelude, name: "prelude")
    let program = try LuaProgram.compile(source: Array(Self.source.utf8), name: "s.lua")
    var n = 1
    while true {
      let (isDone, error) = Self.run(failing: n, prelude: prelude, program: program)
      if isDone { break }
      #expect(error?.kind == .limit(.memory(bytes: LuaLimits().memoryBytes)), "allocation \(n)")
      n += 1
    }
    #expect(n > 300)
  }
}
