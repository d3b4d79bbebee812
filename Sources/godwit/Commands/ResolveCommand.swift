import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitRun

/// `godwit resolve RUN`.
struct ResolveCommand: AsyncParsableCommand {
  /// What a person saw.
  enum Seen: String, ExpressibleByArgument, CaseIterable {
    case landed
    case notLanded = "not-landed"
  }

  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Say what became of a write of which nothing tells.",
    discussion: """
      Some writes leave no trace by which reading back could tell whether they were made; they stay \
      in doubt. Look at the project in Atlas, say what you saw, then `resume`: what landed counts \
      as done, what did not is sent.
      """
  )

  @Argument(help: "A run, by file, name, unique beginning of a name, or latest.")
  var run: String

  @Option(name: .long, help: ArgumentHelp("The project.", valueName: "id|name"))
  var project: String

  @Option(
    name: .long,
    help: ArgumentHelp("The operation's number, as show --project prints it.", valueName: "n")
  )
  var operation: Int

  @Option(name: .customLong("as"), help: "What you saw.")
  var outcome: Seen

  @Flag(name: .customLong("take-over"), help: "Take a run over from another host that has died.")
  var takeOver = false

  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func run() async throws {
    let command = self
    try await Console.run(output) {
      let path = try RunFolder.resolve(command.run)
      let planKey = try PlanKeys().forApplying()
      let file = try RunError.wrapping { () throws(RunFileError) in
        try RunFile.openForApplying(path, mayTakeOver: command.takeOver, planKey: planKey)
      }
      let project: Project
      let again: String
      do {
        let printer = RunPrinter(file: file, style: command.output.style)
        project = try await DoubtResolution(file: file)
          .record(
            isMade: command.outcome == .landed,
            operation: command.operation,
            project: command.project
          )
        let info = try RunError.wrapping { () throws(RunFileError) in try file.info() }
        again =
          RunFolder.reference(to: path) + SecretOptions.repeated(info.secrets)
          + ConnectionOptions.repeated(for: info) + "\n"
          + (try printer.remarkOnGoingOn())
      } catch {
        try? file.close()
        throw error
      }
      try RunError.wrapping { () throws(RunFileError) in try file.close() }
      Console.output(
        """
        Operation \(command.operation) of project \(project.name) is recorded as \
        \(command.outcome.rawValue). Go on with:
          godwit resume \(again)
        """
      )
      return .success
    }
  }
}
