internal import GodwitCore
internal import NIOHTTP1

/// What makes requests authorized, by kind of credential.
///
/// A renewal of tokens has its place here, beside ``DigestAuthority``.
enum Authorizer: Sendable {
  case digest(DigestAuthority)
  /// The whole value of the header.
  case bearer(String)

  init(_ credential: AtlasCredential) {
    switch credential {
    case .digest(let publicKey, let privateKey):
      self = .digest(DigestAuthority(publicKey: publicKey, privateKey: privateKey))
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
    } else if let code, code != "UNEXPECTED_ERROR" {
      self = .noAccess
    } else if let challenge {
      self = .challenge(challenge)
    } else {
      self = .refused
    }
  }
}
