public import GodwitCore

/// What a request proves its right with.
public enum AtlasCredential: Sendable {
  /// A programmatic API key, used with HTTP digest authentication.
  case digest(publicKey: String, privateKey: SecretValue)
  /// A service account, which gets access tokens for its client id and secret (OAuth2).
  case serviceAccount(clientID: String, clientSecret: SecretValue)
  /// An OAuth2 access token, sent as it is.
  case accessToken(SecretValue)

  /// What kind it is, as a person would call it.
  public var kindName: String {
    switch self {
    case .digest: "API key"
    case .serviceAccount: "service account"
    case .accessToken: "access token"
    }
  }

  /// Whether it is used with HTTP digest, the one way that the older generations take.
  var isDigest: Bool {
    if case .digest = self { true } else { false }
  }

  /// The last four characters of the public key, client id or token, for people.
  public var tail: String {
    switch self {
    case .digest(let publicKey, _): String(publicKey.suffix(4))
    case .serviceAccount(let clientID, _): String(clientID.suffix(4))
    case .accessToken(let token): token.fingerprint.shownTail
    }
  }

  /// The part that must never be shown.
  var secret: SecretValue {
    switch self {
    case .digest(_, let privateKey): privateKey
    case .serviceAccount(_, let clientSecret): clientSecret
    case .accessToken(let token): token
    }
  }
}
