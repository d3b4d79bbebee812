import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

// The commands to type next.

extension RunPrinter {
  /// Prints how to continue a run in which something is left: open, in doubt, failed or held.
  ///
  /// - Parameters:
  ///   - summary: the run.
  ///   - again: the run as `resume` takes it, with the flags that it needs.
  ///   - offersReplanning: whether `--accept-drift` is offered for held projects.
  /// - Throws: ``RunError`` if the file cannot be read.
  func printNextSteps(
    _ summary: RunSummary,
    again: String,
    offersReplanning: Bool = true
  ) throws {
    if summary.totals[.notStarted] + summary.totals[.inDoubt] > 0 {
      let isAsked = try summary.totals[.inDoubt] > 0 && printResolutions(limit: 10)
      Console.output("\n\(isAsked ? "Then go" : "Go") on with:\n  godwit resume \(again)\n")
      Console.output(try remarkOnGoingOn())
      return
    }
    let retried: Set<ProjectOutcome> = [.failed, .held]
    guard try canRetry(retried) else { return }
    Console.output(
      "\nTry the rest again with:\n  godwit resume \(again) --retry failed,held\n"
    )
    Console.output(try remarkOnGoingOn(retrying: retried))
    if offersReplanning, !summary.info.script.isAutomation, try canRetry([.held]) {
      Console.output("Or plan what has drifted again:\n  godwit resume \(again) --accept-drift\n")
    }
  }

  /// Whether a project ended so while applying; what planning left out needs a new plan.
  private func canRetry(_ buckets: Set<ProjectOutcome>) throws -> Bool {
    try RunError.wrapping { () throws(RunFileError) in
      try file.pendingCount(retrying: buckets) > 0
    }
  }

  /// Prints that a run has finished, with its totals and what can be tried again.
  ///
  /// - Parameters:
  ///   - path: the run's file.
  ///   - output: the form: JSON prints the run, text its totals.
  /// - Returns: the status with which the run itself ended, so that a failure stays one.
  /// - Throws: as ``summary()``.
  func printFinished(_ path: String, _ output: OutputOptions) throws -> ExitStatus {
    let summary = try summary()
    let name = RunFolder.reference(to: path)
    if output.output == .json {
      try print(.json, summary, isPlan: false)
    } else {
      Console.output("The run is finished already; `godwit show \(name)` shows what was done.\n")
      Console.output(RunText.totals(summary, style: style))
      let again = name + SecretOptions.repeated(summary.info.secrets)
      try printNextSteps(summary, again: again)
    }
    return summary.exitStatus(isPlan: false)
  }

  /// Prints the commands by which a person settles what `resume` cannot.
  ///
  /// - Parameters:
  ///   - project: the id or the name of a project, to print only its commands.
  ///   - limit: how many are printed.
  /// - Returns: whether there are any.
  /// - Throws: ``RunError`` if the file cannot be read.
  @discardableResult
  func printResolutions(project: String? = nil, limit: Int = .max) throws -> Bool {
    var commands: [String] = []
    var count = 0
    try RunError.wrapping { () throws(RunFileError) in
      try file.forEachRecord(project: project) { record in
        guard record.outcome == .inDoubt, record.needsPerson else { return }
        for entry in record.operations where [.inDoubt, .sending].contains(entry.status) {
          count += 1
          if commands.count < limit { commands.append(resolution(of: entry.operation, in: record)) }
        }
      }
    }
    guard count > 0 else { return false }
    Console.output(
      "\nWhat became of \(count == 1 ? "a write" : "\(count) writes") nothing in Atlas tells: look at"
        + " the project, then say what you saw,\nlanded or not-landed:\n" + commands.joined()
    )
    if count > commands.count {
      let name = RunFolder.reference(to: file.path)
      let rest = count - commands.count
      Console.output("  and \(rest) more: `godwit report \(name)` lists them all\n")
    }
    return true
  }

  private func resolution(of operation: Operation, in record: ProjectRecord) -> String {
    let project = record.project
    let words = "\(Console.escaped(project.name)): \(Console.escaped(operation.words))"
    let command =
      "godwit resolve \(RunFolder.reference(to: file.path)) --project \(Shell.quoted(project.id.text))"
      + " --operation \(operation.number)"
    // Typed as it is, the choice in quotes is refused: nobody is to say what was not seen.
    return "  \(words)\n    \(command) --as 'landed|not-landed'\n"
  }

  /// What has to be added by hand to the command that goes on; empty if nothing has to be.
  ///
  /// It is not part of the command: nobody is to accept by pasting what cannot be taken back.
  func remarkOnGoingOn(retrying: Set<ProjectOutcome> = []) throws -> String {
    let pending = try RunError.wrapping { () throws(RunFileError) in
      try file.pendingOperations(retrying: retrying)
    }
    guard pending.irreversible > 0 else { return "" }
    let subject =
      pending.irreversible == 1
      ? "an operation that is left" : "\(pending.irreversible) operations that are left"
    return "with --accept-irreversible, since \(subject) cannot be taken back\n"
  }
}
