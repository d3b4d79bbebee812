import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit plan SCRIPT`.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a migration would do, without writing, and keep it in a run file.",
    discussion: """
      Every chosen project runs the script: its reads are real, its writes are recorded. The last \
      line printed is the command that applies what was recorded.
      """
  )

  @Argument(help: "The migration, a Lua file.")
  var script: String

  @OptionGroup var plan: PlanOptions
  @Option(
    name: .customLong("max-failures"),
    help: ArgumentHelp(
      "Stop once this many projects have failed (default: 10%, at least 10).",
      valueName: "n|n%"
    ),
    transform: FailureLimit.parse
  )
  var maxFailures: FailureLimit?

  @OptionGroup var limits: ScriptOptions
  @OptionGroup(title: "Where to") var connection: ConnectionOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @Flag(
    name: .customLong("detailed-exitcode"),
    help: "Exit with 2 if changes are pending, with 7 if tasks for people are."
  )
  var detailedExitcode = false

  func run() async throws {
    try await Console.run(output) {
      let order = try await PlanOrder(
        script: script,
        options: plan,
        failureLimit: maxFailures,
        connection: connection,
        output: output,
        limits: limits.limits
      )
      let path = try await Planning(order: order, connection: connection, output: output).run()
      let file = try RunError.wrapping { () throws(RunFileError) in
        try RunFile.openForReading(path)
      }
      let printer = RunPrinter(file: file, style: output.style)
      let summary = try printer.summary()
      try printer.print(output.output == .json ? .json : .text, summary, isPlan: true)
      if output.output == .text { Console.output(nextStep(summary, path)) }
      return summary.exitStatus(isPlan: true, isDetailed: detailedExitcode)
    }
  }

  private func nextStep(_ summary: RunSummary, _ path: String) -> String {
    guard summary.pendingOperations > 0 else {
      return summary.selected == 0
        ? "\nNo project is left to plan.\n" : "\nNothing to apply: no changes are pending.\n"
    }
    guard summary.info.secrets.allSatisfy(\.isResolved) else {
      return "\nPlanned without secrets, for looking only: plan with them to apply.\n"
    }
    // A guard's way past is not offered for copying: `apply` names it when it is needed.
    let run =
      RunFolder.reference(to: path) + SecretOptions.repeated(summary.info.secrets)
      + ConnectionOptions.repeated(for: summary.info, typed: connection)
    return "\nTo apply exactly this:\n  godwit apply \(run)\n"
  }
}
