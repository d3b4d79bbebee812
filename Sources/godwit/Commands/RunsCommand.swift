import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit runs`.
struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs kept here, newest first; copy or remove runs.",
    subcommands: [RunsListCommand.self, RunsCopyCommand.self, RunsPruneCommand.self],
    defaultSubcommand: RunsListCommand.self
  )
}

/// `godwit runs list`.
struct RunsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the runs kept here, newest first."
  )

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    try await Console.run(output) {
      var rows: [RunsList.Row] = []
      for path in try RunFolder.files() {
        do throws(RunFileError) {
          let file = try RunFile.openForReading(path)
          rows.append(RunsList.Row(info: try file.info(), totals: try file.totals(), file: path))
          try file.close()
        } catch {
          Console.tell(Diagnostic(error.description, severity: .warning), output)
        }
      }
      let list = RunsList(rows)
      if output.output == .json {
        Console.output(list.json())
      } else if rows.isEmpty {
        Console.output("No runs are kept here; `godwit plan` makes one.\n")
      } else {
        Console.output(list.text(style: output.style))
      }
      return .success
    }
  }
}

/// `godwit runs copy RUN DEST`.
struct RunsCopyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy",
    abstract: "Copy a run safely at any time, also while it is being applied.",
    discussion: """
      The copy is another file: two people who resume two copies are kept apart by reading back \
      only.
      """
  )

  @Argument(help: "A run, by file, name, unique beginning of a name, or latest.")
  var run: String

  @Argument(help: "The new file, which must not exist.")
  var destination: String

  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func run() async throws {
    let command = self
    try await Console.run(output) {
      let path = try RunFolder.resolve(command.run)
      try RunError.wrapping { () throws(RunFileError) in
        let file = try RunFile.openForReading(path)
        try file.copy(to: command.destination)
        try file.close()
      }
      Console.output("Copied to \(command.destination).\n")
      return .success
    }
  }
}
