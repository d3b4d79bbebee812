public import GodwitCore

/// What a report says of a whole run, folded from project records one at a time.
///
/// It grows with the number of shapes and reasons, never with the number of projects. The order in
/// which records are added does not matter: groups have the same numbers and the same examples.
public struct RunSummary: Sendable {
  /// The head of the run.
  public var info: RunInfo
  /// How many projects were selected; counted by whoever selected them, so that the totals prove
  /// something.
  public var selected = 0
  /// How many planned operations were not made yet and can be, in projects that nothing stops.
  public private(set) var pendingOperations = 0
  /// In how many projects they are.
  public private(set) var pendingProjects = 0
  /// How many of the pending operations cannot be taken back.
  public private(set) var pendingIrreversible = 0

  /// How many operations were made, by apply or by somebody else, in projects of each bucket.
  private(set) var settledOperations: [ProjectOutcome: Int] = [:]

  private var counts: [ProjectOutcome: Int] = [:]
  private var shapes: [ProjectShape: ChangeGroup] = [:]
  private(set) var causes: [ProjectOutcome: CauseTally] = [:]
  private(set) var tasks = TaskTally()
  private(set) var unchangedSecrets: [UnchangedSecret: NameTally] = [:]
  private(set) var irreversible = IrreversibleTally()
  private(set) var affectedAlerts = AlertTally()

  /// Starts with no projects.
  public init(info: RunInfo) {
    self.info = info
  }

  /// Counts one project.
  public mutating func add(_ record: ProjectRecord) {
    counts[record.outcome, default: 0] += 1
    settledOperations[record.outcome, default: 0] += record.operations.count { $0.status.isSettled }
    if record.plan.outcome == .changed {
      let shape = ProjectShape(record.plan)
      shapes[shape, default: ChangeGroup(shape: shape)].add(record)
      irreversible.add(record)
      countPending(record)
    }
    if record.outcome != .changed, record.outcome != .manual {
      causes[record.outcome, default: CauseTally()].add(record)
    }
    tasks.add(record)
    affectedAlerts.add(record)
    for secret in Set(record.plan.unchangedSecrets) {
      unchangedSecrets[secret, default: NameTally()].add(record.project)
    }
  }

  private mutating func countPending(_ record: ProjectRecord) {
    switch record.outcome {
    case .changed, .notStarted, .inDoubt: break
    default: return
    }
    let pending = record.operations.filter { !$0.status.isSettled }
    pendingOperations += pending.count
    pendingIrreversible += pending.count { $0.operation.isIrreversible }
    if !pending.isEmpty { pendingProjects += 1 }
  }

  /// How many projects are in each bucket, and how many were selected.
  public var totals: Totals { Totals(selected: selected, counts: counts) }

  /// The groups of projects that change alike, commonest first; group 1 is the first of them.
  public var groups: [ChangeGroup] {
    shapes.values.sorted { left, right in
      if left.count != right.count { return left.count > right.count }
      return left.shape.canonical.bytesPrecede(right.shape.canonical)
    }
  }

  /// The groups with their numbers, in order.
  var numberedGroups: [(number: Int, group: ChangeGroup)] {
    groups.enumerated().map { ($0.offset + 1, $0.element) }
  }

  /// The reasons of one bucket, commonest first.
  func causes(of outcome: ProjectOutcome) -> [Cause] {
    causes[outcome]?.sorted ?? []
  }

  /// The name of an organization, else its id.
  func name(of organization: OrganizationID) -> String {
    let known = info.target.organizations.first { $0.id == organization }
    guard let name = known?.name, !name.isEmpty else { return organization.text }
    return name
  }
}
