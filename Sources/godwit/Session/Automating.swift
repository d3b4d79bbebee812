import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun
import GodwitScript
import LuaVM

/// Runs an automation into a run file, as `run` does.
struct Automating {
  let script: String
  let options: AutomationOptions
  let connection: ConnectionOptions
  let output: OutputOptions
  /// How much the script may use.
  var limits = LuaLimits()

  /// What a run left.
  struct Ran {
    /// The run file, complete and closed.
    var path: String
    /// Failures that belong to no project.
    var failures: [Diagnostic]
  }

  /// Runs the script.
  ///
  /// - Throws: ``RunError`` or `Diagnostic`; then no run file is left.
  func run() async throws -> Ran {
    let automation = try Automation(
      try ScriptSource(reading: script),
      pool: .watched(output),
      limits: limits
    )
    let organization = try AtlasAccess.narrowing(connection)
    let key = (0..<32).map { _ in UInt8.random(in: 0...255) }
    let planKey = try PlanKeys().forPlanning()
    let escrow = try options.escrow.references()
    func secrets(_ worldID: String?) throws -> PlanSecrets {
      try PlanSecrets(
        options.secrets.references,
        escrow: escrow,
        reader: SecretReader(
          worldID: worldID,
          acceptsReadableFiles: options.secrets.acceptReadableSecretFiles
        ),
        key: key
      )
    }
    let early = connection.usesSimulator ? nil : try secrets(nil)
    let session = try await AtlasSession.open(connection, knownSecrets: early?.all ?? [])
    let stop = StopSignal()
    do {
      let all = try early ?? secrets(session.world?.id)
      let ran = try await run(automation, all, key: key, planKey, organization, session, stop)
      await session.close()
      try checkNotStopped(stop, ran)
      return ran
    } catch {
      await session.close()
      throw error
    }
  }

  /// Ends the command if it was stopped while the run was completed.
  ///
  /// Nobody listens to signals any more here, so that none that comes earlier is missed.
  private func checkNotStopped(_ stop: StopSignal, _ ran: Ran) throws {
    guard let status = stop.signal else { return }
    throw RunError(
      Diagnostic(
        "stopped when the script had ended; nothing was written",
        advice: "`godwit show \(RunFolder.reference(to: ran.path))` shows what it recorded"
      ),
      status: status
    )
  }

  private func run(
    _ automation: Automation,
    _ secrets: PlanSecrets,
    key: [UInt8],
    _ planKey: PlanKey?,
    _ organization: String?,
    _ session: AtlasSession,
    _ stop: StopSignal
  ) async throws -> Ran {
    let book = secrets.book
    var info = head(automation, session)
    info.escrow = secrets.escrow
    info.secrets = book.inputs.values.sorted { $0.name < $1.name }
    let path = try RunFolder.file(of: info.id, out: options.file.out)
    let signals = Signals(stop: stop)
    defer { withExtendedLifetime(signals) {} }
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.create(
        at: path,
        sources: automation.source.texts,
        key: key,
        planKey: planKey
      )
    }
    let progress = output.progress()
    signals.onStop { progress.receive(.remark("Stopping: the script is given up.")) }
    var run = AutomationRun(
      file: file,
      reader: AtlasReader(session.connection),
      automation: automation,
      parameters: parameters(book),
      policy: DraftPolicy(
        may: .everything,
        flags: options.judging.flags,
        book: book,
        escrow: secrets.escrow,
        baseURL: session.baseURL
      ),
      stop: stop,
      onPrint: { Console.print($0) },
      observe: { progress.receive($0) }
    )
    run.organization = organization
    run.noteSelected = { book.note($0) }
    run.secretInputs = { book.inputs.values.sorted { $0.name < $1.name } }
    do {
      let outcome = try await run.run(info)
      progress.clear()
      try RunError.wrapping { () throws(RunFileError) in try file.close() }
      for failure in outcome.failures { Console.tell(failure, output) }
      return Ran(path: path, failures: outcome.failures)
    } catch {
      progress.clear()
      try? file.close()
      try? FileManager.default.removeItem(atPath: file.path)
      throw error
    }
  }

  private func parameters(_ book: SecretBook) -> JSONObject {
    var parameters = options.texts
    for name in book.inputs.keys { parameters[name] = .secret(SecretReference(name: name)) }
    return parameters
  }

  private func head(_ automation: Automation, _ session: AtlasSession) -> RunInfo {
    let now = RunFile.systemClock() / 1000
    return RunInfo(
      id: RunFolder.newID(script: automation.name, at: now),
      createdSeconds: now,
      phase: .planned,
      toolVersion: Godwit.version,
      script: ScriptInfo(
        path: script,
        name: automation.name,
        summary: "automation",
        sha256: automation.source.sha256,
        hasVerify: false,
        isAutomation: true
      ),
      target: session.target,
      parameters: options.texts,
      typedParameters: options.texts.keys,
      flags: options.judging.flags,
      expirySeconds: options.file.expirySeconds
    )
  }
}
