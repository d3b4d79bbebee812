internal import GodwitCore
internal import Synchronization

/// The access token of a service account, shared by all requests of a connection.
final class TokenAuthority: Sendable {
  /// Fetches a token from the server.
  typealias Mint = @Sendable () async -> Result<TokenAnswer, AtlasError>

  private struct State {
    var machine = TokenMachine()
    /// The one request for a token that is under way.
    var minting: Task<Result<AccessToken, AtlasError>, Never>?
    /// The error with which the account was refused.
    var refusal: AtlasError?
    /// The tokens that this process has had; texts of errors are searched for them.
    var values: [SecretValue] = []
  }

  let clientID: String
  let clientSecret: SecretValue
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  init(
    clientID: String,
    clientSecret: SecretValue,
    now: @escaping @Sendable () -> ContinuousClock.Instant
  ) {
    self.now = now
    self.clientID = clientID
    self.clientSecret = clientSecret
  }

  /// The `Authorization` header for the token endpoint.
  ///
  /// Source: Atlas' documentation of service accounts: client id and secret as user and password
  /// of HTTP Basic.
  var basicAuthorization: SecretValue {
    let pair = Array(clientID.utf8) + [UInt8(ascii: ":")] + clientSecret.withBytes { $0 }
    return SecretValue("Basic " + Base64.encode(pair))
  }

  /// All that must not show in texts, beside the client's secret.
  var secrets: [SecretValue] {
    let basic = basicAuthorization.withBytes { SecretValue(Array($0.dropFirst(6))) }
    return state.withLock(\.values) + [basic]
  }

  /// A token that is good now; waits for one if need be.
  ///
  /// A request that is cancelled meanwhile leaves the fetching to those that wait with it.
  ///
  /// - Throws: the error of the request to the token endpoint, or of the refused account.
  func token(mint: @escaping Mint) async throws(AtlasError) -> AccessToken {
    while true {
      switch next(mint) {
      case .use(let token): return token
      case .fail(let error): throw error
      case .wait(let minting):
        if case .failure(let error) = await minting.value { throw error }
      }
    }
  }

  private enum Next {
    case use(AccessToken)
    case wait(Task<Result<AccessToken, AtlasError>, Never>)
    case fail(AtlasError)
  }

  private func next(_ mint: @escaping Mint) -> Next {
    state.withLock { state in
      switch state.machine.next(at: now()) {
      case .use(let token): return .use(token)
      case .refuse: return .fail(state.refusal ?? AtlasError(kind: .wrongCredentials))
      case .renew(let token):
        state.minting = start(mint)
        return .use(token)
      case .mint:
        let minting = start(mint)
        state.minting = minting
        return .wait(minting)
      case .wait:
        guard let minting = state.minting else { return .fail(AtlasError(kind: .closed)) }
        return .wait(minting)
      }
    }
  }

  /// Fetches a token in a task of its own, since it is for all and not for the request that asks.
  private func start(_ mint: @escaping Mint) -> Task<Result<AccessToken, AtlasError>, Never> {
    Task { [self] in
      let result = await mint()
      return state.withLock { state in
        state.minting = nil
        switch result {
        case .success(let answer):
          let token = AccessToken(
            answer.token,
            generation: state.machine.lastGeneration + 1,
            lifetime: answer.lifetime,
            at: now()
          )
          state.values = state.values.suffix(2) + [answer.token]
          state.machine.minted(token)
          return .success(token)
        case .failure(let error):
          let isFinal = error.kind == .wrongCredentials
          if isFinal { state.refusal = error }
          state.machine.missed(at: now(), retryAfter: error.retryAfter, isFinal: isFinal)
          return .failure(error)
        }
      }
    }
  }

  /// Reports an answer that did not refuse the token.
  func accepted(_ token: AccessToken) {
    state.withLock { $0.machine.accepted(token) }
  }

  /// Reports that the API refused a token; with `refusal` later requests fail if it refuses all.
  func refused(
    _ token: AccessToken,
    wasRenewed: Bool,
    refusal: AtlasError
  ) -> TokenMachine.Verdict {
    state.withLock { state in
      let verdict = state.machine.refused(token, wasRenewed: wasRenewed)
      if state.machine.isRefused { state.refusal = state.refusal ?? refusal }
      return verdict
    }
  }

  /// Ends the fetching of tokens; later requests fail.
  ///
  /// - Returns: the token that is left, to be revoked.
  func finish() async -> AccessToken? {
    while let minting = state.withLock(\.minting) { _ = await minting.value }
    return state.withLock { state in
      state.refusal = state.refusal ?? AtlasError(kind: .closed)
      return state.machine.finish()
    }
  }
}
