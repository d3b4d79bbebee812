public import GodwitCore

/// Decides project by project who is selected, and remembers which names were found.
public struct ProjectSelector: Sendable {
  /// A name or pattern, with what it has found.
  private struct Term: Sendable {
    enum Kind: Sendable {
      case exact
      case pattern(Glob)
    }

    let text: String
    let kind: Kind
    var found: [Project] = []

    init(_ text: String) {
      self.text = text
      kind = Glob.isPattern(text) ? .pattern(Glob(text)) : .exact
    }

    func fits(_ project: Project) -> Bool {
      switch kind {
      case .exact: text == project.id.text || text == project.name
      case .pattern(let glob): glob.matches(project.name)
      }
    }
  }

  private let selection: Selection
  private var terms: [Term]
  private var targetTerms: [String: [Project]]
  private let rows: [String: Selection.Target]
  private var exclusions: [Term]
  private var doubles: [Project] = []
  /// The projects that were judged: a listing may show one twice, on two pages.
  private var seen: Set<ProjectID> = []
  /// The organizations of the projects that were judged.
  private var organizations: Set<String> = []
  /// How many projects were selected.
  public private(set) var selectedCount = 0
  /// How many visible projects the filters left out.
  public private(set) var filteredOut = 0

  /// Whether nothing further can be selected or told.
  public var hasEnough: Bool {
    guard let limit, !selection.namesProjects else { return false }
    return selectedCount >= limit
  }

  /// How many may be selected here; `nil` where `--limit` counts what only planning can tell.
  private let limit: Int?
  /// The names of projects that were judged, as candidates for misspelt ones.
  private var names: [String] = []
  private static let nameLimit = 20_000

  /// Makes a selector.
  ///
  /// - Parameters:
  ///   - selection: which projects.
  ///   - limitsLater: whether `--limit` counts what filters leave that are applied later, as `--has`
  ///     and a script's `select` are.
  public init(_ selection: Selection, limitsLater: Bool? = nil) {
    self.selection = selection
    limit = limitsLater ?? !selection.has.isEmpty ? nil : selection.limit
    terms = selection.projects.map(Term.init)
    let targets = selection.targets ?? []
    rows = Dictionary(targets.map { ($0.project, $0) }, uniquingKeysWith: { first, _ in first })
    targetTerms = rows.mapValues { _ in [] }
    exclusions = selection.excluded.map(Term.init)
  }

  /// Judges a page of projects; those selected come back with their row's variables.
  public mutating func selected(from page: [Project]) -> [Project] {
    page.compactMap { project in
      guard seen.insert(project.id).inserted else { return nil }
      organizations.insert(project.organization.text)
      if selection.namesProjects, names.count < Self.nameLimit { names.append(project.name) }
      guard let chosen = choose(project) else {
        filteredOut += 1
        return nil
      }
      if let limit, selectedCount >= limit {
        filteredOut += 1
        return nil
      }
      selectedCount += 1
      return chosen
    }
  }

  private mutating func choose(_ project: Project) -> Project? {
    // Names are looked for in the organizations that were given: elsewhere they mean others.
    if !selection.organizations.isEmpty,
      !selection.organizations.contains(project.organization.text)
    {
      return nil
    }
    let isNamed = noteTerms(project)
    let isExcluded = noteExclusions(project)
    var project = project
    if selection.namesProjects {
      guard let row = isNamed else { return nil }
      project.variables = row.variables
    }
    guard selection.tags.allSatisfy({ project.tags[$0.key] == $0.value }) else { return nil }
    return isExcluded ? nil : project
  }

  private mutating func noteExclusions(_ project: Project) -> Bool {
    var isExcluded = false
    for index in exclusions.indices where exclusions[index].fits(project) {
      if exclusions[index].found.isEmpty { exclusions[index].found.append(project) }
      isExcluded = true
    }
    return isExcluded
  }

  /// Notes which terms a project fits; returns its row, an empty one for `--project`.
  private mutating func noteTerms(_ project: Project) -> Selection.Target? {
    var result: Selection.Target?
    for index in terms.indices where terms[index].fits(project) {
      if terms[index].found.count < 3 { terms[index].found.append(project) }
      result = Selection.Target(project: project.id.text)
    }
    let fitting = Set([project.id.text, project.name]).compactMap { rows[$0] }
    for row in fitting {
      targetTerms[row.project, default: []].append(project)
      result = row
    }
    if fitting.count > 1 { doubles.append(project) }
    return result
  }

  /// The exact names that fit two projects or more, or two rows of one project, as one diagnostic.
  public var ambiguity: Diagnostic? {
    if let project = doubles.first {
      return Diagnostic(
        "two rows of the targets mean one project: \"\(project.id)\" and \"\(project.name)\"",
        advice: "name each project once"
      )
    }
    let exact = terms.filter { if case .exact = $0.kind { $0.found.count > 1 } else { false } }
      .map { ($0.text, $0.found) }
    let targets = targetTerms.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
    guard let (name, projects) = (exact + targets).first else { return nil }
    let places = projects.map { "\($0.id) in organization \($0.organization)" }
    return Diagnostic(
      "the name \"\(name)\" fits several projects",
      detail: places.joined(separator: "; "),
      advice: "give the id instead"
    )
  }

  /// The names that fit no project, in the order in which they were given, each once.
  public var notFound: [String] {
    let missing =
      terms.filter(\.found.isEmpty).map(\.text)
      + (selection.targets ?? []).map(\.project).filter { targetTerms[$0]?.isEmpty ?? false }
    var seen: Set<String> = []
    return missing.filter { seen.insert($0).inserted }
  }

  /// The name of a visible project that was probably meant; `nil` for a pattern.
  func nearest(to name: String) -> String? {
    Glob.isPattern(name) ? nil : Suggestion.nearest(to: name, in: names.filter { $0 != name })
  }

  /// What is wrong with a choice that leaves no project, unless that was allowed; `nil` if projects
  /// were selected or none was chosen by name, organization, tag or file.
  var emptySelection: Diagnostic? {
    guard selectedCount == 0, !selection.allowsEmpty else { return nil }
    let missing = notFound
    if let first = missing.first {
      let shown = missing.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
      let more = missing.count > 5 ? " and \(missing.count - 5) more" : ""
      return Diagnostic(
        "no project was found: \(shown)\(more)",
        advice: nearest(to: first).map { "did you mean \"\($0)\"?" }
          ?? "check the names, and which projects the credentials can see"
      )
    }
    guard !selection.choices.isEmpty else { return nil }
    return Diagnostic(
      "no project matches " + selection.choices.joined(separator: " "),
      detail: "\(seen.count) \(seen.count == 1 ? "project is" : "projects are") visible to the"
        + " credentials",
      advice: "check the values, or add --allow-empty where none is fine"
    )
  }

  /// The organizations that were given and of which no project was listed, in the order in which
  /// they were given.
  var unseenOrganizations: [String] {
    selection.organizations.filter { !organizations.contains($0) }
  }

  /// What to say about the selection: an exclusion that fits nothing may be misspelt.
  public var remarks: [String] {
    if hasEnough { return [] }
    return exclusions.filter(\.found.isEmpty).map { "--exclude \"\($0.text)\" fits no project." }
  }
}
