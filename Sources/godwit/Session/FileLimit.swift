import Foundation
import GodwitCore

/// How many files and sockets the process may have open.
enum FileLimit {
  /// What is open besides the connections: streams, run file, world, what was inherited, and the event
  /// loops, which have three descriptors a core.
  private static var reserve: Int {
    max(30, open + 24) + 3 * ProcessInfo.processInfo.activeProcessorCount
  }

  /// How many are open already; whoever started the process may have left it some.
  private static var open: Int {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return names?.count ?? 3
  }

  /// Takes as many as the system allows without being asked for more.
  static func raise() {
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return }
    // More than this is never needed, and some systems have no end to it.
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 65_536))
    _ = setrlimit(kind, &limit)
  }

  /// How many requests can be under way at once.
  ///
  /// - Parameters:
  ///   - wanted: how many are wanted.
  ///   - hasSimulator: whether the server is in this process too, with a socket of its own for each.
  /// - Returns: as many, or fewer, which is told.
  /// - Throws: `Diagnostic` if the limit leaves room for none.
  static func parallelism(_ wanted: Int, hasSimulator: Bool) throws -> Int {
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return wanted }
    let current = Int(clamping: limit.rlim_cur)
    let room = (current - reserve) / (hasSimulator ? 2 : 1)
    guard room > 0 else {
      throw Diagnostic(
        "only \(current) files may be open at once, which is too few to begin",
        advice: "raise the limit: ulimit -n \(max(256, reserve * 2))"
      )
    }
    guard room < wanted else { return wanted }
    Console.note(
      "Note: only \(current) files may be open at once: \(room) requests at a time, not \(wanted)"
        + " (ulimit -n raises it).\n"
    )
    return room
  }

  private static var kind: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
