import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

// After the last write: what is said, and how the command ends.

extension Applying {
  /// How applying ended, before the run file was closed.
  struct Ending {
    /// How the command ends if the file can be closed.
    var status: ExitStatus
    /// Whether something may have been written, so that "could not start" is not true any more.
    var hasBegun = false
    /// What was told already.
    var told: Diagnostic?
  }

  /// Closes the run file; where it cannot be closed, what was found before stays the ending.
  func close(_ file: RunFile, after ending: Ending) -> ExitStatus {
    do throws(RunFileError) {
      try file.close()
      return ending.status
    } catch {
      if ending.told?.summary != RunError(error).diagnostic.summary {
        Console.tell(
          Diagnostic(
            "\(error.path): the run file could not be closed: \(error.detail)",
            advice: "what was done is in it and in the -wal beside it: keep both;"
              + " `godwit resume \(RunFolder.reference(to: path))` reads them and closes it"
          ),
          output
        )
      }
      var statuses: Set = [ending.status, ending.hasBegun ? .stoppedEarly : .couldNotStart]
      statuses.remove(.success)
      return ExitStatus.worst(statuses)
    }
  }

  /// Reports what became of the run.
  ///
  /// - Parameters:
  ///   - printer: prints it.
  ///   - cause: why it stopped before its end, if it did.
  ///   - signal: the status of a signal that came, then or later.
  /// - Returns: how the command ends.
  /// - Throws: ``RunError``: why it stopped, if nothing was begun; if the outcome cannot be read,
  ///   at least with the status `stoppedEarly`.
  func conclude(
    _ printer: RunPrinter,
    _ cause: StopSignal.Cause?,
    _ signal: ExitStatus?
  ) async throws -> Ending {
    let cause = await stillTrue(cause, printer.file)
    let after = try afterWrites(cause) { try printer.summary() }
    let again =
      RunFolder.reference(to: path) + SecretOptions.repeated(after.info.secrets)
      + ConnectionOptions.repeated(for: after.info, typed: connection)
    if let cause, after.info.phase == .planned { throw Self.stopped(by: cause, again) }
    try afterWrites(cause) {
      try printer.print(output.output == .json ? .json : .text, after, isPlan: false)
    }
    var ending = Ending(status: .success, hasBegun: true)
    var statuses: Set = [after.exitStatus(isPlan: false)]
    statuses.formUnion([cause?.status, signal].compactMap { $0 })
    if case .trouble(let error)? = cause {
      Console.tell(error.diagnostic, output)
      ending.told = error.diagnostic
    }
    if output.output == .text {
      try afterWrites(nil) {
        try printer.printNextSteps(after, again: again, offersReplanning: !options.acceptDrift)
      }
    }
    statuses.remove(.success)
    ending.status = ExitStatus.worst(statuses)
    return ending
  }

  /// The cause; none if it came when nothing was left to do, so that nothing was stopped early.
  private func stillTrue(
    _ cause: StopSignal.Cause?,
    _ file: RunFile
  ) async -> StopSignal.Cause? {
    guard case .trouble(let error)? = cause, error.status == .stoppedEarly else { return cause }
    do throws(RunFileError) {
      guard try file.pendingCount(retrying: []) == 0 else { return cause }
      try await file.finishIfNothingIsOpen()
      return nil
    } catch {
      return cause
    }
  }

  /// Runs what may fail when writes were made already; then it does not end as if it had not begun.
  private func afterWrites<Result>(
    _ cause: StopSignal.Cause?,
    _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as RunError {
      if case .trouble(let trouble)? = cause { Console.tell(trouble.diagnostic, output) }
      let statuses = [error.status, .stoppedEarly, cause?.status].compactMap { $0 }
      throw RunError(error.diagnostic, status: ExitStatus.worst(Set(statuses)))
    }
  }

  /// What is said of a run that was stopped before its first write: it is still a plan.
  private static func stopped(by cause: StopSignal.Cause, _ run: String) -> RunError {
    let advice = "the plan stands as it was: godwit apply \(run)"
    switch cause {
    case .signal(let status):
      return RunError(
        Diagnostic("stopped before the first write; nothing was sent", advice: advice),
        status: status
      )
    case .trouble(let error):
      return RunError(
        Diagnostic(
          "\(error.diagnostic.summary); it was before the first write: nothing was sent",
          detail: error.diagnostic.detail,
          advice: advice
        ),
        status: error.status
      )
    }
  }
}

extension StopSignal.Cause {
  /// The exit status that goes with it.
  fileprivate var status: ExitStatus {
    switch self {
    case .signal(let status): status
    case .trouble(let error): error.status
    }
  }
}
