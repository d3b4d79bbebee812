internal import GodwitAtlas
internal import GodwitCore
internal import GodwitJournal
internal import GodwitScript

/// Decides, step by step, what applying one project takes; it does nothing itself.
///
/// Given what has happened, ``next(_:at:)`` says what to do: read, commit, send, wait, verify. The
/// order it keeps is the promise: the image is checked, the intent committed, the write sent, the
/// outcome committed, and doubt is resolved by reading back.
struct ProjectMachine {
  /// What the executor is to do.
  enum Action {
    /// Read what the project's plan depends on; `retryOf` is what the attempt before it met.
    case read(ReadNeeds, retryOf: AtlasError?)
    /// Commit entries; the intent to send is among them if `announcesWrite`.
    case commit([JournalEntry], announcesWrite: Bool)
    /// Send a write, in which nothing is pending any more; `retryOf` is what the attempt before it
    /// met, which the budget of the whole run has to pay for.
    case send(Operation, retryOf: AtlasError?)
    /// Wait until a time, in milliseconds of ``SteadyClock``, without keeping others waiting.
    case park(untilMilliseconds: Int64, Wait)
    /// Run the script's `verify`; `retryOf` is what could not be read the time before.
    case verify(retryOf: AtlasError?)
    /// The project has ended in a bucket.
    case ended(ProjectOutcome)
    /// The project stays as it is, since the whole run stops.
    case leave(AtlasError?)
  }

  /// What a project waits for.
  enum Wait: Hashable {
    /// For what became of a write to show.
    case doubt
    /// For Atlas to answer, or to accept a write.
    case atlas
  }

  /// What has happened.
  enum Event {
    case began
    case read(Result<ProjectView, AtlasError>)
    case committed
    case sent(Result<WriteAnswer, AtlasError>)
    case woke
    /// `verify` has ended; `unread` is what it could not read that may pass, or that concerns the
    /// whole run.
    case verified(ProjectVerifier.Failure?, unread: AtlasError?)
    /// `verify` was not run again: the run has no retries left for what could not be read.
    case unverified(AtlasError)
    /// The run stopped in the middle of it.
    case stopped
  }

  /// What follows a commit.
  enum Next {
    case send(Int)
    case check
    case readBack
    case park(Int64)
    case end(ProjectOutcome)
    case leave(AtlasError)
  }

  let position: Int
  let hasVerify: Bool
  let settleMilliseconds: Int64
  /// When this process began to apply, in milliseconds of ``SteadyClock``.
  let startMilliseconds: Int64
  /// The operations of which an intent may be missing, so that what is planned may have been sent.
  private(set) var suspects: Set<Int>
  var record: ProjectRecord
  var intents: [Int: CommittedIntent]
  var current = ProjectView()
  /// What the answers to operations that were made showed, by operation number.
  var answers: [Int: JSONObject]
  var next = Next.check
  var isDriftChecked = false
  private let wasSettled: Bool
  /// The operations of which an attempt had no answer that tells.
  ///
  /// Each further one is a repeat, also if reading back showed that the first was not made: it may
  /// still be on its way.
  var unanswered: Set<Int>
  /// How often each operation was sent by this process.
  var sends: [Int: Int] = [:]
  /// What the last attempt of each operation met.
  var lastErrors: [Int: AtlasError] = [:]
  /// When each write came into doubt, which is not before its last byte was sent; those of an earlier
  /// process when this one began, since its clock tells nothing here.
  var doubtBegan: [Int: Int64] = [:]
  /// Entries that go with the next commit.
  var carried: [JournalEntry] = []

  /// How often each operation was refused, or did not arrive, and may pass later.
  private var refusals: [Int: Int] = [:]

  static let sendLimit = 3
  private static let refusalLimit = 6
  /// How often reading has failed since it last went well, and what it met.
  var readFailures = 0
  var lastReadError: AtlasError?
  /// What `verify` said the time before.
  var lastFailure: ProjectVerifier.Failure?

  init(
    _ pending: RunFile.Pending,
    hasVerify: Bool,
    settleMilliseconds: Int64,
    startMilliseconds: Int64
  ) {
    position = pending.position
    record = pending.record
    intents = pending.intents
    answers = pending.answers
    wasSettled = pending.wasSettled
    self.hasVerify = hasVerify
    self.settleMilliseconds = settleMilliseconds
    self.startMilliseconds = startMilliseconds
    suspects = pending.suspects
    unanswered = pending.unanswered
    // What was refused, or held for somebody else's change, is looked at afresh.
    for index in record.operations.indices {
      let status = record.operations[index].status
      if status == .failed || status == .held { record.operations[index].status = .planned }
    }
  }

