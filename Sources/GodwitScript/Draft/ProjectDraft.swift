internal import GodwitCore

/// One project as a script sees it while it is planned.
///
/// That is what was read, with what the script wrote laid over it. Nothing here sends anything.
struct ProjectDraft {
  /// An integration as it stands in the draft.
  struct Entry {
    /// The fields as Atlas shows them, or will.
    var fields: JSONObject
    /// What the script supplied that ``fields`` does not show: references to secrets, and null for
    /// each field that it cleared.
    var supplied: JSONObject = [:]
    /// Whether the script itself made it, so that nothing in it is unknown.
    var isNew = false
  }

  let project: Project
  let policy: DraftPolicy
  private(set) var baseline: [IntegrationType: Integration] = [:]
  /// The types that no list shows and that were read by name.
  var unlistedRead: Set<IntegrationType> = []
  var entries: [IntegrationType: Entry] = [:]
  /// Whether the project's integrations were read.
  private(set) var hasIntegrations = false
  var reads = ReadSet()
  /// What was read before the last reads, which are newer.
  var earlierReads = ReadSet()
  /// The writes; each keeps its number while others are taken out, so that there may be gaps.
  var operations: [Operation] = []
  /// The alert configurations; `nil` until they are wanted.
  var alerts: [AlertEntry]?
  /// Whether those that only API v1.0 shows are among them.
  var hasLegacyAlerts = false
  /// The paths that are written to and that the tool knows no rules for.
  var paths: [String: PathEntry] = [:]
  /// The number of the last operation that was recorded.
  var lastNumber = 0
  var tasks: [PersonTask] = []
  /// What was recognised as unchanged, by type and field.
  var unchangedSecrets: [IntegrationType: [UnchangedSecret]] = [:]
  /// The same of alert configurations, by id.
  var unchangedAlertSecrets: [JSONValue: [UnchangedSecret]] = [:]

  init(project: Project, policy: DraftPolicy) {
    self.project = project
    self.policy = policy
  }

  /// Takes in what a project's list of integrations shows.
  mutating func load(_ integrations: [Integration]) {
    hasIntegrations = true
    baseline = Dictionary(
      integrations.map { ($0.type, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    entries = baseline.mapValues { Entry(fields: $0.fields) }
  }

  /// Takes in an integration that no list shows.
  mutating func load(unlisted integration: Integration) {
    baseline[integration.type] = integration
    entries[integration.type] = Entry(fields: integration.fields)
  }

  // MARK: - Reads

  /// All integrations, in Atlas' order of types, unknown ones last.
  mutating func list() -> [JSONObject] {
    reads.isEverything = true
    for (type, integration) in baseline { reads.images[type] = integration.fields }
    let known = IntegrationRules.all.map(\.type)
    let unknown = entries.keys.filter { !known.contains($0) }.sorted()
    return (known + unknown).compactMap(shown)
  }

  /// One integration, if it is configured.
  ///
  /// A type that the rules do not know may be newer than they are, and some projects have it while
  /// others do not; only what looks like a slip of the keyboard is refused.
  ///
  /// - Throws: ``ScriptComplaint`` for a type that nobody knows and that is probably misspelt.
  mutating func get(_ type: IntegrationType) throws(ScriptComplaint) -> JSONObject? {
    if entries[type] == nil, baseline[type] == nil, IntegrationRules.isProbablySlip(type) {
      throw ScriptComplaint(unknown: type)
    }
    noteRead(type)
    return shown(type)
  }

  /// Remembers that the plan depends on a type.
  mutating func noteRead(_ type: IntegrationType) {
    if reads.images[type] == nil { reads.images[type] = .some(baseline[type]?.fields) }
  }

  /// An integration as a script gets it.
  func shown(_ type: IntegrationType) -> JSONObject? {
    guard let entry = entries[type] else { return nil }
    var object = entry.fields
    object["type"] = .string(type.text)
    if operations.allSatisfy({ $0.target != .integration(type) }), let id = baseline[type]?.stamp {
      object["id"] = .string(id)
    }
    return object
  }

  // MARK: - Rules

  /// The rule of a type.
  ///
  /// - Throws: ``ScriptComplaint`` with the nearest known type.
  func rule(of type: IntegrationType) throws(ScriptComplaint) -> IntegrationRule {
    if let rule = IntegrationRules.rule(for: type) { return rule }
    if baseline[type] != nil {
      throw ScriptComplaint(
        "\(type) is a type that this version does not know, so it cannot write it",
        advice: "it can be listed, read and kept as it is"
      )
    }
    throw ScriptComplaint(unknown: type)
  }

  /// Checks that the migration declared a write.
  func require(_ verb: Verb, _ type: IntegrationType) throws(ScriptComplaint) {
    guard policy.may.allows(verb, type) else {
      throw ScriptComplaint(
        "this migration may not \(verb.rawValue) \(type)",
        advice: "declare it: may = { \(verb.rawValue) = { \"\(type)\" } }"
      )
    }
  }

  /// Records that a person has to do what the API cannot.
  mutating func addTask(_ title: String, detail: String, type: IntegrationType) {
    let url = policy.integrationsPage(of: project.id)
    tasks.append(PersonTask(title: title, url: url, detail: detail, type: type))
  }
}
