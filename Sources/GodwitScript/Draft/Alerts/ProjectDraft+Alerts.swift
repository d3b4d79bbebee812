internal import GodwitCore

// Reads of alert configurations, with what the script wrote laid over them.

extension ProjectDraft {
  /// Takes in what Atlas shows.
  mutating func load(alerts configurations: [AlertConfiguration]) {
    alerts = configurations.map { AlertEntry($0) }
  }

  /// Takes in what only API v1.0 shows; what the script wrote already stays as it is.
  mutating func load(legacy configurations: [AlertConfiguration]) {
    hasLegacyAlerts = true
    var entries = alerts ?? []
    for configuration in configurations where configuration.isLegacy {
      let index = entries.firstIndex { $0.id == configuration.id }
      guard let index else {
        entries.append(AlertEntry(configuration))
        continue
      }
      let isWritten = operations.contains { $0.target.alert?.id == configuration.id }
      if !isWritten { entries[index] = AlertEntry(configuration) }
    }
    alerts = entries
  }

  /// All of them, new ones last.
  func listAlerts() -> [JSONObject] {
    (alerts ?? []).filter { !$0.isDeleted }.map(\.object)
  }

  /// One of them; `nil` if there is none of the id.
  mutating func getAlert(_ reference: AlertReference) -> JSONObject? {
    let entry = alertEntry(reference)
    noteRead(reference)
    return entry?.object
  }

  /// Those with a notification through an integration of a type.
  ///
  /// - Throws: ``ScriptComplaint`` for a type that is not known.
  mutating func alerts(
    using type: IntegrationType
  ) throws(ScriptComplaint) -> [JSONObject] {
    if entries[type] == nil, baseline[type] == nil { _ = try rule(of: type) }
    reads.alertsThrough.insert(type)
    for entry in alerts ?? [] where entry.baseline?.integrationTypes.contains(type) == true {
      if let id = entry.id { noteRead(.id(id)) }
    }
    return (alerts ?? []).filter { !$0.isDeleted && $0.isThrough(type) }.map(\.object)
  }

  func alertEntry(_ reference: AlertReference) -> AlertEntry? {
    alerts?.first { !$0.isDeleted && $0.isNamed(reference) }
  }

  /// Remembers that the plan depends on a configuration.
  mutating func noteRead(_ reference: AlertReference) {
    guard case .id(let id) = reference, reads.alerts[id] == nil else { return }
    let entry = alerts?.first { $0.id == id }
    reads.alerts[id] = .some(entry?.baseline?.fields)
  }

  /// Checks that the migration declared a write of alert configurations.
  func require(alert verb: Verb) throws(ScriptComplaint) {
    guard policy.may.allows(alert: verb) else {
      throw ScriptComplaint(
        "this migration may not \(verb.rawValue) alert configurations",
        advice: "declare it: may = { alerts = { \"\(verb.rawValue)\" } }"
      )
    }
  }
}

extension AlertEntry {
  /// Whether one of its notifications goes through an integration of a type.
  func isThrough(_ type: IntegrationType) -> Bool {
    AlertConfiguration(id: AlertConfigurationID(""), fields: shown).integrationTypes.contains(type)
  }
}
