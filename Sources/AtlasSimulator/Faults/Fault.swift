internal import GodwitCore

/// One way in which a request goes wrong; the raw values are the names of the request log and of
/// ``FaultRule``.
public enum Fault: String, Sendable, CaseIterable {
  /// 500 instead of doing anything.
  case errorBefore = "500-before"
  /// 500 though the effect was made.
  case errorAfter = "500-after"
  /// 503 with `Retry-After` instead of doing anything.
  case unavailable = "503-before"
  /// 503 without `Retry-After` instead of doing anything.
  case unavailablePlain = "503-plain"
  /// 405 `WRITES_NOT_ALLOWED_DURING_APP_UPGRADES`; reads go on.
  case maintenance = "405-maintenance"
  /// 429 with `Retry-After` instead of doing anything.
  case rateLimited = "429-before"
  /// The connection is closed instead of doing anything.
  case closedBefore = "closed-before"
  /// The connection is closed though the effect was made.
  case closedAfter = "closed-after"
  /// The effect is made and the connection is closed in the middle of the body.
  case truncated
  /// The effect is made and a page of a proxy is answered, with status 200.
  case notJSON = "not-json"
  /// The effect is made and the body is empty.
  case empty
  /// The effect is made and the body comes byte by byte.
  case slow
  /// The effect is made after a delay, and the answer comes then.
  case lateBefore = "late-before"
  /// The effect is made at once, and the answer comes after a delay.
  case lateAfter = "late-after"
  /// 401 with `stale=true` and a new nonce, to digest authentication only.
  case staleNonce = "stale-nonce"
  /// The access token of a service account is revoked, and 401 is answered.
  case tokenRevoked = "token-revoked"
  /// 403 `IP_ADDRESS_NOT_ON_ACCESS_LIST`.
  case accessList = "ip-list"
  /// A person edits one integration of the project; the request itself goes well.
  case person
  /// A PUT or PATCH is answered with success and changes nothing: the answer shows what was there.
  case notKept = "not-kept"

  /// The ways that a fail rate draws from.
  static let ofFailRate: [Fault] = [
    .errorBefore, .errorAfter, .unavailable, .rateLimited, .closedBefore, .closedAfter,
  ]

  /// Whether a request can meet it.
  func concerns(method: String, isRead: Bool, hasProject: Bool, caller: Caller) -> Bool {
    switch self {
    case .notKept: method == "PUT" || method == "PATCH"
    case .maintenance: !isRead
    case .staleNonce: caller.kind == .digest
    case .tokenRevoked: caller.kind == .bearer
    case .person: hasProject
    default: true
    }
  }
}

extension APIError {
  /// The service is away; a caller is told when to come back, or not.
  static func unavailable(retryAfter: Int?) -> APIError {
    var error = APIError(503, "SERVICE_UNAVAILABLE", "The service cannot answer just now.")
    error.retryAfter = retryAfter
    return error
  }

  /// Writes are refused while Atlas is being upgraded.
  static var maintenance: APIError {
    APIError(
      405,
      "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES",
      "Nothing can be changed while an upgrade is under way."
    )
  }

  /// The caller's address is not on the access list of its credentials.
  static var notOnAccessList: APIError {
    APIError(
      403,
      "IP_ADDRESS_NOT_ON_ACCESS_LIST",
      "The address 127.0.0.1 is not on the access list.",
      ["127.0.0.1"]
    )
  }

  /// The older form of the error, with resource, limit and minutes as parameters.
  static func rateLimited(path: String, retryAfter: Int = 1) -> APIError {
    var error = APIError(
      429,
      "RATE_LIMITED",
      "The resource \(path) is limited to 100 requests in 1 minutes.",
      [.string(path), 100, 1]
    )
    error.retryAfter = retryAfter
    return error
  }
}
