import Synchronization

/// The access tokens that service accounts were given, and how often they asked.
///
/// Source: Atlas' documentation of service accounts: tokens of an hour, at most a hundred at a time,
/// and a limit of requests a minute.
final class TokenTable: Sendable {
  /// What limits the tokens.
  struct Limits: Sendable {
    var lifetime = Duration.seconds(3600)
    var requestsPerMinute = 50
    var liveTokens = 100
  }

  /// Why there is no token.
  enum Refusal: Error, Equatable {
    case wrongClient
    case disabled
    case secretExpired
    case tooManyTokens(limit: Int)
    case rateLimited(limit: Int, seconds: Int)
  }

  private struct Token {
    let clientID: String
    let expiry: ContinuousClock.Instant
  }

  private struct Window {
    var end: ContinuousClock.Instant
    var requests = 0
  }

  private struct State {
    var tokens: [String: Token] = [:]
    var windows: [String: Window] = [:]
    var standings: [String: ServiceAccountStanding] = [:]
  }

  let limits: Limits
  private let accounts: [String: SimulatorCredentials.ServiceAccount]
  private let state = Mutex(State())

  init(_ accounts: [SimulatorCredentials.ServiceAccount], limits: Limits) {
    self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.clientID, $0) })
    self.limits = limits
  }

  func set(_ standing: ServiceAccountStanding, for clientID: String) {
    state.withLock { $0.standings[clientID] = standing }
  }

  /// Makes a token.
  ///
  /// Each try counts towards the limit of requests, right or wrong.
  func mint(
    clientID: String,
    secret: String,
    at now: ContinuousClock.Instant
  ) throws(Refusal) -> String {
    try state.withLock { state throws(Refusal) in
      try count(clientID, at: now, in: &state)
      guard let account = accounts[clientID], account.clientSecret == secret else {
        throw .wrongClient
      }
      switch state.standings[clientID] ?? .active {
      case .active: break
      case .disabled: throw .disabled
      case .secretExpired: throw .secretExpired
      }
      state.tokens = state.tokens.filter { now < $0.value.expiry }
      guard state.tokens.values.count(where: { $0.clientID == clientID }) < limits.liveTokens
      else { throw .tooManyTokens(limit: limits.liveTokens) }
      var random = SystemRandomNumberGenerator()
      var generator = SeededGenerator(seed: random.next())
      let token = "sim.sa.\(generator.token(64))"
      state.tokens[token] = Token(clientID: clientID, expiry: now + limits.lifetime)
      return token
    }
  }

  /// Counts a request in its account's minute.
  private func count(
    _ clientID: String,
    at now: ContinuousClock.Instant,
    in state: inout State
  ) throws(Refusal) {
    state.windows = state.windows.filter { now < $0.value.end }
    var window = state.windows[clientID] ?? Window(end: now + .seconds(60))
    guard window.requests < limits.requestsPerMinute else {
      let seconds = (window.end - now).components.seconds + 1
      throw .rateLimited(limit: limits.requestsPerMinute, seconds: Int(seconds))
    }
    window.requests += 1
    state.windows[clientID] = window
  }

  /// Makes a token worthless; only the account whose token it is can.
  ///
  /// - Throws: if client id or secret are wrong; a token that is not known is no error (RFC 7009).
  func revoke(_ token: String, clientID: String, secret: String) throws(Refusal) {
    guard let account = accounts[clientID], account.clientSecret == secret else {
      throw .wrongClient
    }
    state.withLock { state in
      if state.tokens[token]?.clientID == clientID { state.tokens[token] = nil }
    }
  }

  /// Makes a token worthless, whoever's it is.
  func forget(_ token: String) {
    state.withLock { $0.tokens[token] = nil }
  }

  /// Who has a token, if it is good.
  func caller(of token: String, at now: ContinuousClock.Instant) -> Caller? {
    state.withLock { state in
      guard let entry = state.tokens[token], now < entry.expiry,
        state.standings[entry.clientID] != .disabled,
        let account = accounts[entry.clientID]
      else { return nil }
      return Caller(kind: .bearer, publicKey: account.clientID, canWrite: account.canWrite)
    }
  }
}
