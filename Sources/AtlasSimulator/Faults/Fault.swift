import GodwitCore

/// One way in which a request goes wrong, by the names of the request log.
enum Fault: String, Sendable, CaseIterable {
  /// 500 instead of doing anything.
  case errorBefore = "500-before"
  /// 500 though the effect was made.
  case errorAfter = "500-after"
  /// 503 with `Retry-After` instead of doing anything.
  case unavailable = "503-before"
  /// 429 with `Retry-After` instead of doing anything.
  case rateLimited = "429-before"
  /// The connection is closed instead of doing anything.
  case closedBefore = "closed-before"
  /// The connection is closed though the effect was made.
  case closedAfter = "closed-after"

  /// What is done with the request.
  enum Effect {
    /// Nothing is done and this error is answered.
    case refuse(APIError)
    /// Nothing is done, nothing is answered, the connection is closed.
    case closeBefore
    /// The effect is made and this error is answered.
    case answerInstead(APIError)
    /// The effect is made, nothing is answered, the connection is closed.
    case closeAfter
  }

  /// What is done with a request for this path.
  func effect(path: String) -> Effect {
    switch self {
    case .errorBefore: .refuse(.unexpected)
    case .errorAfter: .answerInstead(.unexpected)
    case .unavailable: .refuse(.unavailable)
    case .rateLimited: .refuse(.rateLimited(path: path))
    case .closedBefore: .closeBefore
    case .closedAfter: .closeAfter
    }
  }
}

extension APIError {
  static var unavailable: APIError {
    var error = APIError(503, "SERVICE_UNAVAILABLE", "The service cannot answer just now.")
    error.retryAfter = 1
    return error
  }

  /// The older form of the error, with resource, limit and minutes as parameters.
  static func rateLimited(path: String) -> APIError {
    var error = APIError(
      429,
      "RATE_LIMITED",
      "The resource \(path) is limited to 100 requests in 1 minutes.",
      [.string(path), 100, 1]
    )
    error.retryAfter = 1
    return error
  }
}
