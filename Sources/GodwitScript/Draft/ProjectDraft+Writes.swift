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
    guard entries[type] == nil else {
      throw ScriptComplaint(
        "\(type) is configured already",
        advice: "use :update, or :set for either"
      )
    }
    let rules = BodyRules(rule: rule, allowsUnknownFields: policy.allowsUnknownFields)
    let given = try rules.checked(fields)
    switch rule.writability {
    case .full: break
    case .deleteOnly:
      throw ScriptComplaint("\(type) cannot be created: the service has ended")
    case .updateWithout:
      addTask(
        "Connect \(type) in project \(project.name)",
        detail: "Atlas takes the OAuth consent of a person; plan again when it is done."
      )
      return given.merging(["type": .string(type.text)])
    }
    let body = given.removing { _, value in value == .null }
    try rules.checkComplete(body)
    var entry = Entry(fields: [:], supplied: [:], isNew: true)
    layOver(body, on: &entry, type)
    let difference = ImageDifference(
      type,
      before: nil,
      after: entry.fields,
      supplied: entry.supplied,
      policy: policy
    )
    operations.append(
      Operation(
        number: operations.count + 1,
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
    guard var entry = entries[type] else {
      throw ScriptComplaint(
        "\(type) is not configured in this project",
        advice: "use :create, or :set for either"
      )
    }
    guard rule.writability != .deleteOnly else {
      throw ScriptComplaint("\(type) cannot be updated: the service has ended")
    }
    let rules = BodyRules(rule: rule, allowsUnknownFields: policy.allowsUnknownFields)
    let given = try rules.checked(fields)
    if needsPerson(rule, given, entry) {
      addTask(
        "Reconnect \(type) in project \(project.name)",
        detail: "Only a person can change the token or the team; plan again when it is done."
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
    let rule = IntegrationRules.rule(for: type)
    let difference = ImageDifference(
      type,
      before: entry.fields,
      after: nil,
      supplied: [:],
      policy: policy
    )
    operations.append(
      Operation(
        number: operations.count + 1,
        verb: .delete,
        type: type,
        before: entry.fields,
        body: nil,
        after: nil,
        changes: difference.changes,
        grade: Self.gradeOfDelete(rule),
        lostSecrets: entry.isNew ? [] : lostSecrets(type, rule, entry.fields),
        position: position
      )
    )
    entries[type] = nil
    return true
  }

  // MARK: - Parts of an update

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
    let rule = IntegrationRules.rule(for: type)
    for (name, value) in given {
      switch value {
      case .secret(let reference):
        entry.supplied[name] = value
        entry.fields[name] = policy.preview(reference, field: name, type: type)
      case .null:
        if rule?.field(name)?.secret != nil { entry.supplied[name] = .null }
        entry.fields[name] = nil
      default: entry.fields[name] = value
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
    let last = operations.lastIndex { $0.type == type }
    let before = last.map { operations[$0].before } ?? entries[type]?.fields
    let difference = ImageDifference(
      type,
      before: before,
      after: entry.fields,
      supplied: entry.supplied,
      policy: policy
    )
    unchangedSecrets[type] = difference.unchangedSecrets
    if let last, operations[last].verb != .delete {
      if operations[last].verb == .update, difference.changes.isEmpty {
        operations.remove(at: last)
        for index in operations.indices { operations[index].number = index + 1 }
      } else {
        let isCreate = operations[last].verb == .create
        operations[last].body = isCreate ? body.removing { $1 == .null } : body
        operations[last].after = entry.fields
        operations[last].changes = difference.changes
      }
    } else if !difference.changes.isEmpty {
      operations.append(
        Operation(
          number: operations.count + 1,
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

  // MARK: - Grades

  /// Going back needs every secret that Atlas does not give back.
  private static func gradeOfUpdate(_ rule: IntegrationRule, _ before: JSONObject) -> Reversibility
  {
    let needsSecret = rule.secretFields.contains { field in
      rule.writability != .updateWithout(field: field.name)
        && (before[field.name] != nil || field.secret == .absent)
    }
    return needsSecret ? .withSecret : .exact
  }

  private static func gradeOfDelete(_ rule: IntegrationRule?) -> Reversibility {
    switch rule?.writability {
    case nil, .deleteOnly?: .notAtAll
    case .updateWithout?: .byPerson
    case .full?: rule?.secretFields.isEmpty == false ? .withSecret : .exact
    }
  }

  /// The secret fields that go with an integration and that nobody kept.
  private func lostSecrets(
    _ type: IntegrationType,
    _ rule: IntegrationRule?,
    _ fields: JSONObject
  ) -> [String] {
    var names = fields.filter { $0.value.holdsOpaque }.map(\.key)
    names += (rule?.secretFields ?? []).filter { $0.secret == .absent }.map(\.name)
    return Set(names).filter { !policy.isKept(type, $0, fields[$0]) }.sorted()
  }
}
