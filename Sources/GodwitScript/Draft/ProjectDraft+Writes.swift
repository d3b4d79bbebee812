internal import GodwitCore

extension ProjectDraft {
  /// `create` or `update`, whichever it takes.
  mutating func set(
    _ type: IntegrationType,
    _ fields: JSONObject,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> JSONObject {
    noteRead(type)
    return entries[type] == nil
      ? try create(type, fields, at: position) : try update(type, fields, at: position)
  }

  /// Records a POST.
  mutating func create(
    _ type: IntegrationType,
    _ fields: JSONObject,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> JSONObject {
    let rule = try rule(of: type)
    try require(.create, type)
    noteRead(type)
    guard rule.writability != .deleteOnly else { throw ended(type, "created") }
    guard entries[type] == nil else {
      throw ScriptComplaint(
        "\(type) is configured already",
        advice: "use :update, or :set for either"
      )
    }
    let rules = BodyRules(rule: rule, allowsUnknownFields: policy.allowsUnknownFields)
    let given = try rules.checked(fields, over: [:])
    switch rule.writability {
    case .full, .deleteOnly: break
    case .updateWithout:
      addTask(
        "Connect \(type)",
        detail: "Atlas takes the OAuth consent of a person; plan again when it is done.",
        type: type
      )
      return given.merging(["type": .string(type.text)])
    }
    let body = given.removing { _, value in value == .null }
    try rules.checkComplete(body)
    var entry = Entry(fields: [:], supplied: [:], isNew: true)
    layOver(body, on: &entry, type)
    for field in rule.fields where entry.fields[field.name] == nil {
      entry.fields[field.name] = field.serverDefault
    }
    let difference = ImageDifference(
      type,
      before: nil,
      after: entry.fields,
      supplied: entry.supplied,
      policy: policy
    )
    record(
      Operation(
        number: nextNumber(),
        verb: .create,
        type: type,
        before: nil,
        body: body.merging(["type": .string(type.text)]),
        after: entry.fields,
        changes: difference.changes,
        grade: .exact,
        position: position
      )
    )
    entries[type] = entry
    return shown(type) ?? [:]
  }

  /// Records a PUT, or takes part in the one that is recorded already.
  mutating func update(
    _ type: IntegrationType,
    _ fields: JSONObject,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> JSONObject {
    let rule = try rule(of: type)
    try require(.update, type)
    noteRead(type)
    guard rule.writability != .deleteOnly else { throw ended(type, "updated") }
    guard var entry = entries[type] else {
      throw ScriptComplaint(
        "\(type) is not configured in this project",
        advice: "use :create, or :set for either"
      )
    }
    let rules = BodyRules(rule: rule, allowsUnknownFields: policy.allowsUnknownFields)
    var given = try rules.checked(fields, over: entry.fields)
    if case .updateWithout(let field) = rule.writability, isStored(given[field], in: entry, field) {
      noteUnchanged(type, field, entry)
      given[field] = nil
    }
    if needsPerson(rule, given, entry) {
      addTask(
        "Reconnect \(type)",
        detail: "Only a person can change the token or the team; plan again when it is done.",
        type: type
      )
      return shown(type) ?? [:]
    }
    let body = try completeBody(rule, given, entry)
    try rules.checkComplete(body)
    layOver(given, on: &entry, type)
    record(update: body, of: rule, entry, at: position)
    return shown(type) ?? [:]
  }

  /// Records a DELETE.
  ///
  /// - Returns: whether there was something to delete.
  mutating func delete(
    _ type: IntegrationType,
    at position: ScriptPosition?
  ) throws(ScriptComplaint) -> Bool {
    if baseline[type] == nil { _ = try rule(of: type) }
    try require(.delete, type)
    noteRead(type)
    guard let entry = entries[type] else { return false }
    unchangedSecrets[type] = nil
    if entry.isNew {
      // What was only planned is taken out of the plan.
      removeLastOperation(of: type)
      entries[type] = nil
      return true
    }
    // Updates of the same plan before it are pointless, and what is lost is what Atlas has.
    let planned = operations.last { $0.target == .integration(type) }
    let before = planned?.verb == .update ? planned?.before ?? entry.fields : entry.fields
    if planned?.verb == .update { removeLastOperation(of: type) }
    let rule = IntegrationRules.rule(for: type)
    let difference = ImageDifference(
      type,
      before: before,
      after: nil,
      supplied: [:],
      policy: policy
    )
    record(
      Operation(
        number: nextNumber(),
        verb: .delete,
        type: type,
        before: before,
        body: nil,
        after: nil,
        changes: difference.changes,
        grade: Self.gradeOfDelete(rule),
        lostSecrets: lostSecrets(type, rule, before),
        position: position
      )
    )
    entries[type] = nil
    return true
  }

  private func ended(_ type: IntegrationType, _ verb: String) -> ScriptComplaint {
    ScriptComplaint(
      "\(type) cannot be \(verb): the service has ended",
      advice: "it can be read and deleted only"
    )
  }

  // MARK: - Parts of an update

  /// Whether a secret that is supplied is the one that Atlas shows already.
  private func isStored(_ value: JSONValue?, in entry: Entry, _ field: String) -> Bool {
    guard case .secret(let reference)? = value,
      let fingerprint = policy.fingerprints[reference.name],
      case .masked(let masked)? = entry.fields[field]
    else { return false }
    return masked.matches(fingerprint) == true
  }

  private mutating func noteUnchanged(_ type: IntegrationType, _ field: String, _ entry: Entry) {
    let tail = entry.fields[field]?.maskedValue?.shownTail ?? ""
    unchangedSecrets[type] = [UnchangedSecret(type: type, field: field, tail: tail)]
  }

  /// Whether an update asks for what the API leaves to a person.
  private func needsPerson(_ rule: IntegrationRule, _ given: JSONObject, _ entry: Entry) -> Bool {
    guard case .updateWithout(let field) = rule.writability else { return false }
    if given[field] != nil { return true }
    return given.contains { name, value in
      name != "channelName" && !ImageComparison.isSame(value, entry.fields[name])
    }
  }

  /// The whole object that a PUT sends: what is readable of the current one with the changes over
  /// it, and every secret supplied.
  private func completeBody(
    _ rule: IntegrationRule,
    _ given: JSONObject,
    _ entry: Entry
  ) throws(ScriptComplaint) -> JSONObject {
    var body = entry.fields.removing { _, value in value.holdsOpaque }
    for (name, value) in entry.supplied { body[name] = value }
    for (name, value) in given { body[name] = value }
    var missing: [String] = []
    for (name, value) in entry.fields where value.holdsOpaque && body[name] == nil {
      if rule.writability != .updateWithout(field: name) { missing.append(name) }
    }
    for field in rule.secretFields
    where field.secret == .absent && body[field.name] == nil && !entry.isNew {
      missing.append(field.name)
    }
    guard missing.isEmpty else {
      let names = missing.joined(separator: ", ")
      throw ScriptComplaint(
        "an update of \(rule.type) must supply \(names): Atlas does not give it back, and a PUT"
          + " without it would wipe it",
        advice: "give a secret parameter, or json.null to clear it"
      )
    }
    body["type"] = .string(rule.type.text)
    return body
  }

  /// Lays given fields over an entry, as Atlas will show them.
  private func layOver(_ given: JSONObject, on entry: inout Entry, _ type: IntegrationType) {
    for (name, value) in given {
      switch value {
      case .secret(let reference):
        entry.supplied[name] = value
        entry.fields[name] = policy.preview(reference, field: name, type: type)
      case .null:
        entry.supplied[name] = .null
        entry.fields[name] = IntegrationRules.rule(for: type)?.field(name)?.serverDefault
      default:
        entry.supplied[name] = nil
        entry.fields[name] = value
      }
    }
  }

  /// Puts an update into the plan: as a new operation, as part of the last one of its type, or not
  /// at all if nothing changes.
  private mutating func record(
    update body: JSONObject,
    of rule: IntegrationRule,
    _ entry: Entry,
    at position: ScriptPosition?
  ) {
    let type = rule.type
    let last = operations.lastIndex { $0.target == .integration(type) }
    let before = last.map { operations[$0].before } ?? entries[type]?.fields
    let difference = ImageDifference(
      type,
      before: before,
      after: entry.fields,
      supplied: entry.supplied,
      policy: policy
    )
    let noted = (unchangedSecrets[type] ?? []).filter { difference.isSilent(about: $0.field) }
    unchangedSecrets[type] = noted + difference.unchangedSecrets
    if let last, operations[last].verb != .delete {
      if operations[last].verb == .update, difference.changes.isEmpty {
        removeLastOperation(of: type)
      } else {
        let isCreate = operations[last].verb == .create
        operations[last].body = isCreate ? body.removing { $1 == .null } : body
        operations[last].after = entry.fields
        operations[last].changes = difference.changes
      }
    } else if !difference.changes.isEmpty {
      record(
        Operation(
          number: nextNumber(),
          verb: .update,
          type: type,
          before: before,
          body: body,
          after: entry.fields,
          changes: difference.changes,
          grade: Self.gradeOfUpdate(rule, before ?? [:]),
          position: position
        )
      )
    }
    entries[type] = entry
  }

  private mutating func removeLastOperation(of type: IntegrationType) {
    guard
      let last = operations.lastIndex(where: { $0.target == .integration(type) })
    else { return }
    operations.remove(at: last)
  }
}
