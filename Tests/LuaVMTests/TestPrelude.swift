import LuaVM

/// A prelude with the host's functions in plain sight, for tests only.
let testPrelude = """
  local host = ...
  local request, post = host.request, host.post
  host.methods("secret", { hello = function(self) return "hello " .. self.name end })
  ask = function(...) return request("ask", ...) end
  ask_as = request
  fetch = function(...) return request("fetch", ...) end
  tell = function(...) post("tell", ...) end
  array = host.markarray
  isarray = host.isarray
  null = host.null
  kind = host.kind
  complain = host.raise
  position = host.position
  begin, take = host.begin, host.take
  print = function(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    post("print", table.concat(words, "\\t"))
  end
  return {
    run = function(chunk, ...) return chunk(...) end,
    echo = function(...) return ... end,
  }
  """

/// A session with the test prelude.
func makeSession(_ limits: LuaLimits = LuaLimits(), seed: UInt64 = 0) throws -> LuaSession {
  try LuaSession(
    limits: limits,
    prelude: LuaProgram.compile(prelude: testPrelude, name: "prelude"),
    seed: seed
  )
}

/// Runs a script to its end, answering each request with its own arguments.
func run(
  _ source: String,
  limits: LuaLimits = LuaLimits(),
  arguments: [LuaValue] = []
) throws -> [LuaValue] {
  let program = try LuaProgram.compile(source: Array(source.utf8), name: "test.lua")
  let session = try makeSession(limits)
  var step = session.start(entry: "run", program: program, arguments: arguments)
  while true {
    switch step {
    case .request(let request):
      let arguments = Array(request.arguments)
      step = session.resume(arguments.count == 1 ? .value(arguments[0]) : .values(arguments))
    case .finished(let values): return values
    case .failed(let error): throw error
    }
  }
}

/// The error that a script ends with.
func failure(_ source: String, limits: LuaLimits = LuaLimits()) -> LuaError? {
  do {
    _ = try run(source, limits: limits)
    return nil
  } catch {
    return error as? LuaError
  }
}
