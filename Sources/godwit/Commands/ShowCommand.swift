import ArgumentParser
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit show RUN`.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a run again: all of it, one project, or all projects of a group."
  )

  @Argument(help: "A run, by file, name, unique beginning of a name, or latest.")
  var run: String

  @Option(
    name: .long,
    help: ArgumentHelp("One project, with the script's lines.", valueName: "id|name")
  )
  var project: String?

  @Option(name: .long, help: ArgumentHelp("All projects of a group.", valueName: "n"))
  var group: Int?

  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if project != nil, group != nil {
      throw ValidationError("--project and --group exclude each other.")
    }
  }

  mutating func run() async throws {
    let command = self
    try await Console.run(output) {
      let path = try RunFolder.resolve(command.run)
      let file = try RunError.wrapping { () throws(RunFileError) in
        try RunFile.openForReading(path)
      }
      let printer = RunPrinter(file: file, style: command.output.style)
      try printer.tellOfLostCommits(command.output)
      if let project = command.project { return try command.show(project, printer) }
      let summary = try printer.summary()
      if let group = command.group { return try command.show(group, printer, summary) }
      try printer.print(
        command.output.output == .json ? .json : .text,
        summary,
        isPlan: summary.info.phase == .planned
      )
      return .success
    }
  }

  private func show(_ project: String, _ printer: RunPrinter) throws -> ExitStatus {
    var records: [ProjectRecord] = []
    let info = try RunError.wrapping { () throws(RunFileError) in
      try printer.file.forEachRecord(project: project) { records.append($0) }
      return try printer.file.info()
    }
    guard !records.isEmpty else {
      var names: [String] = []
      try printer.forEachRecord { if names.count < 10_000 { names.append($0.project.name) } }
      let nearest = Suggestion.nearest(to: project, in: names)
      throw RunError(
        Diagnostic(
          "the run has no project \"\(project)\"",
          advice: nearest.map { "did you mean \"\($0)\"?" } ?? "`godwit show` lists the groups"
        )
      )
    }
    if output.output == .json {
      var json = RunJSON(info: info, write: Console.output)
      var totals = Totals(selected: records.count)
      for record in records {
        json.add(record)
        totals[record.outcome] += 1
      }
      json.finish(totals: totals)
    } else {
      let texts = records.map { RunText.project($0, info: info, style: printer.style) }
      Console.output(texts.joined(separator: "\n"))
      try printer.printResolutions(project: project)
    }
    return .success
  }

  private func show(
    _ number: Int,
    _ printer: RunPrinter,
    _ summary: RunSummary
  ) throws -> ExitStatus {
    guard let group = GroupReport(number, in: summary) else {
      throw RunError(
        Diagnostic(
          "the run has no group \(number)",
          advice: summary.groups.isEmpty
            ? "it has no groups" : "it has groups 1 to \(summary.groups.count)"
        )
      )
    }
    Console.output(group.head(style: printer.style))
    try printer.forEachRecord { record in
      if group.contains(record) { Console.output(group.line(record)) }
    }
    return .success
  }
}
