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
    /// Read all integrations of the project.
    case read
    /// Commit entries; the intent to send is among them if `announcesWrite`.
    case commit([JournalEntry], announcesWrite: Bool)
    /// Send a write.
    case send(Operation)
    /// Wait until a time, in milliseconds since 1970, without keeping others waiting.
    case park(untilMilliseconds: Int64)
    /// Run the script's `verify`.
    case verify
    /// The project has ended in a bucket.
    case ended(ProjectOutcome)
    /// The project stays as it is, since the whole run stops.
    case leave(AtlasError?)
  }

  /// What has happened.
  enum Event {
    case began
    case read(Result<[Integration], AtlasError>)
    case committed
    case sent(Result<Integration?, AtlasError>)
    case woke
    case verified(ProjectVerifier.Failure?)
  }

  /// What follows a commit.
  private enum Next {
    case begin
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
  private(set) var record: ProjectRecord
  private var intents: [Int: CommittedIntent]
  private var current: [IntegrationType: Integration] = [:]
  private var next = Next.begin
  private var isDriftChecked = false
  private var wasSettled: Bool
  private var repeats: Set<Int> = []
  private var sends: [Int: Int] = [:]

  private static let sendLimit = 3

  init(_ pending: RunFile.Pending, hasVerify: Bool, settleMilliseconds: Int64) {
    position = pending.position
    record = pending.record
    intents = pending.intents
    self.hasVerify = hasVerify
    self.settleMilliseconds = settleMilliseconds
    let isOpen =
      record.outcome == .notStarted || record.operations.contains { $0.status == .sending }
    wasSettled = !isOpen
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
      if wasSettled {
        wasSettled = false
        next = .begin
        return .commit([entry(.reopened)], announcesWrite: false)
      }
      return begin()
    case .read(.success(let integrations)):
      current = Dictionary(
        integrations.map { ($0.type, $0) },
        uniquingKeysWith: { first, _ in first }
      )
      return resolve(at: milliseconds)
    case .read(.failure(let error)): return readFailed(error)
    case .committed: return afterCommit(at: milliseconds)
    case .sent(.success(let integration)): return sent(integration)
    case .sent(.failure(let error)): return sendFailed(error)
    case .woke: return .read
    case .verified(nil): return end(.changed)
    case .verified(let failure?):
      return end(
        .failed,
        reason: "verify: \(failure.reason)",
        advice: failure.advice,
        scriptPosition: failure.position
      )
    }
  }

  // MARK: - Steps

  private mutating func begin() -> Action {
    guard record.operations.allSatisfy({ $0.status.isSettled }) else { return .read }
    return hasVerify ? .verify : end(.changed)
  }

  private mutating func afterCommit(at milliseconds: Int64) -> Action {
    switch next {
    case .begin: return begin()
    case .send(let index):
      let number = record.operations[index].operation.number
      sends[number, default: 0] += 1
      intents[number]?.atMilliseconds = milliseconds
      return .send(record.operations[index].operation)
    case .check: return checkDrift()
    case .readBack: return .read
    case .park(let until): return .park(untilMilliseconds: until)
    case .end(let outcome): return .ended(outcome)
    case .leave(let error): return .leave(error)
    }
  }

  /// Goes on with the first operation that is not settled, or ends.
  private mutating func proceed() -> Action {
    guard let index = record.operations.firstIndex(where: { !$0.status.isSettled }) else {
      return hasVerify ? .verify : end(.changed)
    }
    let operation = record.operations[index].operation
    let image = current[operation.type]
    let isRepeat = repeats.contains(operation.number)
    record.operations[index].status = .sending
    intents[operation.number] = CommittedIntent(
      image: image?.fields,
      stamp: image?.stamp,
      atMilliseconds: 0,
      isRepeat: isRepeat
    )
    next = .send(index)
    return .commit(
      [
        entry(
          .intent(image: image?.fields, stamp: image?.stamp, isRepeat: isRepeat),
          operation.number
        )
      ],
      announcesWrite: true
    )
  }

  private mutating func sent(_ integration: Integration?) -> Action {
    guard let index = sendingIndex else { return proceed() }
    let operation = record.operations[index].operation
    if operation.verb != .delete, integration == nil {
      return doubt(index, note: "the answer did not show the integration")
    }
    current[operation.type] = integration
    return settle(index, .done, image: integration?.fields)
  }

  /// Notes that an operation is settled and goes on; the last one ends the project with it.
  private mutating func settle(
    _ index: Int,
    _ status: OperationStatus,
    image: JSONObject?
  ) -> Action {
    record.operations[index].status = status
    let number = record.operations[index].operation.number
    var entries = [entry(.outcome(status, image: image, note: nil), number)]
    let isLast = record.operations.allSatisfy { $0.status.isSettled }
    if isLast, !hasVerify, isDriftChecked {
      entries.append(
        entry(.settled(.changed, reason: nil, advice: nil, position: nil))
      )
      next = .end(.changed)
    } else {
      next = .check
    }
    return .commit(entries, announcesWrite: false)
  }

  private mutating func sendFailed(_ error: AtlasError) -> Action {
    guard let index = sendingIndex else { return .leave(error) }
    let number = record.operations[index].operation.number
    // An absent or existing integration may be the work of an earlier attempt: look.
    let maybeOwn = error.status == 409 || error.isIntegrationNotConfigured
    guard error.arrival != .unknown, !maybeOwn else { return doubt(index, note: error.description) }
    if error.scope == .run || error.kind == .cancelled {
      record.operations[index].status = .planned
      next = .leave(error)
      return .commit(
        [entry(.outcome(.planned, image: nil, note: error.description), number)],
        announcesWrite: false
      )
    }
    record.operations[index].status = .failed
    return end(
      .failed,
      reason: error.description,
      advice: error.advice.map(RunError.asClause),
      with: [entry(.outcome(.failed, image: nil, note: error.description), number)]
    )
  }

  private mutating func doubt(_ index: Int, note: String) -> Action {
    record.operations[index].status = .inDoubt
    next = .readBack
    let number = record.operations[index].operation.number
    return .commit(
      [entry(.outcome(.inDoubt, image: nil, note: note), number)],
      announcesWrite: false
    )
  }

  private mutating func readFailed(_ error: AtlasError) -> Action {
    if error.scope == .run || error.kind == .cancelled { return .leave(error) }
    let isDoubtful = doubtfulIndex != nil
    return end(
      isDoubtful ? .inDoubt : .failed,
      reason: isDoubtful
        ? "a write was sent and could not be read back: \(error)" : error.description,
      advice: isDoubtful ? "run `godwit resume`" : error.advice.map(RunError.asClause)
    )
  }

  // MARK: - Doubt and drift

  private var sendingIndex: Int? {
    record.operations.firstIndex { $0.status == .sending }
  }

  private var doubtfulIndex: Int? {
    record.operations.firstIndex { $0.status == .sending || $0.status == .inDoubt }
  }

  /// After a read: settles what is in doubt, then checks for drift, then goes on.
  private mutating func resolve(at milliseconds: Int64) -> Action {
    guard let index = doubtfulIndex else { return checkDrift() }
    let operation = record.operations[index].operation
    let now = current[operation.type]
    guard let intent = intents[operation.number] else {
      record.operations[index].status = .planned
      return checkDrift()
    }
    let isSettled = milliseconds >= intent.atMilliseconds + settleMilliseconds
    switch LandingJudge.judge(operation, current: now, intent: intent) {
    case .landed: return settle(index, .done, image: now?.fields)
    case .notLanded where !isSettled, .cannotTell where !isSettled:
      return .park(untilMilliseconds: intent.atMilliseconds + settleMilliseconds)
    case .notLanded: return sendAgain(index, isRepeat: false)
    case .cannotTell:
      guard operation.verb == .update, !intent.isRepeat else {
        return end(
          .inDoubt,
          reason: "nothing that Atlas shows tells whether \(operation.type) was written",
          advice: "look at the project in Atlas"
        )
      }
      return sendAgain(index, isRepeat: true)
    case .foreign:
      record.operations[index].status = .held
      return end(
        .held,
        reason: "\(operation.type) was changed by somebody else while it was being written",
        advice: "look at the project, then plan again",
        with: [entry(.outcome(.held, image: now?.fields, note: nil), operation.number)]
      )
    }
  }

  private mutating func sendAgain(_ index: Int, isRepeat: Bool) -> Action {
    let number = record.operations[index].operation.number
    guard sends[number, default: 0] < Self.sendLimit else {
      record.operations[index].status = .failed
      return end(
        .failed,
        reason: "sent \(Self.sendLimit) times and never made",
        advice: "see whether Atlas is well, then run `godwit resume --retry failed`",
        with: [entry(.outcome(.failed, image: nil, note: "never made"), number)]
      )
    }
    record.operations[index].status = .planned
    if isRepeat { repeats.insert(number) }
    next = .check
    let note = isRepeat ? "cannot tell; it is sent once more" : "it was not made"
    return .commit(
      [entry(.outcome(.planned, image: nil, note: note), number)],
      announcesWrite: false
    )
  }

  /// Compares what is there with what the plan read and what was written since.
  private mutating func checkDrift() -> Action {
    guard !isDriftChecked else { return proceed() }
    isDriftChecked = true
    var entries: [JournalEntry] = []
    var drift: [String] = []
    var types = Set(record.plan.reads.images.keys)
    if record.plan.reads.isEverything { types.formUnion(current.keys) }
    for type in types.sorted() {
      let found = differences(of: type)
      guard !found.isEmpty else { continue }
      guard let index = openIndex(of: type),
        LandingJudge.isAlreadySo(record.operations[index].operation, current[type])
      else {
        drift += found
        continue
      }
      record.operations[index].status = .alreadySo
      entries.append(
        entry(
          .outcome(.alreadySo, image: current[type]?.fields, note: nil),
          record.operations[index].operation.number
        )
      )
    }
    guard drift.isEmpty else {
      return end(
        .held,
        reason: "drift: " + drift.joined(separator: "; "),
        advice: "plan again to see what the script makes of it",
        with: entries
      )
    }
    guard !entries.isEmpty else { return proceed() }
    next = .check
    return .commit(entries, announcesWrite: false)
  }

  /// The first open operation of a type, if none of that type comes before it.
  private func openIndex(of type: IntegrationType) -> Int? {
    record.operations.firstIndex { $0.operation.type == type && !$0.status.isSettled }
  }

  /// How a type differs from what is expected of it.
  private func differences(of type: IntegrationType) -> [String] {
    let written = record.operations.last { $0.operation.type == type && $0.status.isSettled }
    if let written {
      let isSame = LandingJudge.isAfter(written.operation, current[type])
      return isSame ? [] : ["\(type) was changed after it was written"]
    }
    let read = ReadSet(images: [type: record.plan.reads.images[type] ?? nil])
    return read.drift(to: current[type].map { [$0] } ?? [])
  }

  // MARK: - Ends

  private mutating func end(
    _ outcome: ProjectOutcome,
    reason: String? = nil,
    advice: String? = nil,
    scriptPosition: ScriptPosition? = nil,
    with entries: [JournalEntry] = []
  ) -> Action {
    next = .end(outcome)
    let settled = entry(
      .settled(outcome, reason: reason, advice: advice, position: scriptPosition)
    )
    return .commit(entries + [settled], announcesWrite: false)
  }

  private func entry(_ event: JournalEntry.Event, _ number: Int? = nil) -> JournalEntry {
    JournalEntry(position: position, number: number, event: event)
  }
}