  /// Says what to do after an event.
  mutating func next(_ event: Event, at milliseconds: Int64) -> Action {
    switch event {
    case .began:
      // With the first commit, so that a run that cannot go on leaves the project in its bucket.
      if wasSettled { carried.append(entry(.reopened)) }
      return begin()
    case .read(.success(let view)):
      current = view
      readFailures = 0
      lastReadError = nil
      return resolve(at: milliseconds)
    case .read(.failure(let error)): return readFailed(error, at: milliseconds)
    case .committed: return afterCommit(at: milliseconds)
    case .sent(.success(let answer)): return sent(answer, at: milliseconds)
    case .sent(.failure(let error)): return sendFailed(error, at: milliseconds)
    case .woke: return begin()
    case .verified(let failure, let unread): return verified(failure, unread, at: milliseconds)
    case .unverified(let error): return verified(lastFailure, error, at: milliseconds)
    case .stopped: return .leave(nil)
    }
  }

  // MARK: - Steps

  private mutating func begin() -> Action {
    guard record.operations.allSatisfy({ $0.status.isSettled }) else { return read() }
    return verify()
  }

  private mutating func afterCommit(at milliseconds: Int64) -> Action {
    switch next {
    case .send(let index):
      let number = record.operations[index].operation.number
      sends[number, default: 0] += 1
      guard let filled = filled(record.operations[index].operation) else { return proceed() }
      return .send(filled, retryOf: lastErrors[number])
    case .check: return checkDrift()
    case .readBack: return read()
    case .park(let wait): return .park(untilMilliseconds: milliseconds + wait, .atlas)
    case .end(let outcome): return .ended(outcome)
    case .leave(let error): return .leave(error)
    }
  }

  /// Goes on with the first operation that is not settled, or ends.
  mutating func proceed() -> Action {
    guard let index = record.operations.firstIndex(where: { !$0.status.isSettled }) else {
      return verify()
    }
    let operation = record.operations[index].operation
    guard filled(operation) != nil else { return missesAnswer(index) }
    let before = current.before(operation)
    if isDoubtfulWithoutIntent(operation) { return cannotTell(index) }
    let isRepeat = unanswered.contains(operation.number) || mayRepeat(operation)
    suspects.remove(operation.number)
    record.operations[index].status = .sending
    intents[operation.number] = CommittedIntent(
      image: before?.fields,
      stamp: before?.stamp,
      isRepeat: isRepeat
    )
    next = .send(index)
    let intent = JournalEntry.Event.intent(
      image: before?.fields,
      stamp: before?.stamp,
      isRepeat: isRepeat
    )
    return commit([entry(intent, operation.number)], announcesWrite: true)
  }

  /// Whether a write of which no intent is known looks as if it had been made.
  private func mayRepeat(_ operation: Operation) -> Bool {
    guard suspects.contains(operation.number), let resource = operation.resource else {
      return false
    }
    return LandingJudge.isAfter(operation, current.shown(resource))
  }

  /// Whether a write may have been sent of which neither an intent nor a sure trace can be found.
  ///
  /// Of a new alert configuration there is a trace if it was made, which may be somebody else's.
  private func isDoubtfulWithoutIntent(_ operation: Operation) -> Bool {
    guard suspects.contains(operation.number) else { return false }
    return operation.leavesNoTrace || LandingJudge.mayHaveMade(operation, in: current, answers)
  }

  private mutating func sent(_ answer: WriteAnswer, at milliseconds: Int64) -> Action {
    guard let index = sendingIndex else { return proceed() }
    let operation = record.operations[index].operation
    if operation.verb != .delete, !answer.isShown {
      return doubt(index, "the answer did not show what was written", at: milliseconds)
    }
    current.note(answer, to: operation)
    let filled = filled(operation) ?? operation
    let contradictions = LandingJudge.contradictions(of: filled, in: answer.image ?? [:])
    guard contradictions.isEmpty else { return contradicted(index, contradictions, answer) }
    return settle(index, .done, image: answer.image)
  }

