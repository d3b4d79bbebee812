import GodwitCore

extension TextPage {
  /// Adds the projects that are not changed, by bucket and reason.
  mutating func addCauses(of summary: RunSummary, isApplied: Bool) {
    add(.skipped, of: summary, "Skipped", remark: "")
    add(
      .held,
      of: summary,
      "Held",
      remark: remark(onHeld: summary, isApplied: isApplied)
    )
    add(
      .failed,
      of: summary,
      "Failed",
      remark: isApplied
        ? Self.made(summary.settledOperations[.failed]) : "nothing will be written to them"
    )
    add(
      .inDoubt,
      of: summary,
      "In doubt",
      remark: "a write was sent, and its answer was not kept"
    )
    let made = Self.made(summary.settledOperations[.notStarted])
    let isPlanning = summary.info.phase == .planning
    add(
      .notStarted,
      of: summary,
      isPlanning ? "Not planned" : made.isEmpty ? "Not started" : "Not finished",
      remark: isPlanning
        ? "planning stopped before them"
        : (made.isEmpty ? "" : made + "; ") + "resume goes on with them"
    )
    add(.notFound, of: summary, "Not found", remark: "no such project, or none that can be seen")
  }

  /// What is said of held projects: that nothing was written is only said where it is so.
  private func remark(onHeld summary: RunSummary, isApplied: Bool) -> String {
    guard isApplied else { return "a person must decide" }
    let made = Self.made(summary.settledOperations[.held])
    return made.isEmpty
      ? "left as they are; a person must decide" : "\(made); a person must decide on the rest"
  }

  /// How many operations were made in projects that ended badly; empty if none was.
  private static func made(_ count: Int?) -> String {
    guard let count, count > 0 else { return "" }
    return "\(Wording.count(count, "operation")) \(count == 1 ? "was" : "were") made before"
  }

  private mutating func add(
    _ outcome: ProjectOutcome,
    of summary: RunSummary,
    _ title: String,
    remark: String
  ) {
    let causes = summary.causes(of: outcome)
    guard !causes.isEmpty else { return }
    let count = Wording.count(summary.totals[outcome], "project")
    gap()
    add(
      style.paint("\(title): \(count)", outcome == .skipped ? .bold : Self.color(of: outcome))
        + (remark.isEmpty ? "" : "; " + remark)
    )
    let width = String(causes.first?.names.count ?? 0).count
    for cause in causes.prefix(RunText.causeLimit) {
      add(cause, outcome: outcome, numberWidth: max(width, 3))
    }
    let rest = causes.dropFirst(RunText.causeLimit)
    if !rest.isEmpty {
      let projects = rest.reduce(0) { $0 + $1.names.count }
      add(
        "  \(DisplayWidth.padLeft(String(projects), to: max(width, 3)))"
          + "  for \(Wording.count(rest.count, "other reason"))"
      )
    }
  }

  private mutating func add(_ cause: Cause, outcome: ProjectOutcome, numberWidth: Int) {
    let number = DisplayWidth.padLeft(String(cause.names.count), to: numberWidth)
    let indent = numberWidth + 4
    let first = "  \(number)  "
    if cause.reason.isEmpty {
      addNames(cause.names, first: first)
    } else {
      let reason = SafeText.line(cause.reason, limit: 300)
      let place = Wording.place(cause.position)
      if DisplayWidth.of(first + reason) <= style.columns {
        add(first + reason, aside: place)
      } else {
        wrap(reason + (place.map { " (\($0))" } ?? ""), first: first)
      }
      if outcome != .skipped { addNames(cause.names, first: String(repeating: " ", count: indent)) }
    }
    if let advice = cause.advice {
      let text = SafeText.line(advice, limit: 300)
      wrap(text, first: String(repeating: " ", count: indent) + "→ ")
    }
    let marks = OperationMarks.marks(cause.operations, namesIDs: cause.names.count == 1)
    for (index, operation) in cause.operations.enumerated() {
      add(operation, indent: indent, status: Self.status(marks[index]))
      let changes = operation.changes.map { ChangeText($0, of: operation) }
      add(changes, of: operation, restoring: cause.restoring[index], indent: indent + 4)
    }
  }
}
