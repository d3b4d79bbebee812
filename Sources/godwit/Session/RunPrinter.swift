import Foundation
import GodwitCore
import GodwitJournal
import GodwitReport
import GodwitRun

/// Turns a run file into what a command prints.
struct RunPrinter {
  /// The forms of `report`.
  enum Form: String, CaseIterable {
    case text, json, markdown, csv
  }

  let file: RunFile
  let style: TextStyle

  /// The run folded into groups and totals.
  ///
  /// - Throws: ``RunError`` if the file cannot be read, or with status 70 if the totals do not
  ///   balance.
  func summary() throws -> RunSummary {
    do throws(RunFileError) {
      var summary = RunSummary(info: try file.info())
      summary.selected = try file.projectCount()
      var folded = summary
      try file.forEachRecord { folded.add($0) }
      summary = folded
      guard summary.totals.isBalanced else {
        throw RunFileError(.damaged, path: file.path, detail: "the totals do not balance")
      }
      return summary
    } catch {
      let isDefect = error.detail == "the totals do not balance"
      throw RunError(error, status: isDefect ? .defect : .couldNotStart)
    }
  }

  /// Says it on stderr where commits of the run may be missing, so that less is shown than was done.
  func tellOfLostCommits(_ output: OutputOptions) throws {
    guard try RunError.wrapping({ () throws(RunFileError) in try file.isPartedFromWAL() }) else {
      return
    }
    let name = RunFolder.reference(to: file.path)
    Console.tell(
      .lostCommits(
        .isMissing,
        advice: "more may have been written; `godwit resume \(name)` reads it back"
      ),
      output
    )
  }

  /// Prints the run in a form.
  func print(_ form: Form, _ summary: RunSummary, isPlan: Bool) throws {
    switch form {
    case .text:
      if summary.info.phase == .planning {
        Console.output(RunText.incomplete(summary, style: style))
      } else {
        Console.output(
          isPlan ? RunText.plan(summary, style: style) : RunText.applied(summary, style: style)
        )
      }
    case .json:
      var json = RunJSON(info: summary.info, write: Console.output)
      try forEachRecord { json.add($0) }
      json.finish(totals: summary.totals)
    case .markdown:
      let markdown = RunMarkdown(summary, write: Console.output)
      try forEachRecord { markdown.add($0) }
      markdown.finish()
    case .csv:
      let csv = RunCSV(write: Console.output)
      try forEachRecord { csv.add($0) }
    }
  }

  /// Shows what was planned and is applied next: on stdout, unless JSON of the outcome goes there.
  ///
  /// - Returns: the plan in groups and totals.
  /// - Throws: as ``summary()``.
  static func showPlan(at path: String, _ output: OutputOptions) throws -> RunSummary {
    let file = try RunError.wrapping { () throws(RunFileError) in
      try RunFile.openForReading(path)
    }
    defer { try? file.close() }
    let printer = RunPrinter(file: file, style: output.style)
    let summary = try printer.summary()
    if output.output == .text { try printer.print(.text, summary, isPlan: true) }
    Console.note("Planned as \(RunFolder.reference(to: path)).\n")
    return summary
  }

  /// Gives every record to `body`.
  func forEachRecord(_ body: (ProjectRecord) throws -> Void) throws {
    do throws(RunFileError) { try file.forEachRecord(body) } catch { throw RunError(error) }
  }
}

extension Diagnostic {
  /// What is said of a run file that was parted from its `-wal`, or whose `-wal` is damaged.
  static func lostCommits(_ trouble: RunFile.LogTrouble, advice: String) -> Diagnostic {
    Diagnostic(
      "the run file was not closed cleanly and its -wal is "
        + (trouble == .isMissing ? "not beside it" : "damaged"),
      severity: .warning,
      detail: "the last commits may be missing",
      advice: advice
    )
  }
}

extension RunError {
  /// Runs what may fail because of a run file.
  static func wrapping<Result>(
    _ body: () throws(RunFileError) -> Result
  ) throws(RunError) -> Result {
    do throws(RunFileError) { return try body() } catch { throw RunError(error) }
  }
}

extension RunSummary {
  /// How a command that looked at the whole run ends.
  ///
  /// - Parameters:
  ///   - isPlan: whether changes are still planned.
  ///   - isDetailed: whether pending changes and tasks are told by the status.
  /// - Returns: the worst of what holds.
  func exitStatus(isPlan: Bool, isDetailed: Bool = false) -> ExitStatus {
    let totals = totals
    var statuses: Set<ExitStatus> = []
    if isPlan, totals.selected > 0, totals[.failed] == totals.selected { return .couldNotStart }
    if totals[.failed] + totals[.notFound] > 0 { statuses.insert(.projectsFailed) }
    if totals[.held] > 0 { statuses.insert(.held) }
    if totals[.inDoubt] > 0 { statuses.insert(.inDoubt) }
    if isDetailed, isPlan, totals[.changed] > 0 { statuses.insert(.changesPending) }
    if isDetailed, totals[.manual] > 0 { statuses.insert(.tasksPending) }
    return ExitStatus.worst(statuses)
  }
}
