/// Decides what to do about digest authentication when many requests are in flight.
///
/// One request fetches the challenge, one request answers it first, and the others wait until that
/// answer has shown that the key is right: so a wrong key costs one challenge and one answer,
/// however many requests there are. After that all share the nonce, counting its uses. The machine
/// decides and never acts; ``DigestAuthority`` acts.
struct DigestMachine: Sendable {
  /// What a request does next.
  enum Step: Sendable {
    /// Fetch a challenge; then call ``learned(_:)`` or one of the calls for when that fails.
    case fetchChallenge
    /// Send the request with an answer.
    case answer(DigestTicket)
    /// Wait until woken, then ask again.
    case wait
    /// Fail: the key was refused before.
    case refuse
  }

  /// What happens to the requests that wait.
  enum Effect: Sendable, Hashable {
    case none
    /// They ask again.
    case wakeAll
    /// They fail as this request does.
    case failAll
  }

  /// What a request does after a 401 with a challenge.
  enum Verdict: Sendable, Hashable {
    /// Ask for the next step.
    case again
    /// Fail: the key is wrong.
    case wrongKey
  }

  private enum Phase: Sendable {
    case empty
    case fetching
    /// A nonce is known and nobody has used it.
    case fresh(DigestSession)
    /// One request uses it, and the others wait for the outcome.
    case proving(DigestSession)
    case shared(DigestSession)
    case refused
  }

  private var phase = Phase.empty
  private var count: UInt32 = 0
  /// Whether an answer with the present nonce was accepted.
  private var isProved = false
  /// Whether any answer was ever accepted.
  private var wasEverProved = false
  private(set) var lastGeneration = 0

  /// Whether a request has to wait at the moment.
  var isBusy: Bool {
    switch phase {
    case .fetching, .proving: true
    case .empty, .fresh, .shared, .refused: false
    }
  }

  private var session: DigestSession? {
    switch phase {
    case .fresh(let session), .proving(let session), .shared(let session): session
    case .empty, .fetching, .refused: nil
    }
  }

  /// What the next request does.
  mutating func next() -> Step {
    switch phase {
    case .empty:
      phase = .fetching
      return .fetchChallenge
    case .fetching, .proving: return .wait
    case .fresh(let session):
      phase = .proving(session)
      count = 1
      return .answer(DigestTicket(session: session, count: 1))
    case .shared(let session):
      count += 1
      return .answer(DigestTicket(session: session, count: count))
    case .refused: return .refuse
    }
  }

  /// The challenge was fetched: the request that fetched it answers it first.
  mutating func learned(_ session: DigestSession) -> DigestTicket {
    phase = .proving(session)
    lastGeneration = session.generation
    isProved = false
    count = 1
    return DigestTicket(session: session, count: 1)
  }

  /// No challenge came; if that `concernsAll`, as in an outage, the others would fare no better.
  mutating func missedChallenge(concernsAll: Bool) -> Effect {
    phase = .empty
    return concernsAll ? .failAll : .wakeAll
  }

  /// An answer that shows that the key is right.
  mutating func accepted(_ ticket: DigestTicket, nextNonce: String?) -> Effect {
    guard let session, session.generation == ticket.session.generation else { return .none }
    isProved = true
    wasEverProved = true
    if let nextNonce, nextNonce != session.challenge.nonce {
      let next = session.withNextNonce(nextNonce)
      lastGeneration = next.generation
      count = 0
      return share(next)
    }
    return share(session)
  }

  /// No answer, or one that says nothing about the key, such as a 503.
  mutating func unsettled(_ ticket: DigestTicket) -> Effect {
    guard let session, session.generation == ticket.session.generation else { return .none }
    return share(session)
  }

  private mutating func share(_ session: DigestSession) -> Effect {
    if case .proving = phase {
      phase = .shared(session)
      return .wakeAll
    }
    phase = .shared(session)
    return .none
  }

  /// A 401 with a challenge of its own came back.
  ///
  /// On a nonce that has been replaced meanwhile the request just uses the newer one. On a nonce
  /// that was accepted before, or with `stale`, the new challenge is answered. Else the challenge
  /// just received was answered wrongly: the key is wrong.
  mutating func challenged(
    _ ticket: DigestTicket,
    with newSession: DigestSession
  ) -> (Verdict, Effect) {
    guard let session, session.generation == ticket.session.generation else {
      return (.again, .none)
    }
    let isWaitedFor = isBusy
    if newSession.challenge.isStale || isProved {
      phase = .fresh(newSession)
      lastGeneration = newSession.generation
      isProved = false
      return (.again, isWaitedFor ? .wakeAll : .none)
    }
    // A key that worked may work again; one that never did is not tried again.
    phase = wasEverProved ? .empty : .refused
    return (.wrongKey, .failAll)
  }
}

/// The right to answer with a nonce once.
struct DigestTicket: Sendable {
  let session: DigestSession
  /// How often the nonce was used, this time included.
  let count: UInt32
}
