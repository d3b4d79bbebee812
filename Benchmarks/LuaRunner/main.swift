import LuaVM

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Runs one Lua file in a session, as `lua5.4 FILE` would: to compare what a script computes and how
// long it takes, and to run hostile scripts in a process of their own.
//
//   LuaRunner FILE [MEMORY-MIB [MILLISECONDS]]
//
// It prints what the script prints, and how it ended on stderr. It exits with 0 if the script
// returned, 1 if it failed, 2 if a limit ended it, 3 if the source was not taken.

func readFile(_ path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

func finish(_ status: Int32, _ message: String) -> Never {
  let line = Array((message + "\n").utf8)
  _ = write(2, line, line.count)
  exit(status)
}

let arguments = CommandLine.arguments
guard arguments.count >= 2, let source = readFile(arguments[1]) else {
  finish(64, "usage: LuaRunner FILE [MEMORY-MIB [MILLISECONDS]]")
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
    null = host.null
    print = function(...)
      local words = pack(...)
      for i = 1, words.n do words[i] = tostring(words[i]) end
      post("print", concat(words, "\\t"))
    end
    return { run = function(chunk) return chunk() end }
    """,
  name: "prelude"
)

func show(_ session: LuaSession) {
  for post in session.takePosts() {
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

do throws(LuaError) {
  let program = try LuaProgram.compile(source: source, name: arguments[1])
  let session = try LuaSession(limits: limits, prelude: prelude)
  var step = session.start(entry: "run", program: program)
  while case .request(let request) = step {
    step = session.resume(.values(Array(request.arguments)))
  }
  show(session)
  if case .failed(let error) = step { throw error }
} catch {
  switch error.kind {
  case .syntax, .refusedSource: finish(3, "\(error)")
  case .limit(let limit): finish(2, "\(error) [\(limit)]")
  case .script, .cancelled, .host: finish(1, "\(error)")
  }
}
