internal import GodwitCore
internal import GodwitJournal

// What a read tells: what became of a write that is in doubt, and whether there is drift.

extension ProjectMachine {
  /// After a read: settles what is in doubt, then checks for drift, then goes on.
  mutating func resolve(at milliseconds: Int64) -> Action {
    guard let index = doubtfulIndex else { return checkDrift() }
    let operation = record.operations[index].operation
    let now = current[operation.type]
    guard var intent = intents[operation.number] else {
      record.operations[index].status = .planned
      return checkDrift()
    }
    // The clock was set back since: the wait begins now, and is not longer for it.
    intent.atMilliseconds = min(intent.atMilliseconds, milliseconds)
    intents[operation.number] = intent
    let settled = intent.atMilliseconds + settleMilliseconds
    switch LandingJudge.judge(operation, current: now, intent: intent) {
    case .landed: return settle(index, .done, image: now?.fields)
    case .notLanded where milliseconds < settled, .cannotTell where milliseconds < settled:
      return .park(untilMilliseconds: settled)
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

  /// Makes an operation planned again; that goes into the file together with the next intent, so
  /// that no crash can come between and make a repeat look like a first attempt.
  private mutating func sendAgain(_ index: Int, isRepeat: Bool) -> Action {
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
    if isRepeat { repeats.insert(number) }
    let note = isRepeat ? "cannot tell; it is sent once more" : "it was not made"
    carried.append(entry(.outcome(.planned, image: nil, note: note), number))
    return checkDrift()
  }

  // MARK: - Drift

  /// Compares what is there with what the plan read and what was written since.
  mutating func checkDrift() -> Action {
    guard !isDriftChecked else { return proceed() }
    isDriftChecked = true
    var entries: [JournalEntry] = []
    var drift: [String] = []
    var types = Set(record.plan.reads.images.keys)
    if record.plan.reads.isEverything { types.formUnion(current.keys) }
    for type in types.sorted() {
      let found = differences(of: type)
      guard !found.isEmpty else { continue }
      let made = operationsMadeAlready(of: type)
      if made.isEmpty { drift += found }
      for index in made {
        record.operations[index].status = .alreadySo
        entries.append(
          entry(
            .outcome(.alreadySo, image: current[type]?.fields, note: nil),
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

  /// The open operations of a type up to the last one whose image after is there already; none if
  /// there is no such operation.
  private func operationsMadeAlready(of type: IntegrationType) -> [Int] {
    let open = record.operations.indices.filter {
      record.operations[$0].operation.type == type && !record.operations[$0].status.isSettled
    }
    let last = open.last {
      LandingJudge.isAlreadySo(record.operations[$0].operation, current[type])
    }
    return last.map { last in open.filter { $0 <= last } } ?? []
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
}
