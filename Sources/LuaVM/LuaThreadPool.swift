internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A few threads on which Lua sessions live.
///
/// A session stays on the thread that it was given, each new one gets the next thread in turn. So
/// hundreds of sessions wait at once without a thread each, and a script that computes holds up
/// only the sessions that share its thread.
public final class LuaThreadPool: Sendable {
  private let threads: [LuaThread]
  private let turn = Atomic<Int>(0)

  /// Starts the threads.
  /// - Parameters:
  ///   - width: How many; `nil` for one for each processor, at most four.
  ///   - watchdog: What is done about a session that does not come back; `nil` for nothing.
  public init(width: Int? = nil, watchdog: LuaWatchdog? = nil) {
    let width = width ?? min(sysconf(CInt(_SC_NPROCESSORS_ONLN)), 4)
    threads = (0..<max(width, 1)).map { _ in LuaThread() }
    watchdog?.watch(threads)
  }

  /// How many threads there are.
  public var width: Int { threads.count }

  func next() -> LuaThread {
    let ticket = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return threads[Int(UInt(bitPattern: ticket) % UInt(threads.count))]
  }
}
