internal import GodwitCore

// What becomes of alerts when the integration that they notify through is deleted.

extension ProjectDraft {
  /// The types that the plan deletes, created again or not.
  var deletedTypes: Set<IntegrationType> {
    Set(operations.filter { $0.verb == .delete }.compactMap(\.target.integrationType))
  }

  /// The alert configurations, as they will be then, that go through a deleted integration.
  ///
  /// They become part of what is checked before the first write: one more of them is drift.
  mutating func takeAffectedAlerts() -> [AffectedAlert] {
    let deleted = deletedTypes
    var affected: [AffectedAlert] = []
    for entry in alerts ?? [] where !entry.isDeleted {
      let fields = AlertConfiguration(id: entry.id ?? AlertConfigurationID(""), fields: entry.shown)
      for type in fields.integrationTypes.intersection(deleted).sorted() {
        affected.append(
          AffectedAlert(
            type: type,
            id: entry.id,
            eventTypeName: entry.target.eventTypeName,
            isSilenced: fields.isEnabled && !fields.reachesSomebody(without: deleted)
          )
        )
      }
    }
    reads.alertsThrough.formUnion(deleted)
    for entry in alerts ?? [] {
      guard let id = entry.id, let types = entry.baseline?.integrationTypes else { continue }
      if !types.isDisjoint(with: deleted) { noteRead(.id(id)) }
    }
    return affected
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
