/// The retries that all requests of a connection share.
///
/// Each request adds a part of a retry, each retry takes one: while Atlas is down the load grows by
/// that part and no more.
struct RetryBudget: Sendable {
  private var tokens: Double
  private let share: Double
  private let capacity: Double

  init(reserve: Int, share: Double) {
    tokens = Double(reserve)
    self.share = share
    capacity = Double(reserve) * 10
  }

  /// Counts a request, not its repeats.
  mutating func deposit() {
    tokens = min(capacity, tokens + share)
  }

  /// Takes a retry, if there is one left.
  mutating func withdraw() -> Bool {
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}
