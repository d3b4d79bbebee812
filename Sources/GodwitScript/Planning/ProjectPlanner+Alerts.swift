internal import GodwitCore

// A delete is not planned at the price of an alert that nobody gets.

extension ProjectPlanner {
  /// Names the alerts that go through deleted integrations, and holds the project if one of them
  /// would reach nobody any more.
  func guardAlerts(
    _ plan: inout ProjectPlan,
    _ affected: [AffectedAlert],
    _ draft: ProjectDraft
  ) {
    guard !plan.operations.isEmpty else { return }
    plan.affectedAlerts = affected
    guard plan.outcome == .changed else { return }
    let blocking = draft.alertsBeforeWebhook
    guard blocking.isEmpty else {
      let names = blocking.map { $0.target.eventTypeName }
      plan.operations = []
      plan.outcome = .failed
      plan.reason =
        "Atlas does not delete WEBHOOK while \(Self.count(blocking.count))"
        + " \(blocking.count == 1 ? "notifies" : "notify") through it: \(Self.list(names))"
      plan.advice = "take WEBHOOK out of their notifications before :delete(\"WEBHOOK\")"
      return
    }
    let silenced = affected.filter(\.isSilenced)
    guard !silenced.isEmpty, !policy.acceptsSilentAlerts else { return }
    var seen: Set<AlertConfigurationID?> = []
    // Without ids, so that projects that are held alike are told of together.
    let names = silenced.filter { seen.insert($0.id).inserted }.map(\.eventTypeName)
    plan.outcome = .held
    plan.reason = "\(Self.count(names.count)) would reach nobody: \(Self.list(names))"
    plan.advice =
      "give them another notification, or plan with --accept-silent-alerts"
  }

  private static func count(_ number: Int) -> String {
    number == 1 ? "1 alert configuration" : "\(number) alert configurations"
  }

  private static func list(_ names: [String]) -> String {
    let more = names.count > 5 ? " and \(names.count - 5) more" : ""
    return names.prefix(5).joined(separator: ", ") + more
  }
}
