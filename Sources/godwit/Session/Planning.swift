import ArgumentParser
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun
import GodwitScript
import LuaVM

/// What `plan` and `apply SCRIPT` take.
struct PlanOptions: ParsableArguments {
  @OptionGroup(title: "Choosing projects") var selection: SelectionOptions
  @OptionGroup(title: "Inputs") var inputs: InputOptions

  @Option(
    name: .long,
    help: ArgumentHelp("Where to keep the run; never overwrites.", valueName: "file")
  )
  var out: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How long the plan may wait to be applied (default: 24h).",
      valueName: "duration"
    )
  )
  var expires: Span?
}

/// A length of time as typed: `90s`, `30m`, `72h`, `2d`.
struct Span: ExpressibleByArgument, CustomStringConvertible {
  let seconds: Int64

  init(seconds: Int64) {
    self.seconds = seconds
  }

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = argument.last.flatMap({ units[$0] }),
      let number = Int64(argument.dropLast()), number >= 0, number < 1_000_000
    else { return nil }
    seconds = number * unit
  }

  var defaultValueDescription: String { description }

  var description: String {
    for (suffix, length) in [("h", Int64(3600)), ("m", 60)]
    where seconds > 0 && seconds % length == 0 {
      return "\(seconds / length)\(suffix)"
    }
    return "\(seconds)s"
  }
}

/// Plans a script into a run file, as `plan` and `apply SCRIPT` do.
struct Planning {
  let script: String
  var options: PlanOptions
  let connection: ConnectionOptions
  let output: OutputOptions
  /// How much a project's script may use.
  var limits = LuaLimits()

  /// Plans.
  ///
  /// - Returns: the path of the run file, complete and closed.
  /// - Throws: ``RunError`` or `Diagnostic`; then no usable run file is left.
  func run() async throws -> String {
    var narrowed = self
    try narrowed.options.selection.narrow(by: connection)
    return try await narrowed.plan()
  }

  private func plan() async throws -> String {
    let source = try ScriptSource(reading: script)
    let migration = try await Migration(source, pool: .watched(output), limits: limits)
    let selection = try options.selection.selection()
    let columns = Set((selection.targets ?? []).flatMap(\.variables.keys))
    let secretNames = migration.parameters.filter { $0.kind == .secret }.map(\.name)
    var references = options.inputs.secrets.references(for: Set(secretNames))
    if options.inputs.withoutSecrets {
      // Nothing is resolved, so that nothing has to be given.
      for spec in migration.parameters where spec.kind == .secret && references[spec.name] == nil {
        references[spec.name] = ""
      }
    }
    let inputs = try options.inputs.inputs(
      for: migration,
      secretNames: Set(references.keys),
      columns: columns
    )
    // Known before the first request, so that no text of an error can show one; those of a
    // simulator are made from its world.
    let key = (0..<32).map { _ in UInt8.random(in: 0...255) }
    let early =
      connection.usesSimulator
      ? nil : try resolve(references, reader: reader(worldID: nil), key: key)
    let session = try await AtlasSession.open(connection, knownSecrets: early?.all ?? [])
    do {
      let path = try await plan(
        migration,
        selection: selection,
        inputs: inputs,
        secrets: try early
          ?? resolve(references, reader: reader(worldID: session.world?.id), key: key),
        key: key,
        session
      )
      await session.close()
      return path
    } catch {
      await session.close()
      throw error
    }
  }

  private func reader(worldID: String?) -> SecretReader {
    SecretReader(
      environment: ProcessInfo.processInfo.environment,
      worldID: worldID,
      acceptsReadableFiles: options.inputs.secrets.acceptReadableSecretFiles
    )
  }

  /// The secrets of a plan, with what the operator keeps.
  private struct Secrets {
    var book: SecretBook
    var escrow: [(input: EscrowInput, value: SecretValue)]

    /// All values, for the search of texts.
    var all: [SecretValue] { book.all + escrow.map(\.value) }
  }

  private func resolve(
    _ references: [String: String],
    reader: SecretReader,
    key: [UInt8]
  ) throws -> Secrets {
    Secrets(
      book: try SecretBook(
        references,
        reader: options.inputs.withoutSecrets ? nil : reader,
        key: key
      ),
      escrow: try escrow(reader, key: key)
    )
  }

