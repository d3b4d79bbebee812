internal import GodwitCore

// Writes of alert configurations: all of one become one PUT, at the place of the first.

extension ProjectDraft {
  private var alertRules: AlertRules {
    AlertRules(allowsUnknownFields: policy.allowsUnknownFields)
  }

  /// Records a POST.
  mutating func createAlert(
    _ fields: JSONObject,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> JSONObject {
    try require(alert: .create)
    let wanted = try alertRules.checked(fields, over: [:]).removing { _, value in value == .null }
    try alertRules.checkComplete(wanted)
    let made = try alertBody(wanted, over: nil)
    let number = nextNumber()
    let entry = AlertEntry(number: number, wanted: wanted, shown: made.after)
    record(
      Operation(
        number: number,
        verb: .create,
        target: .alert(entry.target),
        before: nil,
        body: made.body,
        after: made.after,
        changes: made.changes,
        grade: .exact,
        position: position
      )
    )
    alerts?.append(entry)
    return entry.object
  }

  /// Records a PUT, or takes part in the write that is recorded already.
  mutating func updateAlert(
    _ reference: AlertReference,
    _ fields: JSONObject,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> JSONObject {
    try require(alert: .update)
    let index = try alertIndex(reference)
    let current = alerts?[index].shown ?? [:]
    let changes = try alertRules.checked(fields, over: current)
    return try write(index, changes, verb: .update, at: position)
  }

  /// Records a PATCH of whether it is on, or takes part in the write that is recorded already.
  mutating func toggleAlert(
    _ reference: AlertReference,
    isEnabled: Bool,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> JSONObject {
    try require(alert: .toggle)
    let index = try alertIndex(reference)
    return try write(index, ["enabled": .bool(isEnabled)], verb: .toggle, at: position)
  }

  /// Records a DELETE.
  ///
  /// - Returns: whether there was something to delete.
  mutating func deleteAlert(
    _ reference: AlertReference,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> Bool {
    try require(alert: .delete)
    noteRead(reference)
    let index = alerts?.firstIndex { !$0.isDeleted && $0.isNamed(reference) }
    guard let index, let entry = alerts?[index] else { return false }
    if let number = entry.number {
      guard !isNeeded(number) else {
        throw ScriptComplaint("\(reference.words) is deleted, and another write needs its id")
      }
      operations.removeAll { $0.number == number }
      alerts?.remove(at: index)
      return true
    }
    operations.removeAll { $0.target.alert?.id == entry.id }
    let before = entry.baseline?.fields ?? [:]
    record(
      Operation(
        number: nextNumber(),
        verb: .delete,
        target: .alert(entry.target),
        before: before,
        body: nil,
        after: nil,
        changes: AlertComparison.told(from: before, to: nil),
        grade: AlertGrades.ofDelete(before),
        lostSecrets: AlertGrades.lostSecrets(before, policy),
        position: position
      )
    )
    alerts?[index].isDeleted = true
    return true
  }

  // MARK: - Parts of a write

  private mutating func alertIndex(
    _ reference: AlertReference
  ) throws(ScriptComplaint) -> Int {
    noteRead(reference)
    let index = alerts?.firstIndex { !$0.isDeleted && $0.isNamed(reference) }
    guard let index else {
      throw ScriptComplaint(
        "there is no \(reference.words) in this project",
        advice: "project.alerts:list() and :using(type) give those that are there"
      )
    }
    return index
  }

  private func alertBody(
    _ wanted: JSONObject,
    over baseline: AlertConfiguration?
  ) throws(ScriptComplaint) -> AlertBody {
    try checkPending(.object(wanted))
    return try AlertBody(wanted, over: baseline, policy: policy) { entries[$0] != nil }
  }

  /// Lays changes over a configuration and puts the write into the plan: as a new operation, as
  /// part of the one that is there, or not at all if nothing changes.
  private mutating func write(
    _ index: Int,
    _ changes: JSONObject,
    verb: Verb,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> JSONObject {
    guard var entry = alerts?[index] else { return [:] }
    entry.wanted = entry.wanted.merging(changes).removing { _, value in value == .null }
    try alertRules.checkComplete(entry.wanted)
    let made = try alertBody(entry.wanted, over: entry.baseline)
    entry.shown = made.after.merging(
      entry.shown.removing { key, _ in !AlertConfiguration.readOnlyKeys.contains(key) }
    )
    alerts?[index] = entry
    unchangedAlertSecrets[entry.object["id"] ?? .null] = made.unchanged
    let planned = operations.firstIndex { operation in
      entry.number.map { $0 == operation.number } ?? (operation.target.alert?.id == entry.id)
    }
    if let planned {
      merge(made, entry, verb, into: planned)
    } else if !made.changes.isEmpty {
      record(operation(made, entry, verb, number: nextNumber(), at: position))
    }
    return entry.object
  }

  private mutating func merge(
    _ made: AlertBody,
    _ entry: AlertEntry,
    _ verb: Verb,
    into planned: Int
  ) {
    let old = operations[planned]
    if entry.number != nil {
      operations[planned].body = made.body
      operations[planned].after = made.after
      operations[planned].changes = made.changes
      operations[planned].target = .alert(entry.target)
    } else if made.changes.isEmpty {
      operations.remove(at: planned)
    } else {
      let isToggle = old.verb == .toggle && verb == .toggle
      operations[planned] = operation(
        made,
        entry,
        isToggle ? .toggle : .update,
        number: old.number,
        at: old.position
      )
    }
  }

  private func operation(
    _ made: AlertBody,
    _ entry: AlertEntry,
    _ verb: Verb,
    number: Int,
    at position: ScriptPosition?
  ) -> Operation {
    let before = entry.baseline?.fields ?? [:]
    return Operation(
      number: number,
      verb: verb,
      target: .alert(entry.target),
      before: before,
      body: verb == .toggle ? ["enabled": made.body["enabled"] ?? false] : made.body,
      after: made.after,
      changes: made.changes,
      grade: verb == .toggle ? .exact : AlertGrades.ofUpdate(before, made.after),
      position: position
    )
  }
}
