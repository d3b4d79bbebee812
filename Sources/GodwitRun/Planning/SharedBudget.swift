internal import GodwitCore
internal import Synchronization

/// The failure budget of a plan, shared by those who plan at the same time.
final class SharedBudget: Sendable {
  private let state: Mutex<FailureBudget>

  /// Makes a budget of which nothing is spent.
  init(limit: Int) {
    state = Mutex(FailureBudget(limit: limit))
  }

  /// Notes that a project begins, if one more may.
  func begin() -> Bool {
    state.withLock { budget in
      guard budget.allowsAnother else { return false }
      budget.begin()
      return true
    }
  }

  /// Notes how a project that had begun ended; `nil` for one that is left out.
  func settle(_ outcome: ProjectOutcome?) {
    state.withLock { $0.settle(outcome) }
  }

  /// How many more projects may fail.
  var room: Int { state.withLock { max(0, $0.limit - $0.failed) } }

  /// Why planning stops, once the budget is spent.
  var planningError: RunError? {
    let budget = state.withLock { $0 }
    guard budget.isSpent else { return nil }
    return RunError(
      Diagnostic(
        "planning stopped after \(budget.spentWords); the plan is incomplete and cannot be applied",
        advice: "see the causes above; correct the script and plan again, or allow more with"
          + " --max-failures"
      ),
      status: .stoppedEarly
    )
  }
}
