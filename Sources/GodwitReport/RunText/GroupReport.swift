public import GodwitCore

/// One group of a run with all its projects, for which the records are gone through once more.
///
/// Print ``head(style:)``, then ``line(_:)`` of every record for which ``contains(_:)`` is true.
public struct GroupReport: Sendable {
  /// The group's number, from 1.
  public let number: Int
  /// The group.
  public let group: ChangeGroup
  private let summary: RunSummary

  /// Takes a group out of a finished summary.
  ///
  /// - Returns: `nil` if there is no group of that number.
  public init?(_ number: Int, in summary: RunSummary) {
    let groups = summary.groups
    guard groups.indices.contains(number - 1) else { return nil }
    self.number = number
    self.summary = summary
    group = groups[number - 1]
  }

  /// Whether a project is in the group.
  public func contains(_ record: ProjectRecord) -> Bool {
    record.plan.outcome == .changed && ProjectShape(record.plan) == group.shape
  }

  /// What the group does, and what became of it.
  public func head(style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    let phase = summary.info.phase
    let isApplied = phase == .applying || phase == .finished
    page.addHeading(of: group, number: number, isApplied: isApplied)
    page.addMembers(of: group)
    page.gap()
    return page.text
  }

  /// One project of the group: name, id, organization, and its bucket unless it waits to be applied.
  public func line(_ record: ProjectRecord) -> String {
    let project = record.project
    let name = DisplayWidth.pad(SafeText.line(project.name, limit: 80), to: 36)
    let id = SafeText.line(project.id.text, limit: 40)
    let organization = SafeText.line(summary.name(of: project.organization), limit: 60)
    var line = "  \(name)  \(id)  \(organization)"
    if record.operations.contains(where: { $0.status != .planned }) || record.outcome != .changed {
      line += "  \(Wording.name(of: record.outcome))"
      if let reason = record.reason { line += ": " + SafeText.line(reason, limit: 200) }
    }
    return line + "\n"
  }
}
