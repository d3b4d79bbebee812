internal import GodwitAtlas
internal import GodwitCore
internal import GodwitScript
internal import Synchronization

// Running a script's `verify`, which only reads and may begin anew.

extension ApplyRun {
  /// How long a `verify` may go on once the run stops: most need one read.
  private static let grace = Duration.seconds(1)
  /// A read of `verify` waits longer than this only after the script was ended, without a place.
  private static let longestWait = Duration.seconds(2)

  /// Runs `verify`; the machine waits before another attempt, which begins anew.
  func verify(
    _ project: Project,
    retryOf earlier: AtlasError?
  ) async -> ProjectMachine.Event {
    guard let verifier else { return .verified(nil, unread: nil) }
    if var spent = earlier, !reader.paysForRetry(of: spent) {
      spent.isRetryBudgetSpent = true
      return .unverified(spent)
    }
    let unread = Mutex<AtlasError?>(nil)
    let hasLogged = Mutex(false)
    let reads = ScriptReads(reader.waiting(atMost: Self.longestWait)) { error in
      guard error.mayPassOnReading || error.endsScripts else { return }
      unread.withLock { $0 = $0 ?? error }
    }
    let onLog: @Sendable (LogLine) -> Void = { [observe] line in
      hasLogged.withLock { $0 = true }
      observe(.logged(project: project.name, line))
    }
    do throws(CancellationError) {
      let failure = try await stop.cancelling(after: Self.grace) {
        () async throws(CancellationError) -> ProjectVerifier.Failure? in
        let failure = await verifier.verify(project, reads: reads, onLog: onLog)
        // What a stop broke off fails for no reason of its own.
        if failure != nil, Task.isCancelled { throw CancellationError() }
        return failure
      }
      let error = unread.withLock { $0 }
      if let error, hasLogged.withLock({ $0 }) {
        onLog(LogLine(level: .warn, message: "verify could not read: \(error)", position: nil))
      }
      return .verified(failure, unread: error)
    } catch {
      return .stopped
    }
  }
}
