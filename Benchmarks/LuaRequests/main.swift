import LuaVM

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Requests through a session, to be compared with LuaRequestsPlainC.
//
//   LuaRequests [NAME [ROUNDS]]
//
// With a name it measures that only.

let requests = 300_000
let states = 3_000
let wanted = CommandLine.arguments.dropFirst().first ?? ""
let rounds = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 7

let prelude = try LuaProgram.compile(
  prelude: """
    local host = ...
    local request = host.request
    ask = function(...) return request(...) end
    ask_directly = request
    return { run = function(chunk) return chunk() end }
    """,
  name: "prelude"
)

let limits: LuaLimits = {
  var limits = LuaLimits()
  limits.processorTime = .seconds(1000)
  limits.processorTimeBetweenRequests = .seconds(1000)
  return limits
}()

/// Processor time of the work: other work on the machine is not to count.
func nanoseconds(over count: Int, _ work: () throws -> Void) rethrows -> Double {
  var start = timespec()
  var end = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start)
  try work()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end)
  let time = Double(end.tv_sec - start.tv_sec) * 1e9 + Double(end.tv_nsec - start.tv_nsec)
  return time / Double(count)
}

func fastest(_ name: String, _ measure: () throws -> Double) rethrows {
  guard wanted.isEmpty || name == wanted else { return }
  line(name, try (0..<rounds).map { _ in try measure() }.min() ?? 0)
}

func take(_ step: consuming LuaStep) -> LuaRequest? {
  if case .request(let request) = step { request } else { nil }
}

func run(_ source: String) throws -> Double {
  let program = try LuaProgram.compile(source: Array(source.utf8), name: "bench.lua")
  let session = try LuaSession(limits: limits, prelude: prelude)
  var answered = 0
  let time = nanoseconds(over: requests) {
    var step = session.start(entry: "run", program: program)
    while let request = take(step) {
      answered += 1
      if case .integer(let number)? = request.arguments.first {
        step = session.resume(.value(.integer(number)))
      } else {
        step = session.resume(.value(0))
      }
    }
  }
  guard answered == requests else { return .infinity }
  return time
}

func line(_ name: String, _ time: Double, _ unit: String = "ns") {
  let tenths = Int((time * 10).rounded())
  let padding = String(repeating: " ", count: max(1, 40 - name.count))
  print("\(name)\(padding)\(tenths / 10).\(tenths % 10) \(unit)")
}

let table = """
  local t = {type = 'DATADOG', apiKey = '****9abc', region = 'US', id = \
  '5f1b2c3d4e5f6a7b8c9d0e1f', channelName = 'alerts', links = {'self', 'parent'}}
  """

try fastest("request with an integer") {
  try run("for i = 1, \(requests) do ask_directly('get', i) end")
}
try fastest("request with an integer, by the prelude") {
  try run("for i = 1, \(requests) do ask('get', i) end")
}
try fastest("request with a table") {
  try run(table + " for i = 1, \(requests) do ask_directly('put', t) end")
}
try fastest("session with a small prelude") {
  try nanoseconds(over: states) {
    for _ in 0..<states { _ = try LuaSession(limits: limits, prelude: prelude) }
  }
}
if wanted.isEmpty {
  let session = try LuaSession(limits: limits, prelude: prelude)
  line("memory of a session", Double(session.statistics.memoryBytes), "bytes")
}

/// What the process has in memory, in bytes.
func residentBytes() -> Double {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var buffer = [CChar](repeating: 0, count: 200)
  let count = fread(&buffer, 1, 199, file)
  let words = buffer[..<count].split(separator: 32)
  let pages = words.dropFirst().first.map { String(decoding: $0.map(UInt8.init), as: UTF8.self) }
  return (pages.flatMap(Double.init) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
}

if wanted.isEmpty || wanted == "sessions at once" {
  let program = try LuaProgram.compile(
    source: Array("local t = {} for i = 1, 20 do t[i] = 'item ' .. i end ask('wait', t)".utf8),
    name: "wait.lua"
  )
  let before = residentBytes()
  let sessions = try (0..<10_000).map { _ in
    let session = try LuaSession(limits: limits, prelude: prelude)
    guard case .request = session.start(entry: "run", program: program) else { exit(1) }
    return session
  }
  line("10,000 sessions that wait at once", (residentBytes() - before) / 1e6, "MB")
  withExtendedLifetime(sessions) {}
}

if wanted.isEmpty || wanted == "cancellation" {
  let cancellation = Cancellation(limits: limits, prelude: prelude)
  try await cancellation.everyAwait(rounds: rounds)
  let longest = try await cancellation.longestSpin(rounds: rounds)
  line("cancelling a script that spins, longest", longest, "ms")
}
