/// When a failed request is sent again, and how long to wait before.
public struct RetryPolicy: Sendable {
  /// How often a request is sent at most.
  public var attempts: Int
  /// The longest wait before the second attempt; doubled for each further one.
  public var base: Duration
  /// The longest wait between two attempts, unless the server asks for a longer one.
  public var cap: Duration
  /// The longest wait that the server can ask for with `Retry-After`.
  public var retryAfterCap: Duration
  /// How many retries there are at the start.
  public var reserve: Int
  /// How many more there are for each request, so that an outage is not multiplied.
  public var share: Double
  /// A random number from 0 up to but not including 1, for the jitter.
  public var random: @Sendable () -> Double
  /// Waits; throws when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void

  /// Makes a policy; what is left out is as usual.
  public init(
    attempts: Int = 5,
    base: Duration = .milliseconds(500),
    cap: Duration = .seconds(30),
    retryAfterCap: Duration = .seconds(300),
    reserve: Int = 50,
    share: Double = 0.1,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.attempts = attempts
    self.base = base
    self.cap = cap
    self.retryAfterCap = retryAfterCap
    self.reserve = reserve
    self.share = share
    self.random = random
    self.sleep = sleep
  }
}
