#if DEBUG
  internal import Foundation
  internal import Synchronization
#endif

/// An instant at which a test may end the process as a power cut would: before and after every
/// commit and every request.
///
/// In a debug build `GODWIT_TEST_CRASH_POINT=17` kills the process with SIGKILL when it passes its 17th
/// point, `17+5ms` five milliseconds later, `before a request#17` at the 17th point of that name;
/// `GODWIT_TEST_CRASH_LOG=FILE` appends the name of each point
/// to a file. In a release build there are no such points.
public enum CrashPoint {
  /// Passes a point.
  ///
  /// - Parameter name: what happens there, for the log.
  @inline(__always) public static func pass(_ name: StaticString) {
    #if DEBUG
      Trap.set?.pass(name)
    #endif
  }

  #if DEBUG
    /// The point at which this process is to end, from its environment.
    private struct Trap: Sendable {
      static let set = Trap(ProcessInfo.processInfo.environment)
      private static let passed = Mutex(0)

      /// Counts points of one name only; `nil` for all.
      private let name: String?
      private let number: Int?
      private let delayMilliseconds: UInt32
      private let log: String?

      private init?(_ environment: [String: String]) {
        let words = environment["GODWIT_TEST_CRASH_POINT"]?.split(separator: "+") ?? []
        let place = words.first?.split(separator: "#") ?? []
        name = place.count > 1 ? place.first.map(String.init) : nil
        number = place.last.flatMap { Int($0) }
        delayMilliseconds = words.dropFirst().first.flatMap { UInt32($0.dropLast(2)) } ?? 0
        log = environment["GODWIT_TEST_CRASH_LOG"]
        if number == nil, log == nil { return nil }
      }

      func pass(_ name: StaticString) {
        let counts = self.name == nil || self.name == "\(name)"
        let count = Self.passed.withLock { passed in
          passed += counts ? 1 : 0
          if let log, let file = fopen(log, "a") {
            fputs("\(name)\n", file)
            fclose(file)
          }
          return passed
        }
        guard counts, count == number else { return }
        guard delayMilliseconds > 0 else {
          kill(getpid(), SIGKILL)
          return
        }
        let microseconds = delayMilliseconds * 1000
        Thread.detachNewThread {
          usleep(microseconds)
          kill(getpid(), SIGKILL)
        }
      }
    }
  #endif
}
