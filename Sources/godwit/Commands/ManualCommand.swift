import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit manual RUN`.
struct ManualCommand: AsyncParsableCommand {
  /// The form of the list.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case text, markdown, csv, json
  }

  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "List what only people can do, with addresses.",
    discussion: """
      What Atlas lets only a person do, and what a script asked for, is a task of the plan. Hand \
      the list out, plan again when it is done: the projects then go on.
      """
  )

  @Argument(help: "A run, by file, name, unique beginning of a name, or latest.")
  var run: String

  @Option(name: [.customShort("o"), .long], help: "The form of the list.")
  var output: Form = .text

  @Flag(name: .customLong("no-color"), help: "Write without colours (as does NO_COLOR).")
  var noColor = false

  mutating func run() async throws {
    let command = self
    var options = OutputOptions()
    options.output = .text
    options.logFormat = .text
    options.noColor = noColor
    let style = options.style
    try await Console.run(options) {
      let path = try RunFolder.resolve(command.run)
      let file = try RunError.wrapping { () throws(RunFileError) in
        try RunFile.openForReading(path)
      }
      let printer = RunPrinter(file: file, style: style)
      var tasks = TaskList(info: try printer.summary().info)
      try printer.forEachRecord { tasks.add($0) }
      switch command.output {
      case .text: Console.output(tasks.text(style: style))
      case .markdown: Console.output(tasks.markdown())
      case .csv: Console.output(tasks.csv())
      case .json: Console.output(tasks.json())
      }
      return .success
    }
  }
}
