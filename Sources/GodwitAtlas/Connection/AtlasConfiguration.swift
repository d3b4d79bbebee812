public import GodwitCore

/// How to talk to Atlas.
public struct AtlasConfiguration: Sendable {
  /// The server.
  public var target: AtlasTarget
  /// What requests prove their right with.
  public var credential: AtlasCredential
  /// The generation of the API; what it does not know is reached through the newest that does.
  public var api: APIGeneration
  /// The largest number of connections; as many requests are in flight at most.
  public var parallelism: Int
  /// How long a connection may take to come about.
  public var connectTimeout: Duration
  /// How long one attempt may take, from handing it over to the last byte of the answer.
  public var requestTimeout: Duration
  /// The largest body of an answer that is taken, in bytes.
  public var answerLimit: Int
  /// When a failed request is sent again.
  public var retry: RetryPolicy
  /// What the client calls itself, for example `"godwit/1.0.0"`.
  public var userAgent: String
  /// Secrets that must not appear in the texts of errors; the credential's own, and those of the
  /// request at hand, are searched for anyway.
  public var knownSecrets: [SecretValue]
  /// Is told of every exchange when it has ended, on the task that made it; must not block.
  public var observer: (@Sendable (AtlasExchange) -> Void)?
  /// The clock by which the access token of a service account ends.
  public var now: @Sendable () -> ContinuousClock.Instant

  /// Makes a configuration with the usual limits.
  public init(
    target: AtlasTarget,
    credential: AtlasCredential,
    api: APIGeneration = .v2,
    parallelism: Int = 16,
    connectTimeout: Duration = .seconds(10),
    requestTimeout: Duration = .seconds(30),
    answerLimit: Int = 16 * 1024 * 1024,
    retry: RetryPolicy = RetryPolicy(),
    userAgent: String = "godwit",
    knownSecrets: [SecretValue] = [],
    observer: (@Sendable (AtlasExchange) -> Void)? = nil,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.target = target
    self.credential = credential
    self.api = api
    self.parallelism = parallelism
    self.connectTimeout = connectTimeout
    self.requestTimeout = requestTimeout
    self.answerLimit = answerLimit
    self.retry = retry
    self.userAgent = userAgent
    self.knownSecrets = knownSecrets
    self.observer = observer
    self.now = now
  }
}
