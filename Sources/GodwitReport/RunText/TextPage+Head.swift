import GodwitCore

extension TextPage {
  /// Adds what a run is about: script, target, projects, inputs.
  mutating func addHead(of summary: RunSummary, title: String) {
    let info = summary.info
    add(style.paint(title, .bold) + "  " + SafeText.line(info.id, limit: 120))
    if info.phase == .planning {
      add(style.paint("  incomplete: planning was stopped; it cannot be applied", .red))
    }
    addScript(of: info)
    addTarget(of: info)
    addOrigin(of: info)
    addProjects(of: summary)
    addInputs(of: info)
    if !info.escrow.isEmpty {
      let items = info.escrow.map { escrow in
        let field = SafeText.line("\(escrow.type).\(escrow.field)", limit: 80)
        return "\(field) = \(Self.secret(escrow.secret))"
      }
      wrap(items: items, separator: ",", first: Self.label("escrow"))
    }
    if info.phase == .planned {
      let end = Moment.text(info.expiresSeconds)
      add(Self.label("expires") + end)
    }
  }

  /// Adds the organizations with how many of their projects are selected, commonest first.
  ///
  /// - Parameters:
  ///   - info: the run.
  ///   - first: what stands before.
  ///   - noun: what is counted, where that does not go without saying.
  mutating func addOrganizations(of info: RunInfo, first: String, noun: String? = nil) {
    let all = info.target.organizations.sorted { left, right in
      if left.projects != right.projects { return left.projects > right.projects }
      return left.name == right.name ? left.id < right.id : left.name.bytesPrecede(right.name)
    }
    guard !all.isEmpty else { return }
    let shown = all.prefix(10)
    var items = shown.map { organization in
      let name = organization.name.isEmpty ? organization.id.text : organization.name
      return "\(SafeText.line(name, limit: 60)) (\(organization.projects))"
    }
    if all.count > shown.count { items.append("and \(all.count - shown.count) more") }
    let total = all.reduce(0) { $0.addingReportingOverflow($1.projects).partialValue }
    let count = noun.map { Wording.count(total, $0) } ?? String(total)
    let start = "\(count) in \(Wording.count(all.count, "organization")):"
    wrap(items: Self.attaching(start, to: items), separator: ",", first: first)
  }

  private mutating func addScript(of info: RunInfo) {
    let path = SafeText.line(info.script.path, limit: 120)
    let name = SafeText.line(info.script.name, limit: 80)
    let summary = SafeText.line(info.script.summary, limit: 200)
    let about = [name, summary].filter { !$0.isEmpty }.joined(separator: ": ")
    wrap(about.isEmpty ? path : "\(path) (\(about))", first: Self.label("script"))
  }

  private mutating func addTarget(of info: RunInfo) {
    let target = info.target
    var line = SafeText.line(target.baseURL, limit: 200)
    if let world = target.world {
      line += "  simulator's world \(SafeText.line(world.file, limit: 120)),"
    } else {
      line += " "
    }
    line += " API \(SafeText.line(target.api, limit: 20)), \(Wording.credential(of: target))"
    add(Self.label("target") + line)
  }

  /// Adds what this machine cannot tell of who planned the run; nothing where it can, or nobody asked.
  private mutating func addOrigin(of info: RunInfo) {
    guard let words = info.origin.flatMap(Wording.doubt(of:)) else { return }
    wrap(words, first: Self.label("origin"))
  }

  private mutating func addProjects(of summary: RunSummary) {
    let info = summary.info
    if info.target.organizations.isEmpty {
      add(Self.label("projects") + String(summary.selected))
    } else {
      addOrganizations(of: info, first: Self.label("projects"))
    }
    var notes: [String] = []
    if !info.selection.isEmpty { notes.append(SafeText.line(info.selection, limit: 300)) }
    if info.filteredOut > 0 {
      notes.append("\(Wording.count(info.filteredOut, "project")) filtered out")
    }
    if info.refusedBySelect > 0 {
      notes.append("\(info.refusedBySelect) refused by the script's select")
    }
    notes += info.flags.map { "--\($0.rawValue)" }.sorted()
    if !notes.isEmpty { wrap(items: notes, separator: ";", first: Self.label("selected")) }
  }

  private mutating func addInputs(of info: RunInfo) {
    let parameters = info.parameters.map { name, value in
      "\(SafeText.line(name, limit: 60)) = \(SafeText.value(value))"
    }
    let secrets = info.secrets.map { "\(SafeText.line($0.name, limit: 60)) = \(Self.secret($0))" }
    guard !parameters.isEmpty || !secrets.isEmpty else { return }
    wrap(items: parameters + secrets, separator: ",", first: Self.label("inputs"))
  }

  /// A secret input by what may be shown: tail and reference.
  private static func secret(_ secret: SecretInput) -> String {
    let reference = SafeText.line(secret.reference, limit: 120)
    if secret.projectHashes != nil { return "<secret> of each project (\(reference))" }
    guard let fingerprint = secret.fingerprint else {
      return reference.isEmpty ? "<secret> not given" : "<secret> not resolved (\(reference))"
    }
    return "<secret> ****\(SafeText.line(fingerprint.shownTail, limit: 8)) (\(reference))"
  }

  private static func label(_ name: String) -> String {
    "  " + DisplayWidth.pad(name, to: 10)
  }

  /// Puts words before the first item, so that they are not parted from it by a separator.
  private static func attaching(_ start: String, to items: [String]) -> [String] {
    guard let first = items.first else { return [start] }
    return ["\(start) \(first)"] + items.dropFirst()
  }
}
