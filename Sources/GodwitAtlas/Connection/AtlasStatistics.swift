/// What a connection has done so far.
public struct AtlasStatistics: Sendable, Hashable {
  /// Requests sent, challenges and repeats included.
  public var requests = 0
  /// Attempts after the first.
  public var retries = 0
  /// Requests that only fetched a challenge of digest authentication.
  public var challenges = 0
  /// Answers with status 429.
  public var rateLimited = 0
  /// Requests without an answer.
  public var failures = 0
  /// Bytes of bodies sent.
  public var sentBytes = 0
  /// Bytes of bodies received.
  public var receivedBytes = 0
  /// The sum of the times between request and end of answer.
  public var latency = Duration.zero
  /// What the last answer that spoke of a rate limit said; `nil` if none did.
  public var rateLimit: RateLimitSign?

  /// Makes statistics of nothing.
  public init() {}

  /// Adds one exchange.
  mutating func count(_ exchange: AtlasExchange) {
    requests += 1
    if exchange.isChallenge { challenges += 1 }
    if exchange.status == 429 { rateLimited += 1 }
    if exchange.status == nil { failures += 1 }
    sentBytes += exchange.sentBytes
    receivedBytes += exchange.receivedBytes
    latency += exchange.duration
    rateLimit = exchange.rateLimit ?? rateLimit
  }
}

/// One request and its answer, without their bodies.
public struct AtlasExchange: Sendable, Hashable {
  /// The method.
  public var method: String
  /// Path and query.
  public var path: String
  /// The status; `nil` without an answer.
  public var status: Int?
  /// Why there was no answer.
  public var failure: AtlasError.Kind?
  /// Which attempt, from 1.
  public var attempt: Int
  /// Whether it was sent without credentials, to fetch a challenge.
  public var isChallenge: Bool
  /// The time between request and end of answer or failure.
  public var duration: Duration
  /// Bytes of the body sent.
  public var sentBytes: Int
  /// Bytes of the body received.
  public var receivedBytes: Int
  /// What is left of the rate limit that the request fell under.
  ///
  /// Source: the headers `RateLimit-Limit` and `RateLimit-Remaining` of Atlas' API, in answers
  /// since January 2026; documented as not always present.
  public var rateLimit: RateLimitSign?
  /// How long the server asks to wait.
  public var retryAfter: Duration?
}

/// What an answer says of the rate limit that its request fell under.
public struct RateLimitSign: Sendable, Hashable {
  /// The capacity of the bucket.
  public var limit: Int
  /// The requests left in it.
  public var remaining: Int
}
