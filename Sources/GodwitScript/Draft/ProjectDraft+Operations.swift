internal import GodwitCore

extension ProjectDraft {
  /// The number of an operation that is about to be recorded.
  mutating func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// Puts an operation at the end of the plan.
  mutating func record(_ operation: Operation) {
    operations.append(operation)
  }

  /// The operations with numbers from 1 without gaps; what they have pending of each other names
  /// the new numbers.
  var finished: [Operation] {
    let numbers = Dictionary(
      operations.enumerated().map { ($0.element.number, $0.offset + 1) },
      uniquingKeysWith: { first, _ in first }
    )
    func renumbered(_ object: JSONObject?) -> JSONObject? {
      object?.mapValues { _, value in
        value.replacingPending {
          .pending(PendingValue(operation: numbers[$0.operation] ?? $0.operation))
        }
      }
    }
    return operations.map { operation in
      var operation = operation
      operation.number = numbers[operation.number] ?? operation.number
      operation.body = renumbered(operation.body)
      operation.after = renumbered(operation.after)
      operation.changes = operation.changes.map { change in
        var change = change
        change.after = renumbered(change.after.map { ["": $0] })?[""]
        return change
      }
      return operation
    }
  }

  /// What was recognised as unchanged, in a fixed order.
  var finishedUnchangedSecrets: [UnchangedSecret] {
    let all = unchangedSecrets.values.flatMap { $0 } + unchangedAlertSecrets.values.flatMap { $0 }
    return all.sorted { ($0.type, $0.field) < ($1.type, $1.field) }
  }

  /// What the plan depends on.
  var finishedReads: ReadSet {
    var reads = earlierReads.merging(reads)
    let makesAlerts = operations.contains { $0.target.alert != nil && $0.verb == .create }
    if makesAlerts { reads.knownAlerts = Set((alerts ?? []).compactMap(\.id)) }
    return reads
  }

  /// What is wrong with a secret that the plan needs and the project has no value of.
  var missingSecret: Diagnostic? {
    let missing = policy.missingSecrets
    guard !missing.isEmpty else { return nil }
    let names = operations.reduce(into: Set<String>()) { $0.formUnion($1.secretNames) }
    return names.sorted().lazy.compactMap { missing[$0] }.first
  }

  /// Checks that what is pending in a value will be there: the operation is part of this plan, and
  /// comes before.
  func checkPending(_ value: JSONValue) throws(ScriptComplaint) {
    for pending in value.pendingValues
    where !operations.contains(where: { $0.number == pending.operation }) {
      throw ScriptComplaint(
        "\(pending) is not of this project's plan",
        advice: "use a pending value in the project, and after the write, that it came from"
      )
    }
  }

  /// Whether an operation needs the answer to another one.
  func isNeeded(_ number: Int) -> Bool {
    operations.contains { $0.pendingValues.contains(PendingValue(operation: number)) }
  }
}
