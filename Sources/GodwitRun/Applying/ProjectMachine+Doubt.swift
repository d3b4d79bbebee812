internal import GodwitCore
internal import GodwitJournal

// What a read tells: what became of a write that is in doubt, and whether there is drift.

extension ProjectMachine {
  /// After a read: settles what is in doubt, then checks for drift, then goes on.
  mutating func resolve(at milliseconds: Int64) -> Action {
    guard let index = doubtfulIndex else { return checkDrift() }
    let operation = record.operations[index].operation
    if record.operations[index].status == .sending { noteCutOff(index) }
    let began = doubtBegan[operation.number] ?? startMilliseconds
    let settled = began + settleMilliseconds
    if operation.leavesNoTrace {
      // Whoever looks after the run has ended is not to look too early.
      return milliseconds < settled ? .park(untilMilliseconds: settled, .doubt) : cannotTell(index)
    }
    guard let intent = intents[operation.number] else {
      // Without the image before nothing can be told of what has no name before it is made.
      guard operation.resource != nil else { return cannotTell(index) }
      record.operations[index].status = .planned
      return checkDrift()
    }
    let (judgement, now) = LandingJudge.judge(operation, in: current, intent: intent)
    switch judgement {
    case .landed: return settle(index, .done, image: now)
    case .notLanded where milliseconds < settled, .cannotTell where milliseconds < settled:
      return .park(untilMilliseconds: settled, .doubt)
    case .notLanded: return sendAgain(index, "it was not made")
    case .cannotTell:
      guard operation.resource != nil, operation.verb != .create, !intent.isRepeat else {
        return cannotTell(index)
      }
      return sendAgain(index, "cannot tell; it is sent once more")
    case .foreign where isFollowed(index): return settle(index, .done, image: nil)
    case .foreign:
      record.operations[index].status = .held
      return end(
        .held,
        reason: "\(operation.target) was changed by somebody else while it was being written",
        advice: "look at the project, then plan again",
        with: [entry(.outcome(.held, image: now, note: nil), operation.number)]
      )
    }
  }

  /// Whether a later operation on the same resource shows as made, the commits of which were lost: it
  /// was sent after this one was made.
  private func isFollowed(_ index: Int) -> Bool {
    guard let resource = record.operations[index].operation.resource else { return false }
    return record.operations[(index + 1)...].contains { entry in
      entry.operation.resource == resource && suspects.contains(entry.operation.number)
        && LandingJudge.isAlreadySo(entry.operation, current.shown(resource))
    }
  }

  /// Notes that an earlier process sent a write, or was about to, and kept no answer to it.
  private mutating func noteCutOff(_ index: Int) {
    let number = record.operations[index].operation.number
    record.operations[index].status = .inDoubt
    unanswered.insert(number)
    carried.append(entry(.outcome(.inDoubt, image: nil, note: Self.cutOffNote), number))
  }

  static let cutOffNote = "the run was cut off before an answer to it was kept"

  /// Ends the project in doubt: nothing tells what became of a write.
  mutating func cannotTell(_ index: Int) -> Action {
    let operation = record.operations[index].operation
    let number = operation.number
    var entries: [JournalEntry] = []
    if record.operations[index].status == .planned {
      entries.append(
        entry(.outcome(.inDoubt, image: nil, note: "its intent may have been lost"), number)
      )
    }
    record.operations[index].status = .inDoubt
    return end(
      .inDoubt,
      reason: "nothing that Atlas shows tells whether \(operation.target) was written",
      advice: "look at the project in Atlas, then say with `godwit resolve` what you saw",
      needsPerson: true,
      with: entries
    )
  }

  /// Makes an operation planned again; that goes into the file together with the next intent.
  private mutating func sendAgain(_ index: Int, _ note: String) -> Action {
    let number = record.operations[index].operation.number
    guard sends[number, default: 0] < Self.sendLimit else {
      record.operations[index].status = .failed
      let cause = lastErrors[number].map { ": \($0)" } ?? ""
      return end(
        .failed,
        reason: "sent \(Self.sendLimit) times and never made" + cause,
        advice: "see whether Atlas is well, then run `godwit resume --retry failed`",
        with: [entry(.outcome(.failed, image: nil, note: "never made"), number)]
      )
    }
    record.operations[index].status = .planned
    carried.append(entry(.outcome(.planned, image: nil, note: note), number))
    return checkDrift()
  }

  // MARK: - Drift

  /// Compares what is there with what the plan read and what was written since.
  mutating func checkDrift() -> Action {
    let isOpen = record.operations.contains { !$0.status.isSettled }
    guard !isDriftChecked, isOpen else { return proceed() }
    isDriftChecked = true
    var entries: [JournalEntry] = []
    var drift: [String] = []
    for resource in current.resources(of: record.plan.reads).sorted() {
      let found = differences(of: resource)
      guard !found.isEmpty else { continue }
      let made = operationsMadeAlready(of: resource)
      if made.isEmpty { drift += found }
      for index in made {
        record.operations[index].status = .alreadySo
        entries.append(
          entry(
            .outcome(.alreadySo, image: current.shown(resource)?.fields, note: nil),
            record.operations[index].operation.number
          )
        )
      }
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
    return commit(entries)
  }

  /// The open operations on a resource up to the last one whose image after is there already; none if
  /// there is no such operation.
  private func operationsMadeAlready(of resource: Resource) -> [Int] {
    let open = record.operations.indices.filter {
      record.operations[$0].operation.resource == resource
        && !record.operations[$0].status.isSettled
    }
    let last = open.last {
      LandingJudge.isAlreadySo(record.operations[$0].operation, current.shown(resource))
    }
    return last.map { last in open.filter { $0 <= last } } ?? []
  }

  /// How a resource differs from what is expected of it.
  private func differences(of resource: Resource) -> [String] {
    let now = current.shown(resource)
    let entries = record.operations.filter { $0.operation.resource == resource }
    if let written = entries.last(where: \.status.isSettled) {
      let isSame = LandingJudge.isAfter(written.operation, now)
      return isSame ? [] : ["\(resource) was changed after it was written"]
    }
    // What this run made itself is no news.
    if case .alert(let id) = resource, answers.values.contains(where: { $0.names(id) }) {
      return []
    }
    return record.plan.reads.drift(
      of: resource,
      to: now?.fields,
      notifierIDs: entries.reduce(into: []) { $0.formUnion($1.operation.notifierIDs) }
    )
  }
}
