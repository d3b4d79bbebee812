import LuaVM

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Runs one Lua file in a session on a Lua thread, as `lua5.4 FILE` would: to compare what a script
// computes and how long it takes, and to run hostile scripts in a process of their own.
//
//   LuaRunner FILE|- [MEMORY-MIB [MILLISECONDS]]
//
// It prints what the script prints, and on stderr the error and, last, `ended: HOW`: finished, error,
// refused or the name of a limit. It exits with 0 if the script returned, 1 if it failed, 2 if a limit
// ended it, 3 if the source was not taken, 4 if a session after it is not well. The process holds
// itself to 1 GB of addresses, 30 seconds of processor time and small files: what is past the sandbox
// ends in a signal.

func readFile(_ path: String) -> [UInt8]? {
  let file = path == "-" ? 0 : open(path, O_RDONLY)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(file, &chunk, chunk.count)
    if count <= 0 { return count == 0 ? bytes : nil }
    bytes += chunk[..<count]
  }
}

func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(2, bytes, bytes.count)
}

func finish(_ status: Int32, _ message: String) -> Never {
  say(message)
  exit(status)
}

func confine() {
  func limit(_ resource: __rlimit_resource, _ value: rlim_t) {
    var bounds = rlimit(rlim_cur: value, rlim_max: value)
    setrlimit(Int32(resource.rawValue), &bounds)
  }
  limit(RLIMIT_AS, 1 << 30)
  limit(RLIMIT_CPU, 30)
  limit(RLIMIT_CORE, 0)
  limit(RLIMIT_FSIZE, 1 << 20)
  limit(RLIMIT_NOFILE, 16)
}

let arguments = CommandLine.arguments
guard arguments.count >= 2, let source = readFile(arguments[1]) else {
  finish(64, "usage: LuaRunner FILE|- [MEMORY-MIB [MILLISECONDS]]")
}
var limits = LuaLimits()
if arguments.count > 2, let memory = Int(arguments[2]) { limits.memoryBytes = memory << 20 }
if arguments.count > 3, let milliseconds = Int(arguments[3]) {
  limits.processorTimeBetweenRequests = .milliseconds(milliseconds)
  limits.processorTime = .milliseconds(milliseconds)
}
limits.instructions = .max
limits.postBytes = 1 << 30

let prelude = try LuaProgram.compile(
  prelude: """
    local host = ...
    local request, post, pack, concat = host.request, host.post, table.pack, table.concat
    local tostring = tostring
    ask = function(...) return request("ask", ...) end
    null, array, kind = host.null, host.markarray, host.kind
    complain, position = host.raise, host.position
    tell = function(...) post("tell", ...) end
    print = function(...)
      local words = pack(...)
      for i = 1, words.n do words[i] = tostring(words[i]) end
      post("print", concat(words, "\\t"))
    end
    return {
      run = function(chunk) return chunk() end,
      echo = function(...) return ... end,
    }
    """,
  name: "prelude"
)

func name(_ kind: LuaError.Kind) -> String {
  switch kind {
  case .syntax: "syntax"
  case .refusedSource: "refused"
  case .script: "error"
  case .cancelled: "cancelled"
  case .host: "host"
  case .limit(.memory): "memory"
  case .limit(.allocation): "allocation"
  case .limit(.instructions): "instructions"
  case .limit(.processorTimeBetweenRequests), .limit(.processorTime): "time"
  case .limit(.wallClock): "wall"
  case .limit(.coroutines): "coroutines"
  }
}

func status(_ kind: LuaError.Kind) -> Int32 {
  switch kind {
  case .syntax, .refusedSource: 3
  case .limit: 2
  case .script, .cancelled, .host: 1
  }
}

func show(_ posts: [LuaPost]) {
  for post in posts where post.name == "print" {
    var bytes: [UInt8] =
      switch post.arguments.first {
      case .string(let text)?: Array(text.utf8)
      case .bytes(let bytes)?: bytes
      default: []
      }
    bytes.append(10)
    _ = write(1, bytes, bytes.count)
  }
}

confine()
let pool = LuaThreadPool(width: 1)
var end: LuaError?
do throws(LuaError) {
  let program = try LuaProgram.compile(source: source, name: arguments[1])
  let actor = LuaActor(pool: pool, limits: limits, prelude: prelude)
  var turn = await actor.start(entry: "run", program: program)
  var requests = 0
  while case .request(let request) = turn.step, requests < 10_000 {
    show(turn.posts)
    requests += 1
    turn = await actor.resume(.values(Array(request.arguments)))
  }
  show(turn.posts)
  if case .failed(let error) = turn.step { end = error }
} catch {
  end = error
}

let next = LuaActor(pool: pool, limits: LuaLimits(), prelude: prelude)
guard case .finished([7]) = await next.start(entry: "echo", arguments: [7]).step else {
  finish(4, "the session after it is not well")
}
if let end {
  say("\(end)")
  finish(status(end.kind), "ended: \(name(end.kind))")
}
finish(0, "ended: finished")
