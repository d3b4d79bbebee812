internal import GodwitCore

// A delete is not planned at the price of an alert that nobody gets.

extension ProjectPlan {
  /// The plan of a project whose alerts cannot be read, so that nobody knows who falls silent.
  init(unreadableAlerts error: any Error, project: Project, logs: [LogLine]) {
    let read = error as? ScriptReadError
    self.init(
      project: project,
      outcome: .failed,
      reason: "an integration is deleted, and the alerts through it cannot be read: "
        + (read?.line ?? "\(error)"),
      advice: read?.advice,
      logs: logs
    )
  }

  /// Names the alerts that go through deleted integrations, and holds the project if one of them
  /// would reach nobody any more.
  mutating func guardAlerts(_ affected: [AffectedAlert], _ draft: ProjectDraft) {
    guard !operations.isEmpty else { return }
    affectedAlerts = affected
    guard outcome == .changed else { return }
    let blocking = draft.alertsBeforeWebhook
    guard blocking.isEmpty else {
      let names = blocking.map { $0.target.eventTypeName }
      operations = []
      outcome = .failed
      reason =
        "Atlas does not delete WEBHOOK while \(Self.count(blocking.count))"
        + " \(blocking.count == 1 ? "notifies" : "notify") through it: \(Self.list(names))"
      advice = "take WEBHOOK out of their notifications before :delete(\"WEBHOOK\")"
      return
    }
    let silenced = affected.filter(\.isSilenced)
    guard !silenced.isEmpty, !draft.policy.acceptsSilentAlerts else { return }
    var seen: Set<AlertConfigurationID?> = []
    // Without ids, so that projects that are held alike are told of together.
    let names = silenced.filter { seen.insert($0.id).inserted }.map(\.eventTypeName)
    outcome = .held
    reason = "\(Self.count(names.count)) would reach nobody: \(Self.list(names))"
    advice =
      "give them another notification, or repeat it with --accept-silent-alerts"
  }

  private static func count(_ number: Int) -> String {
    number == 1 ? "1 alert configuration" : "\(number) alert configurations"
  }

  private static func list(_ names: [String]) -> String {
    let more = names.count > 5 ? " and \(names.count - 5) more" : ""
    return names.prefix(5).joined(separator: ", ") + more
  }
}
