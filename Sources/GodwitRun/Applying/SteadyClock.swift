/// A clock that only goes forward, whatever is done to the system's.
///
/// Waits that a promise depends on are counted by it: a write is given its time to show also while
/// the system's clock is set back or forward.
public enum SteadyClock {
  private static let start = ContinuousClock.now

  /// Milliseconds since this was first asked for.
  public static let milliseconds: @Sendable () -> Int64 = {
    start.duration(to: .now).milliseconds
  }
}
