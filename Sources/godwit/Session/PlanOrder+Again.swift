import GodwitCore
import GodwitJournal
import GodwitRun
import GodwitScript
import LuaVM

extension PlanOrder {
  /// Some projects of an earlier run, with the script and the inputs that the run has in it.
  ///
  /// - Parameters:
  ///   - file: the run.
  ///   - projects: the projects to plan again, with their rows of the targets file.
  ///   - secrets: where secrets are now, which the run may not say or say differently.
  ///   - output: is told what the script logs.
  ///   - limits: how much a project's script may use.
  /// - Throws: `Diagnostic` or ``RunError`` if the run's script or a secret cannot be had.
  init(
    again file: RunFile,
    projects: [Project],
    secrets: SecretOptions,
    output: OutputOptions,
    limits: LuaLimits
  ) async throws {
    let (info, texts) = try RunError.wrapping { () throws(RunFileError) in
      (try file.info(), try file.sources())
    }
    guard !info.script.isAutomation, let source = ScriptSource(path: info.script.path, texts: texts)
    else {
      throw Diagnostic(
        "what an automation script recorded cannot be planned again project by project",
        advice: "run the script again: godwit run \(Shell.quoted(info.script.path))"
      )
    }
    var selection = Selection()
    selection.targets = projects.map {
      Selection.Target(project: $0.id.text, variables: $0.variables)
    }
    let typed = secrets.references
    var references: [String: String] = [:]
    for input in info.secrets {
      references[input.name] = try SecretBook.reference(of: input, typed, secrets.presets)
    }
    self.init(
      migration: try await Migration(source, pool: .watched(output), limits: limits),
      script: info.script.path,
      selection: selection,
      selectionText: "what drifted in \(info.id)",
      inputs: ScriptInputs(of: info),
      references: references,
      acceptsReadableSecretFiles: secrets.acceptReadableSecretFiles,
      escrow: try info.escrow.map { escrow in
        EscrowReference(
          type: escrow.type,
          field: escrow.field,
          reference: try SecretBook.reference(of: escrow.secret, typed, secrets.presets)
        )
      },
      flags: info.flags,
      expirySeconds: info.expirySeconds
    )
  }
}

extension ScriptInputs {
  /// The inputs that a run was planned with.
  init(of run: RunInfo) {
    self.init(secretNames: Set(run.secrets.map(\.name)))
    let typedNames = Set(run.typedParameters)
    for (name, value) in run.parameters {
      if typedNames.contains(name) {
        typed[name] = value
      } else {
        fromFile[name] = value
      }
    }
  }
}
