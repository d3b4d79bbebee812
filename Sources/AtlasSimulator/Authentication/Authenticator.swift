/// Verifies the credentials of requests: digest (RFC 7616 with MD5 and `qop=auth`) and bearer.
struct Authenticator: Sendable {
  /// The realm of Atlas' challenge.
  static let realm = "MMS Public API"

  private struct Key: Sendable {
    /// MD5 of user name, realm and password.
    let secretHash: String
    let publicKey: String
    let canWrite: Bool
  }

  private let keys: [String: Key]
  private let accessToken: String
  private let tokenCaller: Caller
  private let tokens: TokenTable
  private let nonces: NonceTable
  private let now: @Sendable () -> ContinuousClock.Instant

  init(
    credentials: SimulatorCredentials,
    tokens: TokenTable,
    nonceLifetime: Duration,
    now: @escaping @Sendable () -> ContinuousClock.Instant
  ) {
    var keys: [String: Key] = [:]
    for (key, canWrite) in [(credentials.owner, true), (credentials.readOnly, false)] {
      let hash = MD5.hex("\(key.publicKey):\(Self.realm):\(key.privateKey)")
      keys[key.publicKey] = Key(
        secretHash: hash,
        publicKey: key.publicKey,
        canWrite: canWrite
      )
    }
    self.keys = keys
    accessToken = credentials.accessToken
    tokenCaller = Caller(
      kind: .bearer,
      publicKey: credentials.owner.publicKey,
      canWrite: true
    )
    self.tokens = tokens
    nonces = NonceTable(lifetime: nonceLifetime)
    self.now = now
  }

  /// The value of a `WWW-Authenticate` header with a new nonce, in Atlas' exact form.
  func challenge(stale: Bool) -> String {
    let nonce = nonces.issue(at: now())
    return
      #"Digest realm="\#(Self.realm)", domain="", nonce="\#(nonce)", algorithm=MD5, "#
      + #"qop="auth", stale=\#(stale)"#
  }

  /// Verifies an `Authorization` header.
  ///
  /// - Parameters:
  ///   - authorization: The header's value.
  ///   - method: The method of the request.
  ///   - target: Path and query as they were sent.
  /// - Returns: Who sent the request, or how it is refused.
  func verify(authorization: String?, method: String, target: String) -> AuthenticationOutcome {
    guard let authorization, let space = authorization.firstIndex(of: " ") else {
      return .challenged(.initial)
    }
    let parameters = authorization[authorization.index(after: space)...]
    switch authorization[..<space].lowercased() {
    case "bearer":
      if parameters == accessToken { return .accepted(tokenCaller) }
      guard let caller = tokens.caller(of: String(parameters), at: now()) else {
        return .tokenRefused
      }
      return .accepted(caller)
    case "digest":
      guard let fields = DigestFields(parsing: parameters) else { return .challenged(.wrong) }
      return verify(fields, method: method, target: target)
    default:
      return .challenged(.initial)
    }
  }

  /// Takes a service account's token out of use, as somebody might in the middle of a run.
  func forgetToken(of authorization: String?) {
    guard let authorization, let space = authorization.firstIndex(of: " ") else { return }
    tokens.forget(String(authorization[authorization.index(after: space)...]))
  }

  private func verify(
    _ fields: DigestFields,
    method: String,
    target: String
  ) -> AuthenticationOutcome {
    guard
      let key = fields["username"].flatMap({ keys[$0] }),
      fields["realm"] == Self.realm,
      fields["uri"] == target,
      fields["qop"] == "auth",
      fields["algorithm"] ?? "MD5" == "MD5",
      let nonce = fields["nonce"],
      let client = fields["cnonce"],
      let countText = fields["nc"], countText.utf8.count == 8,
      let count = UInt32(countText, radix: 16), count > 0
    else { return .challenged(.wrong) }
    let request = MD5.hex("\(method):\(target)")
    let expected = MD5.hex("\(key.secretHash):\(nonce):\(countText):\(client):auth:\(request)")
    guard fields["response"] == expected else { return .challenged(.wrong) }
    switch nonces.use(nonce, count: count, at: now()) {
    case .fresh:
      return .accepted(
        Caller(kind: .digest, publicKey: key.publicKey, canWrite: key.canWrite)
      )
    case .expired: return .challenged(.stale)
    case .replayed: return .challenged(.replayed)
    }
  }
}
