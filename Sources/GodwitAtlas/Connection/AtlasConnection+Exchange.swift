internal import GodwitCore
internal import NIOHTTP1

extension AtlasConnection {
  /// How often a request answers a new challenge before the attempt counts as failed.
  private static let challengeLimit = 5

  /// Makes one attempt: authenticates, sends, judges and reads.
  func exchange<Value>(
    _ request: AtlasRequest,
    attempt: Int,
    decode: (HTTPAnswer) throws(UnreadableAnswer) -> Value
  ) async throws(AtlasError) -> Value {
    let answer =
      switch authorizer {
      case .bearer(let header):
        try await exchangeWithToken(request, header: header, attempt: attempt)
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

  private func exchangeWithDigest(
    _ request: AtlasRequest,
    _ authority: DigestAuthority,
    attempt: Int
  ) async throws(AtlasError) -> HTTPAnswer {
    for _ in 0..<Self.challengeLimit {
      let ticket: DigestTicket
      switch try await nextLeg(authority, request, attempt: attempt) {
      case .answer(let next): ticket = next
      case .fetchChallenge:
        switch try await fetchChallenge(request, authority, attempt: attempt) {
        case .ticket(let first): ticket = first
        case .answer(let answer): return answer
        }
      }
      if let answer = try await send(request, authority, ticket, attempt: attempt) {
        return answer
      }
    }
    var error = error(.restlessNonce, request, attempt: attempt)
    error.status = 401
    error.arrival = .refused
    throw error
  }

  private func nextLeg(
    _ authority: DigestAuthority,
    _ request: AtlasRequest,
    attempt: Int
  ) async throws(AtlasError) -> DigestAuthority.Leg {
    do {
      return try await authority.next()
    } catch {
      // The error of another request, which stands for this one, not sent at all.
      var error = error
      error.method = request.method.rawValue
      error.path = request.path
      error.attempt = attempt
      error.arrival = .notArrived
      throw error
    }
  }

  /// What came of the leg without credentials.
  private enum FirstLeg {
    case ticket(DigestTicket)
    /// The server did not want any credentials for this read.
    case answer(HTTPAnswer)
  }

  private func fetchChallenge(
    _ request: AtlasRequest,
    _ authority: DigestAuthority,
    attempt: Int
  ) async throws(AtlasError) -> FirstLeg {
    let answer: HTTPAnswer
    do throws(AtlasError) {
      answer = try await dispatch(request, authorization: nil, attempt: attempt)
    } catch let failure {
      authority.missedChallenge(sharing: failure.kind == .cancelled ? nil : failure)
      var error = failure
      error.arrival = .notArrived
      throw error
    }
    if let challenge = DigestChallenge(headers: answer.headers["WWW-Authenticate"]),
      answer.status == 401
    {
      return .ticket(authority.learned(challenge))
    }
    if answer.isSuccess, !request.operation.isWrite {
      authority.missedChallenge(sharing: nil)
      return .answer(answer)
    }
    var error: AtlasError
    if answer.isSuccess || answer.status == 401 {
      let detail = "there was no challenge for HTTP digest in its answer"
      error = self.error(
        .unsupportedAuthentication,
        request,
        attempt: attempt,
        detail: detail
      )
      error.status = answer.status
    } else {
      error = self.error(for: answer, request, attempt: attempt)
    }
    error.arrival = .notArrived
    let concernsAll = answer.status == 429 || answer.status >= 500 || error.scope == .run
    authority.missedChallenge(sharing: concernsAll ? error : nil)
    throw error
  }

  /// Sends a request with an answer to a challenge.
  ///
  /// - Returns: `nil` if it is to be sent again with another nonce.
  private func send(
    _ request: AtlasRequest,
    _ authority: DigestAuthority,
    _ ticket: DigestTicket,
    attempt: Int
  ) async throws(AtlasError) -> HTTPAnswer? {
    let authorization = ticket.session.authorization(
      method: request.method.rawValue,
      uri: request.path,
      count: ticket.count,
      clientNonce: Self.clientNonce()
    )
    let answer: HTTPAnswer
    do throws(AtlasError) {
      answer = try await dispatch(request, authorization: authorization, attempt: attempt)
    } catch {
      authority.unanswered(ticket)
      throw error
    }
    if answer.status == 401 {
      switch Unauthorized(answer) {
      case .noAccess: break
      case .refused:
        authority.unanswered(ticket)
        throw refusal(by: answer, request, attempt: attempt)
      case .challenge(let challenge):
        let refusal = refusal(by: answer, request, attempt: attempt)
        switch authority.challenged(ticket, with: challenge, refusal: refusal) {
        case .again: return nil
        case .wrongKey: throw refusal
        }
      }
    }
    authority.answered(
      ticket,
      showsRightKey: answer.status < 500 && answer.status != 408 && answer.status != 429,
      information: answer.headers.first(name: "Authentication-Info")
    )
    return answer
  }

  /// Sends one HTTP request and turns a failure of the transport into an error of the client.
  private func dispatch(
    _ request: AtlasRequest,
    authorization: String?,
    attempt: Int
  ) async throws(AtlasError) -> HTTPAnswer {
    do throws(TransportFailure) {
      return try await send(request, authorization: authorization, attempt: attempt)
    } catch let failure {
      var error = error(failure.kind, request, attempt: attempt, detail: failure.detail)
      error.arrival = failure.isSent ? .unknown : .notArrived
      throw error
    }
  }

  private static func clientNonce() -> String {
    String(UInt64.random(in: .min ... .max) | 1 << 63, radix: 16)
  }
}
