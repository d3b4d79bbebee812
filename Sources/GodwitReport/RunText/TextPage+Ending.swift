import GodwitCore

extension TextPage {
  /// Adds the secrets that look as if they had been put there already.
  mutating func addUnchanged(of summary: RunSummary) {
    let secrets = summary.unchangedSecrets.sorted { left, right in
      if left.value.count != right.value.count { return left.value.count > right.value.count }
      let (left, right) = (left.key, right.key)
      return [left.type.text, left.field, left.tail]
        .lexicographicallyPrecedes([right.type.text, right.field, right.tail])
    }
    guard !secrets.isEmpty else { return }
    gap()
    for (secret, names) in secrets.prefix(RunText.causeLimit) {
      let field = SafeText.line("\(secret.type).\(secret.field)", limit: 80)
      let shows = names.count == 1 ? "1 project shows" : "\(names.count) projects show"
      let tail = SafeText.line(secret.tail, limit: 12)
      wrap(
        "\(shows) \(field) ****\(tail) already; --rewrite-secrets sends it anyway",
        first: ""
      )
    }
    let rest = secrets.count - RunText.causeLimit
    if rest > 0 { add("the same holds for \(Wording.count(rest, "other tail"))") }
  }

  /// Adds what is left for people to do.
  mutating func addTasks(of summary: RunSummary) {
    let tasks = summary.tasks
    guard tasks.count > 0 else { return }
    heading(
      "Tasks for people: \(tasks.count) in \(Wording.count(tasks.projects, "project"))",
      .yellow
    )
    let entries = tasks.sorted
    for entry in entries.prefix(RunText.causeLimit) {
      let number = DisplayWidth.padLeft(String(entry.count), to: 3)
      wrap(SafeText.line(entry.example.title, limit: 200), first: "  \(number)  ")
      addNames(entry.names, first: "       ")
    }
    let rest = entries.count - RunText.causeLimit
    if rest > 0 { add("       and \(Wording.count(rest, "other kind")) of tasks") }
  }

  /// Adds the remarks about the whole plan.
  mutating func addRemarks(of summary: RunSummary) {
    guard !summary.info.remarks.isEmpty else { return }
    gap()
    for remark in summary.info.remarks {
      wrap(SafeText.line(remark, limit: 500), first: "Note: ")
    }
  }

  /// Adds a block that counts the alerts which go through integrations that are deleted.
  mutating func addAffectedAlerts(of summary: RunSummary) {
    let tally = summary.affectedAlerts
    guard !tally.isEmpty else { return }
    heading("Alerts through integrations that are deleted", .yellow)
    for (type, entry) in tally.sorted {
      let name = SafeText.line(type.text, limit: 60)
      let count = Wording.count(entry.alerts, "alert configuration")
      let silent = entry.silenced > 0 ? "; \(entry.silenced) would reach nobody" : ""
      add("  \(name): \(count) in \(Wording.count(entry.names.count, "project"))\(silent)")
      addNames(entry.names, first: "      ")
    }
  }

  /// Adds a block that names what cannot be taken back, and the way past the guard.
  mutating func addIrreversible(of summary: RunSummary) {
    let tally = summary.irreversible
    guard tally.count > 0 else { return }
    heading("Cannot be taken back: \(Wording.count(tally.count, "operation"))", .red)
    for entry in tally.sorted {
      let operation = entry.example
      let words = SafeText.line(operation.words, limit: 120)
      let sign = style.paint(
        Wording.symbol(of: operation.verb),
        Wording.color(of: operation.verb)
      )
      let projects = Wording.count(entry.names.count, "project")
      let lost = operation.lostSecrets.map { SafeText.line($0, limit: 60) }
      let loss = lost.isEmpty ? "" : "; loses " + lost.joined(separator: ", ")
      add("  \(sign) \(words) in \(projects)\(loss)")
      addNames(entry.names, first: "      ")
    }
    let escrow = tally.escrowNames.map { "--escrow \(SafeText.line($0, limit: 80))=REF" }
    if !escrow.isEmpty {
      wrap(
        items: escrow,
        separator: ",",
        first: "  kept safe for a way back, when planned again, by "
      )
    }
    add("  apply sends nothing without --accept-irreversible")
  }

  /// Adds the equation that must balance, on one line however long, for `grep` and for eyes.
  mutating func addTotals(of summary: RunSummary) {
    let totals = summary.totals
    gap()
    add("Totals: " + Wording.totals(totals, phase: summary.info.phase))
    if !totals.isBalanced {
      add(style.paint("These totals do not balance: that is a defect of Godwit.", .red))
    }
  }
}
