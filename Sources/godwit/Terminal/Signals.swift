import Dispatch
import Foundation
import GodwitCore
import GodwitRun
import Synchronization

/// Turns Ctrl-C, SIGTERM and SIGHUP into a stop: the first one asks, the second one ends at once.
///
/// It listens for as long as it lives. SIGHUP stays ignored where the process was started so, as
/// under `nohup`; a shell that starts it in the background with SIGINT ignored is not followed,
/// since whoever sends one then means it.
final class Signals {
  private let state: State

  /// Begins to listen.
  ///
  /// - Parameter stop: the signal that is given.
  init(stop: StopSignal) {
    state = State(stop)
    Self.current.withLock { [state] in $0 = state }
    Self.installed
  }

  deinit {
    Self.current.withLock { [state] in if $0 === state { $0 = nil } }
  }

  /// Sets what the first signal says from now on.
  func onStop(_ announce: @escaping @Sendable () -> Void) {
    state.announcement.withLock { $0 = announce }
  }

  /// Who listens; with nobody a signal ends the process.
  private static let current = Mutex<State?>(nil)

  /// Where signals are received: never where anything may block, or a second one would not be seen.
  private static let queue = DispatchQueue(label: "signals", qos: .userInteractive)

  /// The sources are made once a process and never given up: a signal that is watched anew after
  /// that is not seen again.
  private static let installed: Void = {
    for (number, status) in [
      (SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated),
      (SIGHUP, .hungUp),
    ] {
      let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
      let wasIgnored = unsafeBitCast(signal(number, SIG_IGN), to: Int.self) == ignored
      guard number != SIGHUP || !wasIgnored else { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        withExtendedLifetime(source) { receive(status) }
      }
      source.resume()
    }
  }()

  private static func receive(_ status: ExitStatus) {
    // Whoever ends to listen finds the stop given, or the signal ends the process.
    let heard = current.withLock { state in
      guard let state, state.isFirst() else { return nil as State? }
      state.stop.stop(.signal(status))
      return state
    }
    guard let state = heard else {
      // What is on its way is found again by `resume`, as after a kill.
      _exit(status.rawValue)
    }
    let announce = state.announcement.withLock { $0 }
    // Nobody may be reading stderr: the announcement waits then, and the next signal does not.
    Thread.detachNewThread(announce)
  }

  /// What the handlers see.
  private final class State: Sendable {
    let stop: StopSignal
    let announcement = Mutex<@Sendable () -> Void>({})
    private let wasAsked = Mutex(false)

    init(_ stop: StopSignal) {
      self.stop = stop
    }

    /// Whether no signal came before.
    func isFirst() -> Bool {
      wasAsked.withLock { asked in
        defer { asked = true }
        return !asked
      }
    }
  }
}