  /// Ends the project since Atlas accepted a write and stored something else: the next plan would
  /// show the same change again.
  private mutating func contradicted(
    _ index: Int,
    _ contradictions: [Contradiction],
    _ answer: WriteAnswer
  ) -> Action {
    record.operations[index].status = .failed
    let operation = record.operations[index].operation
    let fields = contradictions.map(\.words).joined(separator: "; ")
    let reason = "\(operation.words): Atlas did not keep \(fields)"
    return end(
      .failed,
      reason: reason,
      advice: "Atlas accepted the write and stored another value: check the project in Atlas, then"
        + " correct the script and plan again",
      with: [entry(.outcome(.failed, image: answer.image, note: reason), operation.number)]
    )
  }

  /// Notes that an operation is settled and goes on; the last one ends the project with it.
  mutating func settle(
    _ index: Int,
    _ status: OperationStatus,
    image: JSONObject?
  ) -> Action {
    record.operations[index].status = status
    let number = record.operations[index].operation.number
    answers[number] = image
    let outcome = entry(.outcome(status, image: image, note: nil), number)
    let isLast = record.operations.allSatisfy { $0.status.isSettled }
    if isLast, !hasVerify { return end(.changed, with: [outcome]) }
    next = needsImage(after: record.operations[index].operation) ? .readBack : .check
    return commit([outcome])
  }

  private mutating func sendFailed(_ error: AtlasError, at milliseconds: Int64) -> Action {
    guard let index = sendingIndex else { return .leave(error) }
    let number = record.operations[index].operation.number
    lastErrors[number] = error
    guard !error.isRetryBudgetSpent else { return refused(index, error) }
    // What is absent or there already may be the work of an earlier attempt: look.
    let operation = record.operations[index].operation
    let isGone =
      error.isIntegrationNotConfigured || error.isAlertConfigurationNotFound
      || error.status == 404 && operation.verb == .delete && operation.target.request != nil
    let maybeOwn = !operation.leavesNoTrace && (error.status == 409 || isGone)
    guard error.arrival != .unknown, !maybeOwn else {
      return doubt(index, error.description, at: milliseconds)
    }
    if error.mayPass, refusals[number, default: 0] < Self.refusalLimit {
      // The world may change while this waits: it is read again, and checked for drift.
      refusals[number, default: 0] += 1
      record.operations[index].status = .planned
      isDriftChecked = false
      next = .park(error.waitMilliseconds(after: refusals[number, default: 0], position: position))
      return commit([entry(.outcome(.planned, image: nil, note: error.description), number)])
    }
    if error.scope == .run || error.kind == .cancelled {
      record.operations[index].status = .planned
      next = .leave(error)
      return commit([entry(.outcome(.planned, image: nil, note: error.description), number)])
    }
    return refused(index, error)
  }

  /// Ends the project since a write was refused, or is not tried again.
  private mutating func refused(_ index: Int, _ error: AtlasError) -> Action {
    record.operations[index].status = .failed
    let number = record.operations[index].operation.number
    return end(
      .failed,
      reason: error.description,
      advice: error.advice.map(RunError.asClause),
      with: [entry(.outcome(.failed, image: nil, note: error.description), number)]
    )
  }

  private mutating func doubt(_ index: Int, _ note: String, at milliseconds: Int64) -> Action {
    record.operations[index].status = .inDoubt
    next = .readBack
    let number = record.operations[index].operation.number
    doubtBegan[number] = milliseconds
    unanswered.insert(number)
    // The world may change while this waits, as while a refused write does.
    isDriftChecked = false
    return commit([entry(.outcome(.inDoubt, image: nil, note: note), number)])
  }

  private var sendingIndex: Int? {
    record.operations.firstIndex { $0.status == .sending }
  }

  var doubtfulIndex: Int? {
    record.operations.firstIndex { $0.status == .sending || $0.status == .inDoubt }
  }

  // MARK: - Commits

  /// Ends the project in a bucket.
  mutating func end(
    _ outcome: ProjectOutcome,
    reason: String? = nil,
    advice: String? = nil,
    scriptPosition: ScriptPosition? = nil,
    needsPerson: Bool = false,
    with entries: [JournalEntry] = []
  ) -> Action {
    next = .end(outcome)
    let settled = entry(
      .settled(
        outcome,
        reason: reason,
        advice: advice,
        position: scriptPosition,
        needsPerson: needsPerson
      )
    )
    return commit(entries + [settled])
  }

  mutating func commit(_ entries: [JournalEntry], announcesWrite: Bool = false) -> Action {
    defer { carried = [] }
    return .commit(carried + entries, announcesWrite: announcesWrite)
  }

  func entry(_ event: JournalEntry.Event, _ number: Int? = nil) -> JournalEntry {
    JournalEntry(position: position, number: number, event: event)
  }
}
