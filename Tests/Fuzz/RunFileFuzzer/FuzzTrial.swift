import Foundation
import GodwitCore
import GodwitJournal
import GodwitReport

/// Reads a run file with all that reads runs, then carries a little of it out.
struct FuzzTrial {
  let path: String
  /// Whether a reader may write, to undo what a rollback journal holds.
  let mayRollBack: Bool

  /// How far the program came with the file.
  private(set) var wasRead = false
  private(set) var wasApplied = false

  init(path: String, mayRollBack: Bool) {
    self.path = path
    self.mayRollBack = mayRollBack
  }

  /// Tries everything.
  ///
  /// - Returns: what went wrong; `nil` if all ended in answers or in errors about the file.
  mutating func run() async -> String? {
    let before = contents
    do {
      let file = try RunFile.openForReading(path)
      try read(file)
      try file.close()
      wasRead = true
    } catch is RunFileError {
    } catch {
      return "reading threw \(type(of: error)): \(error)"
    }
    if !mayRollBack, contents != before { return "a reader wrote to the file" }
    do {
      let file = try RunFile.openForApplying(path, mayTakeOver: true)
      do { try await apply(file) } catch {
        try? file.close()
        throw error
      }
      try file.close()
      wasApplied = true
    } catch is RunFileError {
    } catch {
      return "applying threw \(type(of: error)): \(error)"
    }
    return nil
  }

  private var contents: Data? { FileManager.default.contents(atPath: path) }

  private func read(_ file: RunFile) throws {
    var sink = 0
    func take(_ text: String) { sink &+= text.utf8.count }
    let info = try file.info()
    _ = try file.secretKey()
    _ = try file.sources()
    _ = try file.isPartedFromWAL()
    take(RunsList([RunsList.Row(info: info, totals: try file.totals(), file: path)]).text())
    take(RunsList([RunsList.Row(info: info, totals: try file.totals(), file: path)]).json())
    var summary = RunSummary(info: info)
    summary.selected = try file.projectCount()
    var records: [ProjectRecord] = []
    try file.forEachRecord { records.append($0) }
    for record in records { summary.add(record) }
    take(RunText.plan(summary))
    take(RunText.applied(summary))
    take(RunText.question(summary))
    var json = RunJSON(info: info, write: take)
    let markdown = RunMarkdown(summary, write: take)
    let csv = RunCSV(write: take)
    var tasks = TaskList(info: info)
    for record in records {
      json.add(record)
      markdown.add(record)
      csv.add(record)
      tasks.add(record)
      take(RunText.project(record, info: info))
    }
    json.finish(totals: summary.totals)
    markdown.finish()
    for text in [tasks.text(), tasks.markdown(), tasks.csv(), tasks.json()] { take(text) }
    for number in 1...max(1, min(10, summary.groups.count)) {
      guard let group = GroupReport(number, in: summary) else { continue }
      take(group.head())
      for record in records where group.contains(record) { take(group.line(record)) }
    }
    try? FileManager.default.removeItem(atPath: path + ".copy")
    try file.copy(to: path + ".copy")
  }

  private func apply(_ file: RunFile) async throws {
    try read(file)
    let retrying: Set<ProjectOutcome> = [.failed, .held]
    _ = try file.pendingOperations(retrying: retrying)
    let pending = try await file.pending(after: .min, limit: 100, retrying: retrying)
    let writer = JournalWriter(file: file)
    for project in pending.prefix(2) {
      guard let number = project.record.operations.first?.operation.number else { continue }
      _ = try await file.notes(sinceLastOf: number, at: project.position)
      for event in [
        JournalEntry.Event.intent(image: [:], stamp: nil, isRepeat: false),
        .outcome(.done, image: nil, note: nil),
      ] {
        try await writer.append([
          JournalEntry(position: project.position, number: number, event: event)
        ])
      }
    }
    _ = try await file.pending(after: .min, limit: 100, retrying: retrying)
    try await file.finishIfNothingIsOpen()
  }
}
