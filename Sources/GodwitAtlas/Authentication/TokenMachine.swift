internal import GodwitCore

/// Decides when an access token is fetched, when many requests are in flight.
///
/// One token is fetched at a time, and requests without a good one wait for it. When the end of one
/// comes near, the next is fetched while requests go on with the old one. A token that worked and is
/// refused is replaced at once; if its successor is refused before it ever worked, the account
/// itself is. The machine decides and never acts; ``TokenAuthority`` acts.
struct TokenMachine: Sendable {
  /// What a request does next.
  enum Step: Sendable {
    /// Fetch a token and wait for it.
    case mint
    /// Wait for the token that is being fetched.
    case wait
    /// Send the request with this one.
    case use(AccessToken)
    /// Have the next one fetched, and send the request with this one meanwhile.
    case renew(AccessToken)
    /// Fail: the account was refused before.
    case refuse
  }

  /// What a request does after its token was refused.
  enum Verdict: Sendable, Hashable {
    /// Ask for the next step.
    case again
    /// Fail: a new token was refused too.
    case refused
  }

  /// How long to wait with the next try to renew a token that is still good.
  static let renewalPause = Duration.seconds(30)

  private(set) var token: AccessToken?
  private(set) var isRefused = false
  private(set) var lastGeneration = 0
  private var isMinting = false
  /// How many tokens in a row were refused since one was last accepted.
  private var refusals = 0
  /// When to try again to renew the token, after that failed.
  private var renewalPauseEnd: ContinuousClock.Instant?

  /// What the next request does.
  mutating func next(at now: ContinuousClock.Instant) -> Step {
    if isRefused { return .refuse }
    guard let token, now < token.expiry else {
      if isMinting { return .wait }
      isMinting = true
      return .mint
    }
    guard !isMinting, now >= renewalPauseEnd ?? token.renewal else { return .use(token) }
    isMinting = true
    return .renew(token)
  }

  /// A token came.
  mutating func minted(_ token: AccessToken) {
    self.token = token
    lastGeneration = token.generation
    renewalPauseEnd = nil
    isMinting = false
  }

  /// No token came; if the failure `isFinal`, none will.
  mutating func missed(at now: ContinuousClock.Instant, retryAfter: Duration?, isFinal: Bool) {
    isMinting = false
    if let token, now < token.expiry {
      renewalPauseEnd = now + max(retryAfter ?? Self.renewalPause, .seconds(1))
    } else {
      token = nil
      isRefused = isFinal
    }
  }

  /// Takes the token away; no other follows.
  mutating func finish() -> AccessToken? {
    defer { token = nil }
    isRefused = true
    return token
  }

  /// The API answered a request with this token, and not by refusing it.
  mutating func accepted(_ used: AccessToken) {
    if used.generation == token?.generation { refusals = 0 }
  }

  /// The API refused this token; `wasRenewed` if this request has met that already.
  mutating func refused(_ used: AccessToken, wasRenewed: Bool) -> Verdict {
    if used.generation == token?.generation {
      token = nil
      refusals += 1
      if refusals > 1 { isRefused = true }
    }
    return wasRenewed || isRefused ? .refused : .again
  }
}

/// An access token of a service account.
struct AccessToken: Sendable {
  let generation: Int
  let value: SecretValue
  /// When the next one is fetched.
  let renewal: ContinuousClock.Instant
  let expiry: ContinuousClock.Instant

  /// How long before the end the next one is fetched, at most.
  ///
  /// Source: Atlas' tokens last an hour, and the Terraform provider renews ten minutes early.
  static let longestLead = Duration.seconds(600)

  /// Takes a token that is good for a time from now on.
  init(
    _ value: SecretValue,
    generation: Int,
    lifetime: Duration,
    at now: ContinuousClock.Instant
  ) {
    self.value = value
    self.generation = generation
    expiry = now + lifetime
    renewal = expiry - min(Self.longestLead, lifetime / 4)
  }

  /// The value of the `Authorization` header.
  var authorization: String {
    value.withBytes { "Bearer " + String(decoding: $0, as: UTF8.self) }
  }
}