  private func plan(
    _ migration: Migration,
    selection: Selection,
    inputs: ScriptInputs,
    secrets: Secrets,
    key: [UInt8],
    _ session: AtlasSession
  ) async throws -> String {
    let book = secrets.book
    let escrow = secrets.escrow.map(\.input)
    var info = head(migration, inputs, session)
    info.secrets = book.inputs.values.sorted { $0.name < $1.name }
    info.escrow = escrow
    let path = try runPath(info.id)
    let stop = StopSignal()
    let signals = Signals(stop: stop)
    defer { withExtendedLifetime(signals) {} }
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.create(at: path, sources: migration.source.texts, key: key)
    }
    let progress = output.progress()
    signals.onStop { progress.receive(.remark("Stopping: planning is given up.")) }
    var run = PlanRun(
      file: file,
      reader: AtlasReader(session.connection),
      selection: selection,
      migration: migration,
      inputs: inputs,
      policy: DraftPolicy(
        may: migration.may,
        fingerprints: book.fingerprints,
        escrow: escrow,
        allowsUnknownFields: options.inputs.allowUnknownFields,
        rewritesSecrets: options.inputs.rewriteSecrets,
        acceptsSilentAlerts: options.inputs.acceptSilentAlerts,
        integrationsPage: "\(session.baseURL)/v2/{id}#/integrations"
      ),
      parallelism: connection.projectsAtOnce,
      stop: stop,
      observe: { progress.receive($0) }
    )
    run.policy.ownFingerprints = { book.ownFingerprints(of: $0) }
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

  /// Keeps what an interrupted plan has, so that it can be listed; removes what never began.
  private func abandon(_ file: RunFile, _ info: RunInfo, _ error: RunError) async throws {
    let isInterrupted = [.interrupted, .terminated, .hungUp].contains(error.status)
    if isInterrupted { try await file.recordIncomplete(info) }
    try file.close()
    if !isInterrupted { try FileManager.default.removeItem(atPath: file.path) }
  }

  private func head(
    _ migration: Migration,
    _ inputs: ScriptInputs,
    _ session: AtlasSession
  ) -> RunInfo {
    let now = RunFile.systemClock() / 1000
    return RunInfo(
      id: RunFolder.newID(script: migration.name, at: now),
      createdSeconds: now,
      phase: .planned,
      toolVersion: Godwit.version,
      script: ScriptInfo(
        path: script,
        name: migration.name,
        summary: migration.summary,
        sha256: migration.source.sha256,
        hasVerify: migration.hasVerify
      ),
      target: session.target,
      parameters: inputs.common(migration.parameters),
      typedParameters: inputs.typed.keys,
      selection: options.selection.summary,
      expirySeconds: (options.expires ?? Span(seconds: 86_400)).seconds
    )
  }

  private func runPath(_ id: String) throws -> String {
    if let out = options.out { return out }
    try RunFolder.prepare()
    return RunFolder.file(of: id)
  }

  private func escrow(
    _ reader: SecretReader,
    key: [UInt8]
  ) throws -> [(input: EscrowInput, value: SecretValue)] {
    try options.inputs.escrow.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0].split(separator: ".").map(String.init)
      let type = IntegrationType(name[0])
      guard let rule = IntegrationRules.rule(for: type) else {
        throw Diagnostic(
          "--escrow: unknown integration type \"\(type)\"",
          advice: Suggestion.advice(for: type.text, in: IntegrationRules.typeNames)
        )
      }
      guard rule.field(name[1])?.secret != nil else {
        throw Diagnostic(
          "--escrow: \(type) has no secret field \"\(name[1])\"",
          advice: Suggestion.advice(for: name[1], in: rule.secretFields.map(\.name))
        )
      }
      let reference = String(parts[1])
      let value = try reader.value(of: "\(type).\(name[1])", at: reference)
      let input = EscrowInput(
        type: type,
        field: name[1],
        secret: SecretInput(
          name: "\(type).\(name[1])",
          reference: reference,
          fingerprint: value.fingerprint,
          keyedHash: value.keyedHash(key: key)
        )
      )
      return (input, value)
    }
  }
}
