import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit report RUN`.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Report a run: totals, failures by cause, tasks, all projects."
  )

  @Argument(help: "A run, by file, name, unique beginning of a name, or latest.")
  var run: String

  @Option(name: [.customShort("o"), .long], help: "The form of the report.")
  var output: RunPrinter.Form = .text

  @Flag(name: .customLong("no-color"), help: "Write without colours (as does NO_COLOR).")
  var noColor = false

  mutating func run() async throws {
    let command = self
    var options = OutputOptions()
    options.output = .text
    options.logFormat = .text
    options.noColor = noColor
    let shown = options
    let style = shown.style
    try await Console.run(shown) {
      let path = try RunFolder.resolve(command.run)
      let file = try RunError.wrapping { () throws(RunFileError) in
        try RunFile.openForReading(path)
      }
      let printer = RunPrinter(file: file, style: style)
      try printer.tellOfLostCommits(shown)
      let summary = try printer.summary()
      let isPlan = summary.info.phase == .planned
      try printer.print(command.output, summary, isPlan: isPlan)
      if command.output == .text {
        Console.output("\nProjects:\n")
        try printer.forEachRecord { Console.output(RunText.line($0, style: style)) }
        try printer.printResolutions()
      }
      return .success
    }
  }
}

extension RunPrinter.Form: ExpressibleByArgument {}
