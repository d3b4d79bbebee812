import GodwitCore

/// Words that several reports share.
enum Wording {
  /// A count with its noun in the right number, for example `1 project`, `83 projects`.
  static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// A script's position, made safe.
  static func place(_ position: ScriptPosition?) -> String? {
    position.map { SafeText.line($0.description, limit: 80) }
  }

  /// A credential as people are shown it, for example `API key ****wxyz`.
  static func credential(of target: RunTarget) -> String {
    let kind = SafeText.line(target.credentialKind, limit: 40)
    let tail = SafeText.line(target.credentialTail, limit: 12)
    return tail.isEmpty ? kind : "\(kind) ****\(tail)"
  }

  /// Which secrets going back needs, or that there is no way back.
  ///
  /// - Parameters:
  ///   - operation: the operation.
  ///   - restoring: the secrets that going back needs, whether they change or not.
  /// - Returns: the words.
  static func grade(of operation: Operation, restoring: [String]) -> String {
    let lost = operation.lostSecrets.map { SafeText.line($0, limit: 60) }
    if !lost.isEmpty {
      return "cannot be taken back: loses " + lost.joined(separator: ", ")
    }
    switch operation.grade {
    case .exact: return "can be taken back"
    case .byPerson: return "can be taken back by a person only"
    case .notAtAll: return "cannot be taken back"
    case .withSecret:
      let changed = operation.changes
        .filter { $0.before?.maskedValue != nil || $0.isUnknowable }
        .map(\.field)
      let fields = Set(changed + restoring).sorted { $0.bytesPrecede($1) }
        .map { SafeText.line($0, limit: 60) }
      guard !fields.isEmpty else { return "can be taken back with a secret" }
      let noun = fields.count == 1 ? "a secret" : "secrets"
      return "can be taken back with \(noun): " + fields.joined(separator: ", ")
    }
  }

  /// The name of a bucket as totals print it.
  static func name(of outcome: ProjectOutcome) -> String {
    switch outcome {
    case .notFound: "not found"
    case .inDoubt: "in doubt"
    case .notStarted: "not started"
    default: outcome.rawValue
    }
  }

  /// The name of a status as people read it.
  static func name(of status: OperationStatus) -> String {
    switch status {
    case .alreadySo: "already so"
    case .inDoubt: "in doubt"
    default: status.rawValue
    }
  }

  /// The sign before an operation.
  static func symbol(of verb: Verb) -> String {
    switch verb {
    case .create: "+"
    case .update, .toggle: "~"
    case .delete: "-"
    }
  }

  /// The colour of an operation's sign.
  static func color(of verb: Verb) -> TextStyle.Color {
    switch verb {
    case .create: .green
    case .update, .toggle: .yellow
    case .delete: .red
    }
  }

  /// The equation that every report ends with; the last two buckets only where they can be.
  static func totals(_ totals: Totals, phase: RunInfo.Phase) -> String {
    let isApplying = phase == .applying || phase == .finished
    let late: [ProjectOutcome] = [.inDoubt, .notStarted]
    let buckets = Self.buckets + late.filter { isApplying || totals[$0] > 0 }
    return "\(totals.selected) selected = "
      + buckets.map { "\(totals[$0]) \(name(of: $0))" }.joined(separator: " + ")
  }

  private static let buckets: [ProjectOutcome] = [
    .changed, .unchanged, .skipped, .held, .manual, .failed, .notFound,
  ]
}
