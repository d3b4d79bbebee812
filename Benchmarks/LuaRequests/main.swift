import LuaVM

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Requests through a session, to be compared with LuaRequestsPlainC.

let requests = 300_000
let states = 3_000
let rounds = 7

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

func fastest(_ measure: () throws -> Double) rethrows -> Double {
  try (0..<rounds).map { _ in try measure() }.min() ?? 0
}

func run(_ source: String) throws -> Double {
  let program = try LuaProgram.compile(source: Array(source.utf8), name: "bench.lua")
  let session = try LuaSession(limits: limits, prelude: prelude)
  var answered = 0
  let time = nanoseconds(over: requests) {
    var step = session.start(entry: "run", program: program)
    while case .request(let request) = step {
      answered += 1
      let answer = request.arguments.first ?? .nil
      if case .integer = answer {
        step = session.resume(.values([answer]))
      } else {
        step = session.resume(.values([0]))
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

line(
  "request with an integer",
  try fastest { try run("for i = 1, \(requests) do ask_directly('get', i) end") }
)
line(
  "request with an integer, by the prelude",
  try fastest { try run("for i = 1, \(requests) do ask('get', i) end") }
)
line(
  "request with a table",
  try fastest { try run(table + " for i = 1, \(requests) do ask_directly('put', t) end") }
)
line(
  "session with a small prelude",
  try fastest {
    try nanoseconds(over: states) {
      for _ in 0..<states { _ = try LuaSession(limits: limits, prelude: prelude) }
    }
  }
)
let session = try LuaSession(limits: limits, prelude: prelude)
line("memory of a session", Double(session.statistics.memoryBytes), "bytes")
