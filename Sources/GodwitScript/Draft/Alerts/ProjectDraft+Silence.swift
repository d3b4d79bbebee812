internal import GodwitCore

// What becomes of alerts when the integration that they notify through is deleted.

extension ProjectDraft {
  /// The types that the plan deletes, created again or not.
  var deletedTypes: Set<IntegrationType> {
    Set(operations.filter { $0.verb == .delete }.compactMap(\.target.integrationType))
  }

  /// The alert configurations that go through a deleted integration, judged as they will be then:
  /// of the project's integrations those count that no part of the plan deletes.
  ///
  /// They become part of what is checked before the first write: one more of them is drift, and so
  /// is a change of the integration by which alone one of them will still reach somebody.
  mutating func takeAffectedAlerts() -> [AffectedAlert] {
    let deleted = deletedTypes
    let left = Set(entries.keys).subtracting(deleted)
    var affected: [AffectedAlert] = []
    for entry in alerts ?? [] where !entry.isDeleted {
      let after = AlertConfiguration(id: entry.id ?? AlertConfigurationID(""), fields: entry.shown)
      let isSilenced = after.isEnabled && !after.reachesSomebody(through: left)
      let types = after.integrationTypes.union(isSilenced ? routesBefore(entry) : [])
      for type in types.intersection(deleted).sorted() {
        affected.append(
          AffectedAlert(
            type: type,
            id: entry.id,
            eventTypeName: entry.target.eventTypeName,
            isSilenced: isSilenced
          )
        )
      }
      guard !types.isDisjoint(with: deleted), !after.reachesPeople else { continue }
      for type in after.routes(through: left) { noteRead(type) }
    }
    reads.alertsThrough.formUnion(deleted)
    for entry in alerts ?? [] {
      guard let id = entry.id, let types = entry.baseline?.integrationTypes else { continue }
      if !types.isDisjoint(with: deleted) { noteRead(.id(id)) }
    }
    return affected
  }

  /// The types by which a configuration reached somebody before the plan, which may have taken them
  /// out of its notifications.
  private func routesBefore(_ entry: AlertEntry) -> Set<IntegrationType> {
    entry.baseline?.routes(through: Set(baseline.keys)) ?? []
  }

  /// The alert configurations for which Atlas would refuse to delete a webhook: those that notify
  /// through it at that point of the plan.
  ///
  /// Source: the error `WEBHOOK_NOTIFICATIONS_PRESENT` of Atlas' list of codes.
  var alertsBeforeWebhook: [AlertEntry] {
    let place = operations.firstIndex {
      $0.target == .integration("WEBHOOK") && $0.verb == .delete
    }
    guard let place else { return [] }
    return (alerts ?? []).filter { entry in
      let written = operations[..<place].contains { operation in
        entry.number.map { $0 == operation.number } ?? (operation.target.alert?.id == entry.id)
      }
      if written { return !entry.isDeleted && entry.isThrough("WEBHOOK") }
      return entry.baseline?.integrationTypes.contains("WEBHOOK") ?? false
    }
  }
}
