internal import GodwitAtlas
internal import GodwitCore
internal import GodwitJournal
internal import GodwitScript

// Reading, the machine's own and the one of `verify`, and what follows where it fails.

extension ProjectMachine {
  private static let readFailureLimit = 4

  func read() -> Action { .read(ReadNeeds(record), retryOf: lastReadError) }

  mutating func readFailed(_ error: AtlasError, at milliseconds: Int64) -> Action {
    if let wait = waitAfterReading(error, at: milliseconds) { return wait }
    if error.scope == .run || error.kind == .cancelled { return .leave(error) }
    let isDoubtful = doubtfulIndex != nil
    return end(
      isDoubtful ? .inDoubt : .failed,
      reason: isDoubtful
        ? "a write was sent and could not be read back: \(error)" : error.description,
      advice: isDoubtful ? "run `godwit resume`" : error.advice.map(RunError.asClause)
    )
  }

  /// Waits before what could not be read is read again; `nil` if that is not tried, or not any more.
  private mutating func waitAfterReading(
    _ error: AtlasError,
    at milliseconds: Int64
  ) -> Action? {
    guard error.mayPassOnReading, !error.isRetryBudgetSpent, readFailures < Self.readFailureLimit
    else { return nil }
    readFailures += 1
    lastReadError = error
    let wait = error.waitMilliseconds(after: readFailures, position: position)
    return .park(untilMilliseconds: milliseconds + wait, .atlas)
  }

  mutating func verify() -> Action {
    hasVerify ? .verify(retryOf: lastReadError) : end(.changed)
  }

  /// Ends the project, unless `verify` could not read what it is about: it begins anew then.
  ///
  /// What it says counts where reading is not tried any more, since it may get by without.
  mutating func verified(
    _ failure: ProjectVerifier.Failure?,
    _ unread: AtlasError?,
    at milliseconds: Int64
  ) -> Action {
    lastFailure = failure
    if let unread {
      if let wait = waitAfterReading(unread, at: milliseconds) { return wait }
      if unread.scope == .run || unread.kind == .cancelled { return .leave(unread) }
    }
    guard let failure else { return end(.changed) }
    return end(
      .failed,
      reason: "verify: \(failure.reason)",
      advice: failure.advice,
      scriptPosition: failure.position
    )
  }
}
