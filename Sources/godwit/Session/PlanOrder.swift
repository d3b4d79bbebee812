import GodwitCore
import GodwitRun
import GodwitScript
import LuaVM

/// What is to be planned: a script with its projects and inputs, all checked.
struct PlanOrder {
  var migration: Migration
  /// The script's path as it was typed.
  var script: String
  var selection: Selection
  /// The selection as it was typed, for the head of the plan.
  var selectionText: String
  var inputs: ScriptInputs
  /// Where the secrets are, by parameter name.
  var references: [String: String]
  /// Whether the secrets are resolved; without, what depends on them cannot be known.
  var resolvesSecrets = true
  var acceptsReadableSecretFiles: Bool
  var escrow: [EscrowReference]
  var flags: Set<PlanFlag>
  var expirySeconds: Int64
  /// How many projects may fail before planning stops; `nil` for the standard limit.
  var failureLimit: FailureLimit?
  /// The run file; `nil` for one that is kept here.
  var out: String?
}

extension PlanOrder {
  /// What was typed.
  ///
  /// - Throws: `Diagnostic` or ``RunError`` for a script, a selection or an input that is wrong.
  init(
    script: String,
    options: PlanOptions,
    failureLimit: FailureLimit?,
    connection: ConnectionOptions,
    output: OutputOptions,
    limits: LuaLimits
  ) async throws {
    var chosen = options.selection
    try chosen.narrow(by: connection)
    let migration = try await Migration(
      try ScriptSource(reading: script),
      pool: .watched(output),
      limits: limits
    )
    let selection = try chosen.selection()
    let secretNames = migration.parameters.filter { $0.kind == .secret }.map(\.name)
    var references = options.inputs.secrets.references(for: Set(secretNames))
    if options.inputs.withoutSecrets {
      // Nothing is resolved, so that nothing has to be given.
      for name in secretNames where references[name] == nil { references[name] = "" }
    }
    self.init(
      migration: migration,
      script: script,
      selection: selection,
      selectionText: chosen.summary,
      inputs: try options.inputs.inputs(
        for: migration,
        secretNames: Set(references.keys),
        columns: Set((selection.targets ?? []).flatMap(\.variables.keys))
      ),
      references: references,
      resolvesSecrets: !options.inputs.withoutSecrets,
      acceptsReadableSecretFiles: options.inputs.secrets.acceptReadableSecretFiles,
      escrow: try options.inputs.escrow.references(),
      flags: options.inputs.judging.flags,
      expirySeconds: options.file.expirySeconds,
      failureLimit: failureLimit,
      out: options.file.out
    )
  }
}
