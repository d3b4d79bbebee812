internal import GodwitCore
internal import NIOHTTP1

extension AtlasConnection {
  /// How often a request answers a new challenge before the attempt counts as failed.
  private static let challengeLimit = 5

  /// Makes one attempt with digest authentication, fetching a challenge if there is none.
  func exchangeWithDigest(
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
    let error = missedChallenge(answer, request, attempt: attempt)
    let concernsAll = answer.status == 429 || answer.status >= 500 || error.scope == .run
    authority.missedChallenge(sharing: concernsAll ? error : nil)
    throw error
  }

  /// The error of a first leg that brought no challenge; the request itself was not sent.
  private func missedChallenge(
    _ answer: HTTPAnswer,
    _ request: AtlasRequest,
    attempt: Int
  ) -> AtlasError {
    var error = error(for: answer, request, attempt: attempt)
    if answer.isSuccess || answer.status == 401 {
      error.kind = .unsupportedAuthentication
      error.detail = "there was no challenge for HTTP digest in its answer"
    }
    error.arrival = .notArrived
    return error
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

  private static func clientNonce() -> String {
    String(UInt64.random(in: .min ... .max) | 1 << 63, radix: 16)
  }
}
