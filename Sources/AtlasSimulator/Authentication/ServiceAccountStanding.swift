/// How a service account of a simulator stands: what a person can do to one in Atlas.
public enum ServiceAccountStanding: Sendable, Hashable, CaseIterable {
  /// It gets tokens.
  case active
  /// It gets no tokens, and those that it has are refused.
  case disabled
  /// Its secret is refused; tokens that it has stay good.
  case secretExpired
}

/// The shape of the token endpoint's 429; both were seen of Atlas.
public enum TokenLimitForm: String, Sendable, CaseIterable {
  /// `{"error": 429, "errorCode": "RATE_LIMITED", …}`, as all other errors of the API.
  case apiError
  /// `{"error": "rate_limited", "error_description": …}`, as OAuth has it.
  case oauth
}
