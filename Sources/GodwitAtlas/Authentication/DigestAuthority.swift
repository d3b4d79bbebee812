internal import GodwitCore
internal import Synchronization

/// Digest authentication shared by all requests of a connection.
final class DigestAuthority: Sendable {
  /// How a request goes out.
  enum Leg: Sendable {
    /// Without credentials and body, to fetch a challenge.
    case fetchChallenge
    /// With an answer.
    case answer(DigestTicket)
  }

  private enum Wake: Sendable {
    case lookAgain
    case fail(AtlasError)
  }

  private struct State {
    var machine = DigestMachine()
    var waiting: [Int: CheckedContinuation<Wake, Never>] = [:]
    var lastWaiter = 0
    /// The error with which the key was refused.
    var refusal: AtlasError?
  }

  private let state = Mutex(State())
  private let publicKey: String
  private let privateKey: SecretValue

  init(publicKey: String, privateKey: SecretValue) {
    self.publicKey = publicKey
    self.privateKey = privateKey
  }

  /// How the next request goes out; waits while another request settles that.
  ///
  /// - Throws: the error of the request that was waited for, or of the refused key.
  func next() async throws(AtlasError) -> Leg {
    while true {
      let (step, refusal) = state.withLock { ($0.machine.next(), $0.refusal) }
      switch step {
      case .fetchChallenge: return .fetchChallenge
      case .answer(let ticket): return .answer(ticket)
      case .refuse: throw refusal ?? AtlasError(kind: .wrongCredentials)
      case .wait:
        if case .fail(let error) = await park() { throw error }
      }
    }
  }

  /// Takes the challenge that was fetched.
  func learned(_ challenge: DigestChallenge) -> DigestTicket {
    state.withLock { state in
      state.machine.learned(session(challenge, after: state.machine.lastGeneration))
    }
  }

  /// Reports that no challenge came; the requests that wait share the error, if one is given.
  func missedChallenge(sharing error: AtlasError?) {
    act(sharing: error) { $0.machine.missedChallenge(concernsAll: error != nil) }
  }

  /// Reports an answer that was not a 401.
  ///
  /// `showsRightKey` is false for answers that may come before credentials are looked at.
  func answered(_ ticket: DigestTicket, showsRightKey: Bool, information: String?) {
    let nextNonce = information.flatMap { ChallengeParser.parameters(in: $0)["nextnonce"] }
    act(sharing: nil) { state in
      showsRightKey
        ? state.machine.accepted(ticket, nextNonce: nextNonce) : state.machine.unsettled(ticket)
    }
  }

  /// Reports that there was no answer.
  func unanswered(_ ticket: DigestTicket) {
    act(sharing: nil) { $0.machine.unsettled(ticket) }
  }

  /// Reports a 401 with a challenge.
  ///
  /// With `refusal` the request, and those that wait, fail if the key turns out to be wrong.
  func challenged(
    _ ticket: DigestTicket,
    with challenge: DigestChallenge,
    refusal: AtlasError
  ) -> DigestMachine.Verdict {
    var verdict = DigestMachine.Verdict.again
    act(sharing: refusal) { state in
      let session = session(challenge, after: state.machine.lastGeneration)
      let (newVerdict, effect) = state.machine.challenged(ticket, with: session)
      verdict = newVerdict
      if verdict == .wrongKey { state.refusal = refusal }
      return effect
    }
    return verdict
  }

  private func session(_ challenge: DigestChallenge, after generation: Int) -> DigestSession {
    DigestSession(
      generation: generation + 1,
      challenge: challenge,
      publicKey: publicKey,
      privateKey: privateKey
    )
  }

  /// Lets the machine decide, then wakes those who wait, outside of the lock.
  private func act(
    sharing error: AtlasError?,
    _ decide: (inout sending State) -> DigestMachine.Effect
  ) {
    let (woken, wake) = state.withLock { state in
      let effect = decide(&state)
      guard effect != .none else { return ([CheckedContinuation<Wake, Never>](), Wake.lookAgain) }
      let woken = Array(state.waiting.values)
      state.waiting = [:]
      if effect == .failAll, let error { return (woken, Wake.fail(error)) }
      return (woken, Wake.lookAgain)
    }
    for continuation in woken { continuation.resume(returning: wake) }
  }

  /// Waits until the machine has news, or the task is cancelled.
  private func park() async -> Wake {
    let cancelled = Wake.fail(AtlasError(kind: .cancelled))
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Wake? = state.withLock { state in
          if Task.isCancelled { return cancelled }
          guard state.machine.isBusy else { return .lookAgain }
          state.waiting[number] = continuation
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let continuation = state.withLock { $0.waiting.removeValue(forKey: number) }
      continuation?.resume(returning: cancelled)
    }
  }
}
