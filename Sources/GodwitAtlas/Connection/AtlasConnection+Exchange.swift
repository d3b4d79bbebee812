internal import GodwitCore
internal import NIOHTTP1

extension AtlasConnection {
  /// Makes one attempt when it is its turn: authenticates, sends, judges and reads.
  ///
  /// The turn comes first, so that a nonce does not grow old in the line.
  func exchange<Value>(
    _ request: AtlasRequest,
    attempt: Int,
    decode: (HTTPAnswer) throws(UnreadableAnswer) -> Value
  ) async throws(AtlasError) -> Value {
    guard await transport.gate.enter() else {
      throw error(.cancelled, request, attempt: attempt)
    }
    defer { transport.gate.leave() }
    let answer =
      switch authorizer {
      case .bearer(let header):
        try await exchangeWithToken(request, header: header, attempt: attempt)
      case .serviceAccount(let authority):
        try await exchangeWithServiceAccount(request, authority, attempt: attempt)
      case .digest(let authority):
        try await exchangeWithDigest(request, authority, attempt: attempt)
      }
    guard answer.isSuccess else { throw error(for: answer, request, attempt: attempt) }
    do {
      return try decode(answer)
    } catch let unreadable {
      var error = error(.unreadableAnswer, request, attempt: attempt, detail: unreadable.reason)
      error.status = answer.status
      error.arrival = .unknown
      throw error
    }
  }

  private func exchangeWithToken(
    _ request: AtlasRequest,
    header: String,
    attempt: Int
  ) async throws(AtlasError) -> HTTPAnswer {
    let answer = try await dispatch(request, authorization: header, attempt: attempt)
    guard answer.status == 401, Unauthorized(answer) != .noAccess else { return answer }
    throw refusal(by: answer, request, attempt: attempt)
  }

  /// Sends one HTTP request and turns a failure of the transport into an error of the client.
  func dispatch(
    _ request: AtlasRequest,
    authorization: String?,
    attempt: Int
  ) async throws(AtlasError) -> HTTPAnswer {
    CrashPoint.pass("before a request")
    defer { CrashPoint.pass("after a request") }
    do throws(TransportFailure) {
      return try await send(request, authorization: authorization, attempt: attempt)
    } catch let failure {
      var error = error(failure.kind, request, attempt: attempt, detail: failure.detail)
      error.arrival = failure.isSent ? .unknown : .notArrived
      throw error
    }
  }
}
