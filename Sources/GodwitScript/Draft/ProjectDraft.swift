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
  let baseline: [IntegrationType: Integration]
  var entries: [IntegrationType: Entry]
  private(set) var reads = ReadSet()
  var operations: [Operation] = []
  var tasks: [PersonTask] = []
  /// What was recognised as unchanged, by type and field.
  var unchangedSecrets: [IntegrationType: [UnchangedSecret]] = [:]

  init(project: Project, integrations: [Integration], policy: DraftPolicy) {
    self.project = project
    self.policy = policy
    baseline = Dictionary(
      integrations.map { ($0.type, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    entries = baseline.mapValues { Entry(fields: $0.fields) }
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
