import GodwitCore
import GodwitRun
import GodwitScript
import LuaVM

/// What is to be planned: a script with its projects and inputs, all checked.
struct PlanOrder {
  /// A secret that a delete takes with it, and where the operator keeps it.
  struct Escrow {
    var type: IntegrationType
    var field: String
    var reference: String
  }

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
  var escrow: [Escrow]
  var flags: Set<PlanFlag>
  var expirySeconds: Int64
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
      escrow: try options.inputs.escrow.map(Escrow.init(parsing:)),
      flags: options.inputs.judging.flags,
      expirySeconds: (options.expires ?? Span(seconds: 86_400)).seconds,
      out: options.out
    )
  }
}

extension PlanOrder.Escrow {
  /// Reads `TYPE.field=ref`.
  ///
  /// - Throws: `Diagnostic` for a type or a field that is not known, with the nearest that is.
  init(parsing text: String) throws {
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
    self.init(type: type, field: name[1], reference: String(parts[1]))
  }
}
