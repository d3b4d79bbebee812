import Foundation
import GodwitCore
import Testing

@testable import GodwitReport

@Suite
struct HostileTextTests {
  /// A run in which every text that comes from outside is the given one.
  private func run(_ text: String) -> (summary: RunSummary, records: [ProjectRecord]) {
    var info = Estate.info()
    info.parameters = [text: .string(text), "list": [.string(text)]]
    info.remarks = [text]
    info.script.summary = text
    info.selection = text
    info.target.organizations[0].name = text
    let position = ScriptPosition(file: text, line: 7)
    var move = Estate.move(tail: "9abc", from: .string(text))
    move.changes.append(FieldChange(field: text, before: nil, after: [text: [.string(text)]]))
    move.position = position
    var removal = Estate.removal(tail: "9abc")
    removal.lostSecrets = [text]
    removal.target = .integration(IntegrationType(text))
    let task = PersonTask(title: text, url: text, detail: text)
    let log = LogLine(level: .warn, message: text, position: position)
    let plans = ProjectOutcome.allCases.enumerated().map { index, outcome in
      ProjectPlan(
        project: Estate.project(index, name: text),
        outcome: outcome,
        reason: outcome == .changed ? nil : text,
        advice: text,
        position: position,
        operations: outcome == .changed || outcome == .held ? [move, removal] : [],
        tasks: [task],
        logs: [log],
        reads: ReadSet(images: [IntegrationType(text): [text: .string(text)]]),
        unchangedSecrets: [UnchangedSecret(type: IntegrationType(text), field: text, tail: text)]
      )
    }
    let records = plans.map { ProjectRecord(planned: $0) }
    return (Estate.summary(records, info: info), records)
  }

  @Test(arguments: Hostile.texts)
  func `nothing from outside can paint a terminal`(text: String) {
    let (summary, records) = run(text)
    var all = [RunText.plan(summary), RunText.applied(summary), RunText.question(summary)]
    all += records.map { RunText.project($0, info: summary.info) + RunText.line($0) }
    if let group = GroupReport(1, in: summary) { all += [group.head()] + records.map(group.line) }
    all.append(
      RunsList([RunsList.Row(info: summary.info, totals: summary.totals, file: text)]).text()
    )
    for text in all {
      #expect(Hostile.unsafeScalars(in: text).isEmpty)
      for line in text.split(separator: "\n") { #expect(line.unicodeScalars.count < 9000) }
    }
  }

  @Test(arguments: Hostile.texts)
  func `JSON stays JSON, and says what was there`(text: String) throws {
    let (summary, records) = run(text)
    var document = ""
    var writer = RunJSON(info: summary.info) { document += $0 }
    for record in records { writer.add(record) }
    writer.finish(totals: summary.totals)
    #expect(Hostile.unsafeScalars(in: document).isEmpty)
    let object = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any]
    let projects = try #require(object?["projects"] as? [[String: Any]])
    #expect(projects.count == records.count)
    for project in projects {
      let name = try #require(project["name"] as? String)
      #expect(name.unicodeScalars.elementsEqual(text.unicodeScalars))
    }
  }

  @Test(arguments: Hostile.texts)
  func `CSV stays one line a project, without formulas`(text: String) throws {
    let (_, records) = run(text)
    var document = ""
    let writer = RunCSV { document += $0 }
    for record in records { writer.add(record) }
    let rows = CSVReader.rows(document)
    #expect(rows.count == records.count + 1)
    #expect(document.unicodeScalars.count { $0 == "\n" } == rows.count)
    for row in rows {
      #expect(row.count == RunCSV.columns.count)
      for cell in row {
        let first = cell.drop { $0 == " " }.first
        #expect(!(first.map { "=+-@\t\r＝＋－＠".contains($0) } ?? false), "\(cell)")
      }
    }
  }

  @Test(arguments: Hostile.texts)
  func `Markdown keeps its tables and holds no foreign HTML`(text: String) {
    let (summary, records) = run(text)
    var document = ""
    let writer = RunMarkdown(summary) { document += $0 }
    for record in records { writer.add(record) }
    writer.finish()
    #expect(Hostile.unsafeScalars(in: document).isEmpty)
    var bars = 0
    for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("|---") { bars = line.count { $0 == "|" } }
      if !line.hasPrefix("|") { bars = 0 }
      if bars > 0 { #expect(line.count { $0 == "|" } == bars, "\(line)") }
      #expect(!line.contains("`"))
    }
    for piece in document.split(separator: "<").dropFirst() {
      let isOwn = ["code>", "/code>", "br>", "https://"].contains { piece.hasPrefix($0) }
      #expect(isOwn, "\(piece)")
    }
  }

  @Test(arguments: Hostile.texts)
  func `a log line is one line, above the progress`(text: String) {
    for format in ProgressLine.LogFormat.allCases {
      let screen = Screen()
      let progress = screen.progress(isTerminal: false, logFormat: format)
      progress.receive(.began(stage: text, projects: 3))
      progress.receive(.logged(project: text, LogLine(level: .info, message: text, position: nil)))
      progress.receive(.remark(text))
      #expect(Hostile.unsafeScalars(in: screen.text).isEmpty)
      #expect(screen.text.unicodeScalars.count { $0 == "\n" } == 2)
    }
  }
}

/// A reader of CSV by RFC 4180, written from its grammar.
enum CSVReader {
  static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var isQuoted = false
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      switch (isQuoted, scalar) {
      case (true, "\"") where next == "\"":
        cell += "\""
        index += 1
      case (true, "\""): isQuoted = false
      case (false, "\""): isQuoted = true
      case (false, ","):
        row.append(cell)
        cell = ""
      case (false, "\r") where next == "\n":
        rows.append(row + [cell])
        (row, cell) = ([], "")
        index += 1
      default: cell.unicodeScalars.append(scalar)
      }
      index += 1
    }
    return rows
  }
}
