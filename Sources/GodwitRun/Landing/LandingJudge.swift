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
    /// Neither: somebody else changed it.
    case foreign
  }

  /// Judges an operation by what Atlas shows of a project.
  ///
  /// - Parameters:
  ///   - operation: what was sent.
  ///   - view: what Atlas shows now.
  ///   - intent: what Atlas showed just before it was sent.
  /// - Returns: what reading back shows, and the image by which it was judged.
  static func judge(
    _ operation: Operation,
    in view: ProjectView,
    intent: CommittedIntent
  ) -> (judgement: Judgement, image: JSONObject?) {
    if let resource = operation.resource {
      let shown = view.shown(resource)
      return (judge(operation, current: shown, intent: intent), shown?.fields)
    }
    let made = newAlerts(like: operation, in: view, besides: intent.knownAlerts)
    switch made.count {
    case 0: return (.notLanded, nil)
    case 1: return (.landed, WriteAnswer.alert(made[0]).image)
    default: return (.cannotTell, nil)
    }
  }

  /// Judges an operation by the resource that it wrote.
  static func judge(
    _ operation: Operation,
    current: ShownImage?,
    intent: CommittedIntent
  ) -> Judgement {
    switch (isAfter(operation, current), isBefore(operation, intent, current)) {
    case (true, false): .landed
    case (false, true): .notLanded
    case (false, false): .foreign
    case (true, true): judgeByStamp(current?.stamp, intent.stamp)
    }
  }

  /// Alert configurations that show as an operation made one, without those that were there.
  private static func newAlerts(
    like operation: Operation,
    in view: ProjectView,
    besides known: Set<AlertConfigurationID>
  ) -> [AlertConfiguration] {
    guard operation.target.alert != nil, let after = operation.after else { return [] }
    return view.alerts.values.filter { alert in
      !known.contains(alert.id) && AlertComparison.isShown(after, in: alert.fields)
    }
  }

  /// Whether an alert configuration is there that an operation of which nothing is known may have
  /// made; not one that another operation of the run made.
  static func mayHaveMade(
    _ operation: Operation,
    in view: ProjectView,
    _ answers: [Int: JSONObject]
  ) -> Bool {
    guard operation.resource == nil else { return false }
    let made = answers.values.compactMap { $0["id"]?.stringValue.map { AlertConfigurationID($0) } }
    return !newAlerts(like: operation, in: view, besides: Set(made)).isEmpty
  }

  /// Atlas makes a new stamp at every PUT, so another one means that a PUT was made since.
  private static func judgeByStamp(_ now: String?, _ before: String?) -> Judgement {
    guard let now, let before else { return .cannotTell }
    return now == before ? .notLanded : .landed
  }

  /// Whether every field that is sent shows as sent; what Atlas adds does not count.
  static func isAfter(_ operation: Operation, _ current: ShownImage?) -> Bool {
    guard let after = operation.after else { return current == nil }
    guard let current else { return false }
    switch operation.target {
    case .integration:
      let names = Set(after.keys).union((operation.body ?? [:]).keys).subtracting(["type"])
      return names.allSatisfy { isShown(after[$0], in: current.fields[$0]) }
    case .alert: return AlertComparison.isShown(after, in: current.fields)
    case .request: return ImageComparison.isShown(after, in: current.fields)
    }
  }

  static func isShown(_ sent: JSONValue?, in shown: JSONValue?) -> Bool {
    switch (sent, shown) {
    case (.secret?, _): true
    case (nil, nil): true
    case (nil, .masked?): false
    default: ImageComparison.isSame(sent, shown)
    }
  }

  private static func isBefore(
    _ operation: Operation,
    _ intent: CommittedIntent,
    _ current: ShownImage?
  ) -> Bool {
    switch (intent.image, current) {
    case (nil, nil): true
    case (let image?, let current?):
      operation.target.alert == nil
        ? ImageComparison.differences(image, current.fields).isEmpty
        : AlertComparison.isSame(image, current.fields)
    default: false
    }
  }

  /// Whether an operation that was never sent is at its image after already, and was not before.
  static func isAlreadySo(_ operation: Operation, _ current: ShownImage?) -> Bool {
    guard isAfter(operation, current) else { return false }
    guard let before = operation.before else { return operation.after != nil }
    return !isAfter(operation, ShownImage(fields: before, stamp: nil))
  }
}
