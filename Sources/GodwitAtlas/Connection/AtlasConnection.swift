internal import GodwitCore
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// A connection to one server with one credential: pool, authentication, retries and counters.
///
/// It is shared by all that runs at the same time. ``shutdown()`` must be called before it is let
/// go, or ``withConnection(_:_:)`` used, which does.
public final class AtlasConnection: Sendable {
  let configuration: AtlasConfiguration
  let transport: HTTPTransport
  let authorizer: Authorizer
  private let budget: Mutex<RetryBudget>
  private let counters = Mutex(AtlasStatistics())
  private let knownSecrets: TextCleaner

  /// Prepares a connection; nothing is sent before the first request.
  public init(_ configuration: AtlasConfiguration) {
    self.configuration = configuration
    transport = HTTPTransport(configuration)
    authorizer = Authorizer(configuration.credential, now: configuration.now)
    budget = Mutex(
      RetryBudget(reserve: configuration.retry.reserve, share: configuration.retry.share)
    )
    knownSecrets = TextCleaner(configuration.knownSecrets + [configuration.credential.secret])
  }

  /// Makes a connection for the time of a call and shuts it down afterwards.
  public static func withConnection<Result: Sendable>(
    _ configuration: AtlasConfiguration,
    _ body: (AtlasConnection) async throws -> Result
  ) async throws -> Result {
    let connection = AtlasConnection(configuration)
    do {
      let result = try await body(connection)
      await connection.shutdown()
      return result
    } catch {
      await connection.shutdown()
      throw error
    }
  }

  /// Gives a service account's token back and closes all connections; requests in flight fail.
  ///
  /// It may be called more than once.
  public func shutdown() async {
    // A task of its own: a cancelled caller must give its token back too.
    await Task { await revokeToken() }.value
    await transport.shutdown()
  }

  /// What the connection has done so far.
  public var statistics: AtlasStatistics {
    counters.withLock { $0 }
  }

  /// The request of an operation.
  ///
  /// - Parameters:
  ///   - operation: what is to be done.
  ///   - generation: the API to do it through; `nil` for the one that fits the operation.
  ///   - body: what is to be sent.
  /// - Returns: the request, not sent yet.
  func request(
    _ operation: AtlasOperation,
    through generation: APIGeneration? = nil,
    body: RequestBody? = nil
  ) -> AtlasRequest {
    let fitting = generation ?? operation.generation(chosen: configuration.api)
    return AtlasRequest(operation, in: fitting, body: body)
  }

  /// Sends a request, again where the rules for retries say so, and lets `decode` read the 2xx
  /// answer; at most `attempts` times, and after no longer wait than `longestWait`, if that is set.
  func perform<Value>(
    _ operation: AtlasOperation,
    through generation: APIGeneration? = nil,
    body: RequestBody? = nil,
    attempts: Int? = nil,
    longestWait: Duration? = nil,
    decode: (HTTPAnswer) throws(UnreadableAnswer) -> Value
  ) async throws(AtlasError) -> Value {
    let request = request(operation, through: generation, body: body)
    try checkCredential(for: request)
    budget.withLock { $0.deposit() }
    var attempt = 1
    while true {
      var error: AtlasError
      do throws(AtlasError) {
        return try await exchange(request, attempt: attempt, decode: decode)
      } catch let failure {
        error = failure
      }
      if let attempts, attempt >= attempts { throw error }
      let policy = configuration.retry
      let decision = RetryDecision.decide(
        error,
        isWrite: operation.isWrite,
        policy: policy,
        random: policy.random()
      )
      guard case .retry(let wait, let costsBudget) = decision else { throw error }
      if let longestWait, wait > longestWait { throw error }
      if costsBudget, !budget.withLock({ $0.withdraw() }) {
        error.isRetryBudgetSpent = true
        throw error
      }
      do {
        try await policy.sleep(wait)
      } catch {
        throw self.error(.cancelled, request, attempt: attempt)
      }
      attempt += 1
      counters.withLock { $0.retries += 1 }
    }
  }

  /// Takes a retry out of the budget; what a server asked to wait for costs nothing.
  func paysForRetry(of error: AtlasError) -> Bool {
    let isPaid =
      error.status == 429 && error.retryAfter != nil || budget.withLock { $0.withdraw() }
    if isPaid { counters.withLock { $0.retries += 1 } }
    return isPaid
  }

  /// Sends one HTTP request and counts it.
  func send(
    _ request: AtlasRequest,
    authorization: String?,
    attempt: Int
  ) async throws(TransportFailure) -> HTTPAnswer {
    let call = request.call(
      origin: configuration.target.baseURL,
      userAgent: configuration.userAgent,
      authorization: authorization
    )
    return try await send(call, attempt: attempt, isChallenge: authorization == nil)
  }

  /// Sends one HTTP request of whatever kind and counts it.
  func send(
    _ call: HTTPCall,
    attempt: Int,
    isChallenge: Bool = false,
    timeout: Duration? = nil
  ) async throws(TransportFailure) -> HTTPAnswer {
    let start = ContinuousClock.now
    var exchange = AtlasExchange(
      method: call.method.rawValue,
      path: call.path,
      attempt: attempt,
      isChallenge: isChallenge,
      duration: .zero,
      sentBytes: call.body?.readableBytes ?? 0,
      receivedBytes: 0
    )
    do throws(TransportFailure) {
      let answer = try await transport.send(call, timeout: timeout)
      exchange.status = answer.status
      exchange.receivedBytes = answer.body.readableBytes
      exchange.rateLimit = answer.rateLimit
      exchange.retryAfter = answer.retryAfter
      exchange.duration = .now - start
      record(exchange)
      return answer
    } catch {
      exchange.failure = error.kind
      exchange.duration = .now - start
      record(exchange)
      throw error
    }
  }

  private func record(_ exchange: AtlasExchange) {
    counters.withLock { $0.count(exchange) }
    configuration.observer?(exchange)
  }

  /// The cleaner for texts from outside: it knows all secrets but those of a request.
  var cleaner: TextCleaner {
    guard case .serviceAccount(let authority) = authorizer else { return knownSecrets }
    return knownSecrets.adding(authority.secrets)
  }

  /// The cleaner for the texts of a request's errors.
  func cleaner(for request: AtlasRequest) -> TextCleaner {
    cleaner.adding(request.body?.secrets ?? [])
  }
}
