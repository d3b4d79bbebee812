import ArgumentParser
import Foundation
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// `godwit runs prune`.
struct RunsPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove old runs that have no open work.",
    discussion: """
      Removes incomplete plans, plans without changes and finished runs that are kept here and \
      older than the given age. A run with open work stays: a plan that can be applied, and a run \
      that has begun and has not finished. The list is shown, and the number of runs is asked for.
      """
  )

  @Option(
    name: .customLong("older-than"),
    help: ArgumentHelp("The age from which runs are removed (default: 30d).", valueName: "duration")
  )
  var olderThan: Span?

  @Flag(name: .long, help: "Do not ask.")
  var yes = false

  @OptionGroup(title: "Output") var output: OutputOptions

  /// A run that can be removed, and why.
  private struct Prunable {
    var path: String
    var why: String
  }

  mutating func run() async throws {
    let command = self
    try await Console.run(output) {
      let found = try command.prunable()
      guard !found.isEmpty else {
        Console.output("No run to remove.\n")
        return .success
      }
      for run in found {
        Console.output("  \(Console.escaped(RunFolder.reference(to: run.path)))  \(run.why)\n")
      }
      try command.confirm(found.count)
      for run in found { try FileManager.default.removeItem(atPath: run.path) }
      Console.output("Removed \(found.count == 1 ? "1 run" : "\(found.count) runs").\n")
      return .success
    }
  }

  private func prunable() throws -> [Prunable] {
    let limit = RunFile.systemClock() / 1000 - (olderThan ?? Span(seconds: 30 * 86_400)).seconds
    return try RunFolder.files().compactMap { path in
      // A -wal belongs to a run that is open, or that was killed and is to be resumed.
      guard !FileManager.default.fileExists(atPath: path + "-wal"),
        let file = try? RunFile.openForReading(path)
      else { return nil }
      defer { try? file.close() }
      guard let info = try? file.info(), info.createdSeconds <= limit,
        let why = Self.why(info, try RunPrinter(file: file, style: output.style).summary())
      else { return nil }
      return Prunable(path: path, why: why)
    }
  }

  /// Why a run can be removed; `nil` for one that has open work.
  private static func why(_ info: RunInfo, _ summary: RunSummary) -> String? {
    switch info.phase {
    case .planning: "incomplete plan"
    case .planned: summary.pendingOperations == 0 ? "plan without changes" : nil
    case .applying: nil
    case .finished: summary.totals[.inDoubt] == 0 ? "finished" : nil
    }
  }

  private func confirm(_ count: Int) throws {
    guard !yes else { return }
    guard Console.isTerminal(STDIN_FILENO) else {
      throw RunError(
        Diagnostic(
          "stdin is not a terminal, so that nobody can be asked; nothing was removed",
          advice: "add --yes to remove without the question"
        )
      )
    }
    let noun = count == 1 ? "this run" : "these \(count) runs"
    let answer = Console.ask("Remove \(noun)? Type \(count) to continue: ", until: StopSignal())
    guard answer == "\(count)" else {
      throw RunError(
        Diagnostic(
          "the number you typed does not match: \(count) was expected; nothing was removed"
        )
      )
    }
  }
}
