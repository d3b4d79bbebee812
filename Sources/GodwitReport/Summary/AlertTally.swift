import GodwitCore

/// Counts the alert configurations that go through integrations which a plan deletes.
struct AlertTally: Sendable {
  /// What is counted of one type of integration.
  struct Entry: Sendable {
    var alerts = 0
    var silenced = 0
    var names = NameTally()
  }

  private var entries: [IntegrationType: Entry] = [:]

  var isEmpty: Bool { entries.isEmpty }

  /// Counts those of a project.
  mutating func add(_ record: ProjectRecord) {
    for (type, alerts) in Dictionary(grouping: record.plan.affectedAlerts, by: \.type) {
      entries[type, default: Entry()].alerts += alerts.count
      entries[type, default: Entry()].silenced += alerts.count(where: \.isSilenced)
      _ = entries[type, default: Entry()].names.add(record.project)
    }
  }

  /// The types in order.
  var sorted: [(type: IntegrationType, entry: Entry)] {
    entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
