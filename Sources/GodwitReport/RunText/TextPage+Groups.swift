import GodwitCore

extension TextPage {
  /// Adds the groups of equal changes, commonest first; small ones with every project's name.
  mutating func addGroups(of summary: RunSummary, isApplied: Bool) {
    let groups = summary.numberedGroups
    if groups.isEmpty {
      gap()
      add("Nothing to change.")
      return
    }
    for (number, group) in groups.prefix(RunText.groupLimit) {
      gap()
      addHeading(of: group, number: number, isApplied: isApplied)
      addMembers(of: group)
      addNames(of: group, in: summary)
    }
    let rest = groups.dropFirst(RunText.groupLimit)
    guard !rest.isEmpty else { return }
    gap()
    let projects = rest.reduce(0) { $0 + $1.group.count }
    add(
      "\(Wording.count(rest.count, "more group")) with \(Wording.count(projects, "project"));"
        + " show each of them with --group \(RunText.groupLimit + 1) and so on"
    )
  }

  /// Adds the heading of a group, with what became of it where there is something to tell.
  mutating func addHeading(of group: ChangeGroup, number: Int, isApplied: Bool) {
    let title = "Group \(number): \(Wording.count(group.count, "project"))"
    var pieces: [Piece] = []
    if isApplied {
      let order: [ProjectOutcome] = [.changed, .failed, .held, .inDoubt, .notStarted]
      for outcome in order {
        guard let count = group.outcomes[outcome], count > 0 else { continue }
        let words = "\(count) \(Wording.name(of: outcome))"
        pieces.append(Piece(words, Self.color(of: outcome)))
      }
      if group.alreadySo > 0 { pieces.append(Piece("\(group.alreadySo) already so", nil)) }
      if group.repeated > 0 { pieces.append(Piece("\(group.repeated) sent again", nil)) }
    }
    for index in pieces.indices.dropLast() { pieces[index].text += "," }
    wrap(pieces: [Piece(title + (pieces.isEmpty ? "" : ":"), .bold)] + pieces, first: "")
  }

  /// Adds the operations of a group.
  mutating func addMembers(of group: ChangeGroup) {
    let marks = OperationMarks.marks(group.operations, namesIDs: group.count == 1)
    for (member, mark) in zip(group.members, marks) {
      add(member.example, indent: 2, status: Self.status(mark))
      let changes = member.example.changes.enumerated().map { index, change in
        ChangeText(
          change,
          of: member.example,
          befores: member.befores[index],
          afters: member.afters[index]
        )
      }
      add(changes, of: member.example, restoring: member.restoring, indent: 6)
    }
  }

  /// A mark as it follows the words of an operation.
  static func status(_ mark: String) -> String {
    mark.isEmpty ? "" : " (\(SafeText.line(mark, limit: 40)))"
  }

  /// Adds one operation's sign, verb and type, with its line of the script.
  mutating func add(_ operation: Operation, indent: Int, prefix: String = "", status: String = "") {
    let space = String(repeating: " ", count: indent)
    let words = SafeText.line(operation.words, limit: 120)
    let status = Self.remark(onNew: operation) + status
    let sign = Wording.symbol(of: operation.verb)
    let plain = "\(space)\(prefix)\(sign) \(words)\(status)"
    let painted = style.paint(sign, Wording.color(of: operation.verb))
    add(
      "\(space)\(prefix)\(painted) \(words)\(status)",
      width: DisplayWidth.of(plain),
      aside: Wording.place(operation.position)
    )
  }

  /// What is said of a PUT by path where nothing is yet: the path may be misspelled.
  private static func remark(onNew operation: Operation) -> String {
    guard operation.target.request?.method == "PUT", operation.before == nil else { return "" }
    return "  nothing there yet (404)"
  }

  /// Adds the changed fields of an operation, names in one column, and whether there is a way back.
  mutating func add(
    _ changes: [ChangeText],
    of operation: Operation,
    restoring: [String],
    indent: Int
  ) {
    let space = String(repeating: " ", count: indent)
    let width = min(changes.map { DisplayWidth.of($0.field) }.max() ?? 0, 30)
    for change in changes {
      let field = DisplayWidth.pad(change.field, to: width)
      add("\(space)\(field)  \(change.values)", aside: change.note)
    }
    let color: TextStyle.Color = operation.isIrreversible ? .red : .faint
    wrap(Wording.grade(of: operation, restoring: restoring), first: space, color)
  }

  private mutating func addNames(of group: ChangeGroup, in summary: RunSummary) {
    if group.count > 2 {
      addNames(group.names, first: "    ")
      return
    }
    for project in group.names.first {
      let name = SafeText.line(project.name, limit: 80)
      let organization = SafeText.line(summary.name(of: project.organization), limit: 60)
      let id = SafeText.line(project.id.text, limit: 40)
      add("    \(name)  (\(id) in \(organization))")
    }
  }

  /// Adds the names that were kept, and how many there are beside them.
  mutating func addNames(_ names: NameTally, first: String) {
    var items = names.first.map { SafeText.line($0.name, limit: 60) }
    guard !items.isEmpty else { return }
    if names.unnamed > 0, let last = items.popLast() {
      items.append("\(last) and \(names.unnamed) more")
    }
    wrap(items: items, separator: ",", first: first)
  }

  /// The colour in which a bucket is printed.
  static func color(of outcome: ProjectOutcome) -> TextStyle.Color? {
    switch outcome {
    case .changed: .green
    case .failed, .inDoubt: .red
    case .held, .notFound, .manual, .notStarted: .yellow
    case .unchanged, .skipped: nil
    }
  }
}
