internal import GodwitCore
internal import GodwitJournal

/// Tells by reading back whether a write was made.
enum LandingJudge {
  /// What reading back shows.
  enum Judgement: Hashable {
    /// It was made.
    case landed
    /// It was not made (yet).
    case notLanded
    /// Nothing that is shown tells.
    case cannotTell
    /// Neither: somebody else changed the integration.
    case foreign
  }

  /// Judges an operation by the integration of its type as it is now.
  ///
  /// - Parameters:
  ///   - operation: what was sent.
  ///   - current: what Atlas shows now; `nil` if there is none.
  ///   - intent: what Atlas showed just before it was sent.
  /// - Returns: what reading back shows.
  static func judge(
    _ operation: Operation,
    current: Integration?,
    intent: CommittedIntent
  ) -> Judgement {
    switch (isAfter(operation, current), isBefore(intent, current)) {
    case (true, false): .landed
    case (false, true): .notLanded
    case (false, false): .foreign
    case (true, true): judgeByStamp(current?.stamp, intent.stamp)
    }
  }

  /// Atlas makes a new id at every PUT, so another id means that a PUT was made since.
  private static func judgeByStamp(_ now: String?, _ before: String?) -> Judgement {
    guard let now, let before else { return .cannotTell }
    return now == before ? .notLanded : .landed
  }

  /// Whether every field that is sent shows as sent; what Atlas adds does not count.
  static func isAfter(_ operation: Operation, _ current: Integration?) -> Bool {
    guard let after = operation.after else { return current == nil }
    guard let current else { return false }
    let names = Set(after.keys).union((operation.body ?? [:]).keys).subtracting(["type"])
    return names.allSatisfy { name in
      isShown(after[name], in: current.fields[name])
    }
  }

  private static func isShown(_ sent: JSONValue?, in shown: JSONValue?) -> Bool {
    switch (sent, shown) {
    case (.secret?, _): true
    case (nil, nil): true
    case (nil, .masked?): false
    default: ImageComparison.isSame(sent, shown)
    }
  }

  private static func isBefore(_ intent: CommittedIntent, _ current: Integration?) -> Bool {
    switch (intent.image, current) {
    case (nil, nil): true
    case (let image?, let current?):
      ImageComparison.differences(image, current.fields).isEmpty
    default: false
    }
  }

  /// Whether an operation that was never sent is at its image after already, and was not before.
  static func isAlreadySo(_ operation: Operation, _ current: Integration?) -> Bool {
    guard isAfter(operation, current) else { return false }
    guard let before = operation.before else { return operation.after != nil }
    return !isAfter(operation, Integration(type: operation.type, fields: before))
  }
}
