public import GodwitCore

extension RunText {
  /// All that is known of one project: outcome, operations with their lines, tasks, what was read,
  /// and what the script logged.
  public static func project(
    _ record: ProjectRecord,
    info: RunInfo,
    style: TextStyle = TextStyle()
  ) -> String {
    var page = TextPage(style: style)
    page.addHead(of: record, info: info)
    page.addOperations(of: record)
    page.addAffectedAlerts(of: record)
    page.addTasks(of: record)
    page.addReads(of: record)
    page.addLogs(of: record)
    return page.text
  }

  /// One project on one line: name, bucket and reason; for lists of all projects.
  public static func line(_ record: ProjectRecord, style: TextStyle = TextStyle()) -> String {
    let outcome = DisplayWidth.pad(Wording.name(of: record.outcome), to: 11)
    let name = DisplayWidth.pad(SafeText.line(record.project.name, limit: 60), to: 36)
    let what: String
    if let reason = record.reason, !reason.isEmpty {
      what = SafeText.line(reason, limit: 200)
    } else {
      what = record.operations.map { entry in
        let target = SafeText.line(entry.operation.target.description, limit: 60)
        return "\(Wording.symbol(of: entry.operation.verb)) \(target)"
      }.joined(separator: ", ")
    }
    var page = TextPage(style: style)
    let painted = style.paint(outcome, TextPage.color(of: record.outcome))
    page.add("  \(painted)  \(name)  \(what)")
    return page.text
  }
}

extension TextPage {
  fileprivate mutating func addHead(of record: ProjectRecord, info: RunInfo) {
    let project = record.project
    add(style.paint("Project", .bold) + "  " + SafeText.line(project.name, limit: 120))
    field("id", SafeText.line(project.id.text, limit: 60))
    let known = info.target.organizations.first { $0.id == project.organization }?.name ?? ""
    let organization = SafeText.line(project.organization.text, limit: 60)
    let name = SafeText.line(known, limit: 80)
    field("organization", name.isEmpty ? organization : "\(name)  (\(organization))")
    field("run", SafeText.line(info.id, limit: 120))
    let outcome = Wording.name(of: record.outcome)
    field("outcome", style.paint(outcome, Self.color(of: record.outcome)))
    if let reason = record.reason {
      wrap(SafeText.line(reason, limit: 2000), first: Self.label("reason"))
    }
    if let place = Wording.place(record.position) { field("at", place) }
    if let advice = record.advice {
      wrap(SafeText.line(advice, limit: 1000), first: Self.label("what to do"))
    }
    fields("tags", project.tags)
    fields("row", project.variables)
  }

  private static func label(_ name: String) -> String {
    "  " + DisplayWidth.pad(name, to: 14)
  }

  private mutating func field(_ name: String, _ value: String) {
    add(Self.label(name) + value)
  }

  private mutating func fields(_ name: String, _ values: [String: String]) {
    guard !values.isEmpty else { return }
    let items = values.sorted { $0.key.bytesPrecede($1.key) }.map { key, value in
      "\(SafeText.line(key, limit: 60))=\(SafeText.line(value, limit: 60))"
    }
    wrap(items: items, separator: ",", first: Self.label(name))
  }

  fileprivate mutating func addOperations(of record: ProjectRecord) {
    if !record.operations.isEmpty { heading("Operations") }
    let marks = OperationMarks.marks(record.operations.map(\.operation), namesIDs: true)
    for (entry, mark) in zip(record.operations, marks) {
      let operation = entry.operation
      var status = Self.status(mark)
      if entry.status != .planned { status += "  " + Wording.name(of: entry.status) }
      if entry.wasRepeated { status += ", sent again" }
      let prefix = "\(operation.number). "
      add(operation, indent: 2, prefix: prefix, status: status)
      let changes = operation.changes.map { ChangeText($0, of: operation, limit: 300) }
      add(
        changes,
        of: operation,
        restoring: operation.secretsToRestore,
        indent: 4 + prefix.count
      )
    }
    for secret in record.plan.unchangedSecrets {
      let field = SafeText.line("\(secret.type).\(secret.field)", limit: 80)
      let tail = SafeText.line(secret.tail, limit: 12)
      wrap("\(field) shows this tail already: ****\(tail); not sent", first: "  ")
    }
  }

  fileprivate mutating func addAffectedAlerts(of record: ProjectRecord) {
    let alerts = record.plan.affectedAlerts
    if !alerts.isEmpty { heading("Alert configurations through what is deleted", .yellow) }
    for alert in alerts {
      let type = DisplayWidth.pad(SafeText.line(alert.type.text, limit: 60), to: 16)
      let note = alert.isSilenced ? "  would reach nobody" : ""
      wrap(SafeText.line(alert.words, limit: 200) + note, first: "  \(type)  ")
    }
  }

  fileprivate mutating func addTasks(of record: ProjectRecord) {
    if !record.plan.tasks.isEmpty { heading("Tasks for people", .yellow) }
    for (index, task) in record.plan.tasks.enumerated() {
      wrap(SafeText.line(task.title, limit: 300), first: "  \(index + 1). ")
      if let url = task.url { add("     " + SafeText.line(url, limit: 500)) }
      if let detail = task.detail { wrap(SafeText.line(detail, limit: 2000), first: "     ") }
    }
  }

  fileprivate mutating func addReads(of record: ProjectRecord) {
    let reads = record.plan.reads
    guard !reads.isEmpty else { return }
    heading("Read while planning, checked again before writing")
    for resource in reads.resources.sorted() {
      let name = SafeText.line(resource.description, limit: 60)
      let first = "  " + DisplayWidth.pad(name, to: 16) + "  "
      guard let image = reads.image(of: resource) else {
        if case .integration = resource {
          add(first + "not configured")
        } else {
          add(first + "absent")
        }
        continue
      }
      let items = image.map { field, value in
        "\(SafeText.line(field, limit: 60)) = \(SafeText.value(value))"
      }
      wrap(items: items.isEmpty ? ["no fields"] : items, separator: ",", first: first)
    }
    for type in reads.alertsThrough.sorted() {
      let name = SafeText.line(type.text, limit: 60)
      add("  all alerts through \(name) were wanted: a new one counts as drift too")
    }
    if reads.isEverything { add("  all integrations were listed: a new one counts as drift too") }
  }

  fileprivate mutating func addLogs(of record: ProjectRecord) {
    if !record.plan.logs.isEmpty { heading("Log") }
    for log in record.plan.logs {
      let message = SafeText.line(log.message, limit: 1000)
      let place = Wording.place(log.position).map { " (\($0))" } ?? ""
      wrap(message + place, first: "  " + DisplayWidth.pad(log.level.rawValue, to: 5) + "  ")
    }
  }
}
