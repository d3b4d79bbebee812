import Dispatch
import Foundation
import GodwitCore
import GodwitRun
import Synchronization

/// Turns Ctrl-C, SIGTERM and SIGHUP into a stop: the first one asks, the second one ends at once.
final class Signals {
  private static let statuses: [(signal: Int32, status: ExitStatus)] = [
    (SIGINT, .interrupted), (SIGTERM, .terminated), (SIGHUP, .hungUp),
  ]

  private let sources: [any DispatchSourceSignal]

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - stop: the signal that is given.
  ///   - onStop: is called at the first one, to say what happens now.
  init(stop: StopSignal, onStop: @escaping @Sendable () -> Void) {
    let count = Mutex(0)
    let shared = SharedCount(count)
    sources = Self.statuses.map { number, status in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if shared.increment() == 1 {
          stop.stop(.signal(status))
          onStop()
        } else {
          // What is on its way is found again by `resume`, as after a kill.
          _exit(status.rawValue)
        }
      }
      source.resume()
      return source
    }
  }

  /// Counts across the handlers.
  private final class SharedCount: Sendable {
    private let count: Mutex<Int>

    init(_ count: consuming Mutex<Int>) {
      self.count = count
    }

    func increment() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }
}
