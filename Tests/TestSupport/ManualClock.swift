internal import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: Sendable {
  private let time: Mutex<Int64>
  private let start: (milliseconds: Int64, instant: ContinuousClock.Instant)

  /// Starts at a time, in milliseconds since 1970.
  public init(_ milliseconds: Int64 = 1_800_000_000_000) {
    time = Mutex(milliseconds)
    start = (milliseconds, .now)
  }

  /// The time, in milliseconds since 1970.
  public var milliseconds: Int64 { time.withLock { $0 } }

  /// The clock as a function.
  public var read: @Sendable () -> Int64 { { self.milliseconds } }

  /// The clock as a function that gives instants.
  public var instant: @Sendable () -> ContinuousClock.Instant {
    { self.start.instant + .milliseconds(self.milliseconds - self.start.milliseconds) }
  }

  /// Moves the clock, backwards too.
  public func advance(by milliseconds: Int64) {
    time.withLock { $0 += milliseconds }
  }
}
