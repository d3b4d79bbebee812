import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit run SCRIPT`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run an automation script: dry, into a run file; --apply to go on and apply.",
    discussion: """
      The script runs once. Its reads are real, what it prints goes to stdout, its writes are \
      recorded, as a plan's are. With --apply they are then shown, asked about and applied with \
      every guard of `apply`.
      """
  )

  @Argument(help: "The automation, a Lua file.")
  var script: String

  @Flag(name: .long, help: "Show what was recorded, ask, and apply it.")
  var apply = false

  @OptionGroup(title: "Applying") var applying: ApplyOptions
  @OptionGroup(title: "Inputs") var inputs: AutomationOptions
  @OptionGroup var limits: ScriptOptions
  @OptionGroup(title: "Where to") var connection: ConnectionOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws {
    guard !applying.yes || apply else {
      throw ValidationError("--yes is for --apply: without it nothing is applied.")
    }
    guard !applying.acceptDrift else {
      throw ValidationError("--accept-drift is for migrations; run an automation again.")
    }
  }

  func run() async throws {
    try await Console.run(output, mayWrite: apply) {
      let ran = try await Automating(
        script: script,
        options: inputs,
        connection: connection,
        output: output,
        limits: limits.limits
      ).run()
      let summary = try show(ran.path)
      var statuses: Set<ExitStatus> = [summary.exitStatus(isPlan: true)]
      if !ran.failures.isEmpty { statuses.insert(.projectsFailed) }
      if apply, summary.pendingOperations > 0 {
        statuses.insert(
          try await Applying(
            path: ran.path,
            options: applying,
            connection: connection,
            secrets: inputs.secrets,
            output: output,
            isShown: true
          ).run()
        )
      }
      statuses.remove(.success)
      return ExitStatus.worst(statuses)
    }
  }

  /// Shows what was recorded on stderr, since stdout is the script's; nothing for a script that
  /// only reads.
  private func show(_ path: String) throws -> RunSummary {
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.openForReading(path)
    }
    defer { try? file.close() }
    let summary = try RunPrinter(file: file, style: output.errorStyle).summary()
    let isWorthShowing =
      summary.pendingOperations > 0 || summary.totals[.failed] + summary.totals[.held] > 0
    guard isWorthShowing else { return summary }
    Console.note("\n" + RunText.plan(summary, style: output.errorStyle))
    let name = RunFolder.reference(to: path)
    if apply {
      Console.note("Recorded as \(name).\n")
    } else if summary.pendingOperations > 0 {
      let flags =
        SecretOptions.repeated(summary.info.secrets)
        + ConnectionOptions.repeated(for: summary.info, typed: connection)
      Console.note("\nTo apply exactly this:\n  godwit apply \(name)\(flags)\n")
    }
    return summary
  }
}
