import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun
import GodwitScript
import LuaVM

/// Carries a run out, as `apply` and `resume` do.
struct Applying {
  let path: String
  let options: ApplyOptions
  let connection: ConnectionOptions
  let secrets: SecretOptions
  let output: OutputOptions
  /// Whether the plan was printed just before.
  var isShown = false
  /// The buckets of settled projects that are taken up again.
  var retrying: Set<ProjectOutcome> = []
  /// Whether it was planned since an earlier plan had drifted; what drifts then stays held.
  var isReplanned = false
  /// How much a project's script may use.
  var limits = LuaLimits()

  /// Asks, applies and reports.
  ///
  /// - Returns: how the command ends.
  /// - Throws: ``RunError`` or `Diagnostic` if nothing was begun.
  func run() async throws -> ExitStatus {
    let stop = StopSignal()
    let status = try await applyAlone(stop)
    guard options.acceptDrift, !isReplanned else { return status }
    // Nobody listens any more here, so that no stop that came while it was reported is missed.
    if let signal = stop.signal { return signal }
    return try await Replanning(
      path: path,
      options: options,
      connection: connection,
      secrets: secrets,
      output: output,
      limits: limits
    ).run(after: status)
  }

  private func applyAlone(_ stop: StopSignal) async throws -> ExitStatus {
    let signals = Signals(stop: stop)
    defer { withExtendedLifetime(signals) {} }
    let planKey = try PlanKeys().forApplying()
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.openForApplying(path, mayTakeOver: options.takeOver, planKey: planKey)
    }
    let keeper = Task { await file.keepLease() }
    let ending: Ending
    do { ending = try await apply(file, stop, signals) } catch {
      keeper.cancel()
      try? file.close()
      throw error
    }
    keeper.cancel()
    return close(file, after: ending)
  }

  private func apply(
    _ file: RunFile,
    _ stop: StopSignal,
    _ signals: Signals
  ) async throws -> Ending {
    let printer = RunPrinter(file: file, style: output.style)
    let before = try printer.summary()
    try AtlasSession.check(before.info, connection)
    guard !options.acceptDrift || !before.info.script.isAutomation else {
      throw RunError(
        Diagnostic(
          "--accept-drift: what an automation recorded cannot be planned again project by project",
          advice: "leave it out, and run the script again for what is held"
        )
      )
    }
    var needs: [SecretBook.Need] = []
    let pending = try RunError.wrapping { () throws(RunFileError) in
      try file.pendingOperations(retrying: retrying) { project, names in
        if !names.isEmpty { needs.append(SecretBook.Need(project: project, names: names)) }
      }
    }
    guard pending.projects > 0 else { return Ending(status: try nothingToDo(before, file)) }
    if let refusal = guardedBy(pending) { throw refusal }
    tellOfDoubt(file)
    tellOfOrigin(before.info)
    let reader = SecretReader(
      worldID: before.info.target.world?.id,
      acceptsReadableFiles: secrets.acceptReadableSecretFiles
    )
    let key = try RunError.wrapping { () throws(RunFileError) in try file.secretKey() }
    let book = try SecretBook(
      planned: before.info.secrets,
      needs: needs,
      overrides: secrets.references,
      presets: secrets.presets,
      reader: reader,
      key: key
    )
    try confirm(before, pending, printer, stop)
    let session = try await AtlasSession.open(
      for: before.info,
      connection,
      knownSecrets: book.all
    )
    do {
      try checkNotStopped(stop)
      let cause = try await send(file, before.info, pending, book, session, stop, signals)
      await session.close()
      return try await conclude(printer, cause, stop.signal)
    } catch {
      await session.close()
      throw error
    }
  }

  // MARK: - Before the first write

  private func nothingToDo(_ summary: RunSummary, _ file: RunFile) throws -> ExitStatus {
    if output.output == .json {
      try RunPrinter(file: file, style: output.style).print(.json, summary, isPlan: false)
    } else {
      Console.output("Nothing to do: \(RunText.totals(summary, style: output.style))")
      let again = RunFolder.reference(to: path) + SecretOptions.repeated(summary.info.secrets)
      try RunPrinter(file: file, style: output.style).printNextSteps(summary, again: again)
    }
    return summary.exitStatus(isPlan: summary.info.phase == .planned)
  }

  private func guardedBy(_ pending: RunFile.PendingOperations) -> RunError? {
    guard pending.irreversible > 0, !options.acceptIrreversible else { return nil }
    let noun = pending.irreversible == 1 ? "operation" : "operations"
    return RunError(
      Diagnostic(
        "\(pending.irreversible) \(noun) of this plan cannot be taken back; nothing was sent",
        advice: "look at them with `godwit show \(RunFolder.reference(to: path))`, then plan with"
          + " --escrow TYPE.FIELD=REF for secrets that you keep, or add --accept-irreversible"
      ),
      status: .held
    )
  }

  private func tellOfDoubt(_ file: RunFile) {
    guard let trouble = file.lostCommits else { return }
    Console.tell(
      .lostCommits(trouble, advice: "everything that is not settled in it is read back first"),
      output
    )
  }

  /// Says that nobody here knows who planned the run; where it is asked, the question says it.
  private func tellOfOrigin(_ info: RunInfo) {
    guard !isShown, options.yes || output.output == .json, let doubt = RunText.originDoubt(info)
    else { return }
    Console.tell(
      Diagnostic(
        doubt,
        severity: .warning,
        advice: "apply it only if you know who planned it; plans are proven where they are made and"
          + " applied with the same \(PlanKeys.variable)"
      ),
      output
    )
  }

  private func confirm(
    _ summary: RunSummary,
    _ pending: RunFile.PendingOperations,
    _ printer: RunPrinter,
    _ stop: StopSignal
  ) throws {
    guard !options.yes else { return }
    guard Console.isTerminal(STDIN_FILENO) else {
      throw RunError(
        Diagnostic(
          "nobody can be asked, since stdin is not a terminal; nothing was sent",
          advice: "add --yes to apply without the question"
        )
      )
    }
    if output.output == .text, !isShown {
      try printer.print(.text, summary, isPlan: summary.info.phase == .planned)
    }
    let question = RunText.question(
      summary,
      changes: pending.operations,
      projects: pending.projects
    )
    let answer = Console.ask("\n" + question, until: stop)
    if answer == nil { Console.note("\n") }
    try checkNotStopped(stop)
    guard answer == "\(pending.operations)" else {
      throw RunError(Diagnostic("not applied: the answer was another one; nothing was sent"))
    }
  }

  /// Ends the command if it was stopped before anything was sent.
  private func checkNotStopped(_ stop: StopSignal) throws {
    guard case .signal(let status)? = stop.cause else { return }
    throw RunError(Diagnostic("stopped before the first write; nothing was sent"), status: status)
  }

  // MARK: - Sending

  private func send(
    _ file: RunFile,
    _ info: RunInfo,
    _ pending: RunFile.PendingOperations,
    _ book: SecretBook,
    _ session: AtlasSession,
    _ stop: StopSignal,
    _ signals: Signals
  ) async throws -> StopSignal.Cause? {
    let progress = output.progress()
    signals.onStop {
      progress.receive(
        .remark(
          "Stopping: what is in flight is finished; Ctrl-C again ends at once,"
            + " and `godwit resume` goes on either way."
        )
      )
    }
    let run = ApplyRun(
      file: file,
      reader: AtlasReader(session.connection),
      writer: AtlasWriter(session.connection),
      secrets: { book.value(of: $0, in: $1) },
      verifier: try await verifier(file, info, book),
      parallelism: connection.projectsAtOnce,
      settle: .milliseconds(options.settle.milliseconds),
      failureLimit: FailureLimit.count(of: pending.projects, options.maxFailures),
      stop: stop,
      observe: { progress.receive($0) }
    )
    let timer = options.deadline.map { deadline in
      Task { await wait(for: deadline, stop, progress) }
    }
    defer { timer?.cancel() }
    let cause = try await progress.ticking { try await run.run(retrying: retrying) }
    progress.clear()
    return cause
  }

  /// Stops at the deadline: what is in flight is finished.
  private func wait(
    for deadline: Deadline,
    _ stop: StopSignal,
    _ progress: ProgressLine
  ) async {
    // The clock of the wall may be set meanwhile, so it is looked at again and again.
    while deadline.instant > Date() {
      let rest = min(1, max(0.01, deadline.instant.timeIntervalSinceNow))
      do { try await Task.sleep(for: .seconds(rest)) } catch { return }
    }
    progress.receive(.remark("The deadline has come: what is in flight is finished."))
    stop.stop(
      .trouble(
        RunError(
          Diagnostic(
            "stopped at the deadline",
            advice: "what was in flight was finished; `godwit resume` goes on"
          ),
          status: .stoppedEarly
        )
      )
    )
  }

  private func verifier(
    _ file: RunFile,
    _ info: RunInfo,
    _ book: SecretBook
  ) async throws -> ProjectVerifier? {
    guard info.script.hasVerify else { return nil }
    let texts = try RunError.wrapping { () throws(RunFileError) in try file.sources() }
    guard let source = ScriptSource(path: info.script.path, texts: texts) else { return nil }
    let migration = try await Migration(source, pool: .watched(output), limits: limits)
    let fingerprints = Dictionary(
      info.secrets.compactMap { input in input.fingerprint.map { (input.name, $0) } },
      uniquingKeysWith: { first, _ in first }
    )
    return ProjectVerifier(
      migration: migration,
      inputs: ScriptInputs(of: info),
      fingerprints: fingerprints,
      ownFingerprints: { book.ownFingerprints(of: $0) }
    )
  }
}
