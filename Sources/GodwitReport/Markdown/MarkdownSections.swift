import GodwitCore

/// The sections of a Markdown report that stand before its projects.
struct MarkdownSections {
  private let summary: RunSummary
  private(set) var text = ""

  init(summary: RunSummary) {
    self.summary = summary
    addHead()
    addTotals()
    addGroups()
    let sections: [(ProjectOutcome, String)] = [
      (.failed, "Failed"), (.inDoubt, "In doubt"), (.held, "Held"),
      (.notStarted, "Not started"), (.notFound, "Not found"), (.skipped, "Skipped"),
    ]
    for (outcome, title) in sections { addCauses(of: outcome, title: title) }
    addTasks()
    addRemarks()
    addIrreversible()
  }

  private mutating func line(_ line: String = "") {
    text += line + "\n"
  }

  private mutating func heading(_ title: String) {
    line()
    line("## \(title)")
    line()
  }

  private mutating func addHead() {
    let info = summary.info
    line("# Godwit run \(MarkdownText.code(info.id))")
    line()
    line("| | |")
    line("|---|---|")
    let about = "\(info.script.name): \(info.script.summary)"
    line("| Script | \(MarkdownText.code(info.script.path)) \(MarkdownText.prose(about)) |")
    let target = info.target
    line(
      "| Target | \(MarkdownText.code(target.baseURL)) API \(MarkdownText.escaped(target.api)),"
        + " \(MarkdownText.escaped(Wording.credential(of: target))) |"
    )
    if let world = target.world { line("| Simulator | \(MarkdownText.code(world.file)) |") }
    line("| Planned | \(Moment.text(info.createdSeconds)), Godwit \(version) |")
    line("| Phase | \(info.phase.rawValue) |")
    let inputs =
      info.parameters.map { "\($0.key) = \(SafeText.value($0.value))" }
      + info.secrets.map { secret in
        let tail =
          secret.fingerprint.map { "****\($0.shownTail)" }
          ?? (secret.projectHashes == nil ? "not resolved" : "of each project")
        return "\(secret.name) = <secret> \(tail) (\(secret.reference))"
      }
    if !inputs.isEmpty {
      line("| Inputs | \(inputs.map { MarkdownText.code($0) }.joined(separator: "<br>")) |")
    }
  }

  private var version: String { MarkdownText.escaped(summary.info.toolVersion, limit: 40) }

  private mutating func addTotals() {
    heading("Totals")
    let totals = summary.totals
    line("| Outcome | Projects |")
    line("|---|---:|")
    for outcome in ProjectOutcome.allCases where totals[outcome] > 0 {
      line("| \(Wording.name(of: outcome)) | \(totals[outcome]) |")
    }
    line("| **selected** | **\(totals.selected)** |")
    if !totals.isBalanced {
      line()
      line("**These totals do not balance: that is a defect of Godwit.**")
    }
  }

  private mutating func addGroups() {
    let groups = summary.numberedGroups
    guard !groups.isEmpty else { return }
    heading("Changes")
    for (number, group) in groups.prefix(RunText.groupLimit) {
      line("**Group \(number): \(Wording.count(group.count, "project"))**")
      line()
      let marks = OperationMarks.marks(group.operations, namesIDs: group.count == 1)
      for (member, mark) in zip(group.members, marks) { add(member, mark) }
      line()
      line(names(group.names))
      line()
    }
    let rest = groups.count - RunText.groupLimit
    if rest > 0 { line("And \(Wording.count(rest, "more group")).") }
  }

  private mutating func add(_ member: ChangeGroup.Member, _ mark: String) {
    let operation = member.example
    let place = operation.position.map { " at " + MarkdownText.code($0.description) } ?? ""
    let words = operation.words + (mark.isEmpty ? "" : " (\(mark))")
    let grade = Wording.grade(of: operation, restoring: member.restoring)
    line("* \(MarkdownText.code(words))\(place); \(MarkdownText.prose(grade))")
    for (index, change) in operation.changes.enumerated() {
      let change = ChangeText(
        change,
        of: operation,
        befores: member.befores[index],
        afters: member.afters[index]
      )
      let values = [change.before, change.after].compactMap { $0 }
        .map { MarkdownText.code($0) }.joined(separator: " → ")
      let note = change.note.map { " (\(MarkdownText.escaped($0)))" } ?? ""
      line("  * \(MarkdownText.code(change.field)): \(values)\(note)")
    }
  }

  private func names(_ names: NameTally) -> String {
    let shown = names.first.map { MarkdownText.code($0.name, limit: 80) }
    let rest = names.unnamed > 0 ? " and \(names.unnamed) more" : ""
    return shown.joined(separator: ", ") + rest
  }

  private mutating func addCauses(of outcome: ProjectOutcome, title: String) {
    let causes = summary.causes(of: outcome)
    guard !causes.isEmpty else { return }
    heading("\(title): \(Wording.count(summary.totals[outcome], "project"))")
    line("| Projects | Reason | At | What to do | Which |")
    line("|---:|---|---|---|---|")
    for cause in causes.prefix(100) {
      let cells = [
        String(cause.names.count),
        MarkdownText.prose(cause.reason),
        cause.position.map { MarkdownText.code($0.description) } ?? "",
        MarkdownText.prose(cause.advice ?? ""),
        names(cause.names),
      ]
      line("| " + cells.joined(separator: " | ") + " |")
    }
    if causes.count > 100 {
      line()
      line("And \(Wording.count(causes.count - 100, "other reason")).")
    }
  }

  private mutating func addTasks() {
    let tasks = summary.tasks
    guard tasks.count > 0 else { return }
    heading("Tasks for people: \(tasks.count)")
    line("| Tasks | What | Where | More | Projects |")
    line("|---:|---|---|---|---|")
    for entry in tasks.sorted.prefix(100) {
      let cells = [
        String(entry.count),
        MarkdownText.prose(entry.example.title),
        entry.example.url.map { MarkdownText.link($0) } ?? "",
        MarkdownText.prose(entry.example.detail ?? ""),
        names(entry.names),
      ]
      line("| " + cells.joined(separator: " | ") + " |")
    }
  }

  private mutating func addRemarks() {
    guard !summary.info.remarks.isEmpty else { return }
    heading("Remarks")
    for remark in summary.info.remarks { line("* \(MarkdownText.prose(remark, limit: 500))") }
  }

  private mutating func addIrreversible() {
    let tally = summary.irreversible
    guard tally.count > 0 else { return }
    heading("Cannot be taken back: \(Wording.count(tally.count, "operation"))")
    for entry in tally.sorted {
      let words = entry.example.words
      let lost = entry.example.lostSecrets.map { MarkdownText.code($0) }
      let loss = lost.isEmpty ? "" : "; loses " + lost.joined(separator: ", ")
      line(
        "* \(MarkdownText.code(words)) in \(Wording.count(entry.names.count, "project"))\(loss)"
      )
    }
  }
}
