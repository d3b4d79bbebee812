internal import GodwitCore
internal import NIOHTTP1

/// What makes requests authorized, by kind of credential.
enum Authorizer: Sendable {
  case digest(DigestAuthority)
  case serviceAccount(TokenAuthority)
  /// The whole value of the header.
  case bearer(String)

  init(_ credential: AtlasCredential, now: @escaping @Sendable () -> ContinuousClock.Instant) {
    switch credential {
    case .digest(let publicKey, let privateKey):
      self = .digest(DigestAuthority(publicKey: publicKey, privateKey: privateKey))
    case .serviceAccount(let clientID, let clientSecret):
      self = .serviceAccount(
        TokenAuthority(clientID: clientID, clientSecret: clientSecret, now: now)
      )
    case .accessToken(let token):
      self = .bearer("Bearer " + token.withBytes { String(decoding: $0, as: UTF8.self) })
    }
  }
}

/// What a 401 means.
enum Unauthorized: Sendable, Hashable {
  /// A challenge to be answered, or an answer that was refused.
  case challenge(DigestChallenge)
  /// The credentials are right and do not reach this project.
  ///
  /// Source: Atlas' table of API errors has 401 for `NOT_IN_GROUP`, `USER_CANNOT_ACCESS_GROUP`,
  /// `USER_UNAUTHORIZED` and others; recorded challenges have `UNEXPECTED_ERROR`.
  case noAccess
  /// The credentials were refused, without a challenge that could be answered.
  case refused

  /// Judges an answer with status 401.
  init(_ answer: HTTPAnswer) {
    let challenge = DigestChallenge(headers: answer.headers["WWW-Authenticate"])
    let code = ErrorBody(answer.body).errorCode
    if let challenge, challenge.isStale {
      self = .challenge(challenge)
    } else if Self.refusesToken(answer.headers["WWW-Authenticate"]) {
      self = .refused
    } else if let code, code != "UNEXPECTED_ERROR" {
      self = .noAccess
    } else if let challenge {
      self = .challenge(challenge)
    } else {
      self = .refused
    }
  }

  /// Whether a server says in the words of RFC 6750, section 3, that it is the token.
  private static func refusesToken(_ headers: [String]) -> Bool {
    headers.lazy.flatMap(ChallengeParser.challenges).contains {
      $0.scheme == "bearer" && $0.parameters["error"] == "invalid_token"
    }
  }
}
