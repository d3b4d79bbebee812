import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun
import GodwitScript

/// Plans into a run file, as `plan` and `apply SCRIPT` do.
struct Planning {
  let order: PlanOrder
  let connection: ConnectionOptions
  let output: OutputOptions

  /// Plans.
  ///
  /// - Parameter run: an earlier run, to go where it went; `nil` to go where the options say.
  /// - Returns: the path of the run file, complete and closed.
  /// - Throws: ``RunError`` or `Diagnostic`; then no usable run file is left.
  func run(whereItWent run: RunInfo? = nil) async throws -> String {
    // Known before the first request, so that no text of an error can show one; those of a
    // simulator are made from its world.
    let key = (0..<32).map { _ in UInt8.random(in: 0...255) }
    let isSimulator = connection.usesSimulator || run?.target.world != nil
    let planKey = try PlanKeys().forPlanning()
    if let run { try AtlasSession.check(run, connection) }
    let early = isSimulator ? nil : try resolve(reader: reader(worldID: nil), key: key)
    let session =
      if let run {
        try await AtlasSession.open(for: run, connection, knownSecrets: early?.all ?? [])
      } else {
        try await AtlasSession.open(connection, knownSecrets: early?.all ?? [])
      }
    let stop = StopSignal()
    do {
      let path = try await plan(
        secrets: try early ?? resolve(reader: reader(worldID: session.world?.id), key: key),
        key: key,
        planKey,
        session,
        stop
      )
      await session.close()
      try checkNotStopped(stop, path)
      return path
    } catch {
      await session.close()
      throw error
    }
  }

  /// Ends the command if it was stopped while the plan was completed.
  ///
  /// Nobody listens to signals any more here, so that none that comes earlier is missed.
  private func checkNotStopped(_ stop: StopSignal, _ path: String) throws {
    guard let status = stop.signal else { return }
    throw RunError(
      Diagnostic(
        "stopped when the plan was complete; nothing was written",
        advice: "`godwit show \(RunFolder.reference(to: path))` shows it"
      ),
      status: status
    )
  }

  private func reader(worldID: String?) -> SecretReader {
    SecretReader(worldID: worldID, acceptsReadableFiles: order.acceptsReadableSecretFiles)
  }

  private func resolve(reader: SecretReader, key: [UInt8]) throws -> PlanSecrets {
    try PlanSecrets(
      order.references,
      escrow: order.escrow,
      reader: reader,
      resolves: order.resolvesSecrets,
      key: key
    )
  }

  private func plan(
    secrets: PlanSecrets,
    key: [UInt8],
    _ planKey: PlanKey?,
    _ session: AtlasSession,
    _ stop: StopSignal
  ) async throws -> String {
    let book = secrets.book
    let migration = order.migration
    var info = head(session)
    info.secrets = book.inputs.values.sorted { $0.name < $1.name }
    info.escrow = secrets.escrow
    let path = try RunFolder.file(of: info.id, out: order.out)
    RunFolder.removeIncomplete(path)
    let signals = Signals(stop: stop)
    defer { withExtendedLifetime(signals) {} }
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.create(
        at: path,
        sources: migration.source.texts,
        key: key,
        planKey: planKey
      )
    }
    let progress = output.progress()
    signals.onStop { progress.receive(.remark("Stopping: planning is given up.")) }
    var run = PlanRun(
      file: file,
      reader: AtlasReader(session.connection),
      selection: order.selection,
      migration: migration,
      inputs: order.inputs,
      policy: DraftPolicy(
        may: migration.may,
        flags: order.flags,
        book: book,
        escrow: secrets.escrow,
        baseURL: session.baseURL
      ),
      parallelism: connection.projectsAtOnce,
      stop: stop,
      observe: { progress.receive($0) }
    )
    run.failureLimit = { [limit = order.failureLimit] in FailureLimit.count(of: $0, limit) }
    run.noteSelected = { book.note($0) }
    run.secretInputs = { book.inputs.values.sorted { $0.name < $1.name } }
    do {
      _ = try await progress.ticking { [run] in try await run.run(info) }
    } catch let error as RunError {
      progress.clear()
      try? await abandon(file, info, error)
      throw error
    }
    try RunError.wrapping { () throws(RunFileError) in try file.close() }
    return path
  }

  /// Keeps and reports what an interrupted plan has found; removes what never began.
  private func abandon(_ file: RunFile, _ info: RunInfo, _ error: RunError) async throws {
    let isInterrupted =
      [.interrupted, .terminated, .hungUp, .stoppedEarly].contains(error.status)
    if isInterrupted { try await file.recordIncomplete(info) }
    try file.close()
    guard isInterrupted else {
      try FileManager.default.removeItem(atPath: file.path)
      return
    }
    let kept = try RunFile.openForReading(file.path)
    defer { try? kept.close() }
    let printer = RunPrinter(file: kept, style: output.style)
    try printer.print(output.output == .json ? .json : .text, try printer.summary(), isPlan: true)
  }

  private func head(_ session: AtlasSession) -> RunInfo {
    let migration = order.migration
    let now = RunFile.systemClock() / 1000
    return RunInfo(
      id: RunFolder.newID(script: migration.name, at: now),
      createdSeconds: now,
      phase: .planned,
      toolVersion: Godwit.version,
      script: ScriptInfo(
        path: order.script,
        name: migration.name,
        summary: migration.summary,
        sha256: migration.source.sha256,
        hasVerify: migration.hasVerify
      ),
      target: session.target,
      parameters: order.inputs.common(migration.parameters),
      typedParameters: order.inputs.typed.keys,
      flags: order.flags,
      selection: order.selectionText,
      expirySeconds: order.expirySeconds
    )
  }
}
