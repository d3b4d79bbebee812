/// Whether a failed request is sent again.
enum RetryDecision: Sendable, Hashable {
  /// No: the error stands.
  case giveUp
  /// After a wait. A wait that the server asked for costs nothing of the budget.
  case retry(after: Duration, costsBudget: Bool)

  /// Decides by the error, which knows its attempt.
  ///
  /// A write is never sent again here: while it waits somebody may change what it is about, so
  /// whoever sends it has to look first. `random`, from 0
  /// up to 1, is the part of the longest wait that is taken ("full jitter").
  static func decide(
    _ error: AtlasError,
    isWrite: Bool,
    policy: RetryPolicy,
    random: Double
  ) -> RetryDecision {
    guard !isWrite, error.attempt < policy.attempts, error.mayPassOnReading else { return .giveUp }
    let doubling = policy.base * (1 << min(error.attempt - 1, 16))
    let slowness = error.isMaintenance ? 10 : 1
    let jitter = min(policy.cap, doubling * slowness) * random
    if let asked = error.retryAfter {
      let wait = min(asked, policy.retryAfterCap) + min(policy.base, policy.cap) * random
      return .retry(after: wait, costsBudget: error.status != 429)
    }
    return .retry(after: jitter, costsBudget: true)
  }

}

extension AtlasError {
  /// Whether the same read may succeed later.
  public var mayPassOnReading: Bool {
    switch kind {
    case .nameResolution, .connect, .tls, .timeout, .reset, .unreadableAnswer, .restlessNonce,
      .unsteadyList:
      true
    case .status:
      switch status ?? 0 {
      case 408, 429, 500...599: true
      case 405: isMaintenance
      default: false
      }
    case .invalidTarget, .tooLarge, .wrongCredentials, .unsupportedAuthentication, .needsAPIKey,
      .invalidPath, .refusedBody, .cancelled, .closed:
      false
    }
  }
}
