internal import GodwitCore
internal import NIOCore
internal import NIOHTTP1

extension AtlasConnection {
  /// Where tokens of service accounts come from.
  ///
  /// Source: Atlas' documentation of service accounts; on the API's host, outside of `/api/atlas`.
  static let tokenPath = "/api/oauth/token"
  /// Where they are given back.
  static let revocationPath = "/api/oauth/revoke"
  /// How long to wait after a 429 of the token endpoint that does not say: its window is a minute.
  private static let tokenLimitPause = Duration.seconds(20)

  /// Makes one attempt with the token of a service account, and a second one with a new token if
  /// the first was refused: it had ended, or was revoked.
  func exchangeWithServiceAccount(
    _ request: AtlasRequest,
    _ authority: TokenAuthority,
    attempt: Int
  ) async throws(AtlasError) -> HTTPAnswer {
    var wasRenewed = false
    while true {
      let token = try await token(authority, for: request, attempt: attempt)
      let answer = try await dispatch(
        request,
        authorization: token.authorization,
        attempt: attempt
      )
      guard answer.status == 401, Unauthorized(answer) != .noAccess else {
        authority.accepted(token)
        return answer
      }
      let refusal = refusal(by: answer, request, attempt: attempt)
      switch authority.refused(token, wasRenewed: wasRenewed, refusal: refusal) {
      case .again: wasRenewed = true
      case .refused: throw refusal
      }
    }
  }

  /// A token for a request, which is not sent without one.
  private func token(
    _ authority: TokenAuthority,
    for request: AtlasRequest,
    attempt: Int
  ) async throws(AtlasError) -> AccessToken {
    do {
      return try await authority.token { [self] in await mintToken(authority) }
    } catch {
      // The error of the token endpoint, which stands for this request.
      var error = error
      error.attempt = attempt
      error.arrival = .notArrived
      throw error
    }
  }

  private func mintToken(_ authority: TokenAuthority) async -> Result<TokenAnswer, AtlasError> {
    let body = "grant_type=client_credentials"
    do throws(TransportFailure) {
      let answer = try await send(tokenCall(Self.tokenPath, body, authority), attempt: 1)
      guard answer.isSuccess else { return .failure(refusal(byTokenEndpoint: answer)) }
      do {
        return .success(try TokenAnswer(answer.body))
      } catch let unreadable {
        var error = tokenError(.unreadableAnswer, detail: unreadable.reason)
        error.status = answer.status
        return .failure(error)
      }
    } catch {
      return .failure(tokenError(error.kind, detail: error.detail))
    }
  }

  /// Gives the token back, as far as that can be done: it would end by itself.
  ///
  /// Source: the Terraform provider revokes its token at its end; an account has at most a hundred.
  func revokeToken() async {
    guard case .serviceAccount(let authority) = authorizer,
      let token = await authority.finish()
    else { return }
    let value = token.value.withBytes { PercentEncoding.encode($0) }
    let call = tokenCall(
      Self.revocationPath,
      "token=\(value)&token_type_hint=access_token",
      authority
    )
    _ = try? await send(call, attempt: 1, timeout: .seconds(5))
  }

  private func tokenCall(_ path: String, _ body: String, _ authority: TokenAuthority) -> HTTPCall {
    var headers = HTTPHeaders()
    headers.add(name: "Accept", value: "application/json")
    headers.add(name: "User-Agent", value: configuration.userAgent)
    headers.add(
      name: "Authorization",
      value: authority.basicAuthorization.withBytes { String(decoding: $0, as: UTF8.self) }
    )
    headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
    return HTTPCall(
      method: .POST,
      origin: configuration.target.baseURL,
      path: path,
      headers: headers,
      body: ByteBuffer(string: body)
    )
  }
}

extension AtlasConnection {
  private func tokenError(_ kind: AtlasError.Kind, detail: String?) -> AtlasError {
    var error = AtlasError(
      kind: kind,
      method: "POST",
      path: Self.tokenPath,
      arrival: .notArrived
    )
    error.detail = describe(detail, of: kind, cleaner)
    return error
  }

  /// What the token endpoint's answer means.
  private func refusal(byTokenEndpoint answer: HTTPAnswer) -> AtlasError {
    let refusal = TokenRefusal(answer.body)
    var error = tokenError(.status, detail: refusal.detail)
    error.status = answer.status
    error.errorCode = refusal.code.map { cleaner.clean($0, limit: 80) }
    error.reason = HTTPResponseStatus(statusCode: answer.status).reasonPhrase
    error.parameters = refusal.parameters.prefix(10).map { cleaner.clean($0, limit: 200) }
    error.retryAfter = answer.retryAfter
    switch answer.status {
    case 429: error.retryAfter = answer.retryAfter ?? Self.tokenLimitPause
    case 404, 405:
      error.kind = .unsupportedAuthentication
      error.detail = "it has no token endpoint for service accounts"
    case 400..<500 where answer.status != 408:
      let credential = configuration.credential
      error.kind = .wrongCredentials
      let reason = [error.errorCode, error.detail].compactMap(\.self).joined(separator: ": ")
      error.detail =
        "\(credential.kindName) …\(credential.tail)" + (reason.isEmpty ? "" : ", \(reason)")
    default: break
    }
    return error
  }
}
