internal import GodwitCore

/// Decides whether another project may begin, so that no more projects than a limit ever fail or stay
/// in doubt.
///
/// Every project that has begun and is not settled may still fail. A project therefore begins only
/// while the failures so far and the unsettled projects together stay below the limit. With a limit
/// of 1 projects go one by one; with a limit above the parallelism nothing is slowed down.
struct FailureBudget: Sendable, Hashable {
  /// The number of projects that may fail or come into doubt; at least 1.
  let limit: Int
  /// The number of projects that have begun and are not settled, the waiting ones included.
  private(set) var unsettled = 0
  /// The number of projects that have failed since the command began.
  private(set) var failed = 0
  /// The number of projects that have ended in doubt since the command began.
  private(set) var inDoubt = 0

  /// Makes a budget of which nothing is spent.
  init(limit: Int) {
    self.limit = max(1, limit)
  }

  /// Whether one more project may begin.
  var allowsAnother: Bool { failed + inDoubt + unsettled < limit }

  /// Whether the limit is reached.
  var isSpent: Bool { failed + inDoubt >= limit }

  /// Notes that a project begins.
  mutating func begin() { unsettled += 1 }

  /// Notes how a project that had begun ended; `nil` for one that stays open since the run stops.
  mutating func settle(_ outcome: ProjectOutcome?) {
    unsettled -= 1
    switch outcome {
    case .failed: failed += 1
    case .inDoubt: inDoubt += 1
    default: break
    }
  }

  /// What used the budget up, for example `3 projects failed and 7 are in doubt`.
  var spentWords: String {
    func projects(_ count: Int) -> String { count == 1 ? "1 project" : "\(count) projects" }
    if inDoubt == 0 { return "\(projects(failed)) failed" }
    if failed == 0 { return "\(projects(inDoubt)) came into doubt" }
    return "\(projects(failed)) failed and \(inDoubt) came into doubt"
  }
}
