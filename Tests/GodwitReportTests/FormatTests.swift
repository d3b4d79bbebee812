import Foundation
import GodwitCore
import GodwitReport
import Testing

@Suite
struct FormatTests {
  /// A few projects of every kind, so that golden files stay readable.
  private let records = [1, 5, 6, 10, 20, 30, 84, 86, 90, 100, 105, 109, 110, 120, 160].map {
    Estate.applied()[$0 - 1]
  }

  private func json(_ records: [ProjectRecord]) -> String {
    let summary = Estate.summary(records, info: Estate.info(phase: .applying))
    var text = ""
    var writer = RunJSON(info: summary.info) { text += $0 }
    for record in records { writer.add(record) }
    writer.finish(totals: summary.totals)
    return text
  }

  @Test
  func `JSON reads as recorded`() throws {
    try Golden.expect(json(records), matches: "run.json")
  }

  @Test
  func `JSON has the keys that are promised`() throws {
    let data = Data(json(records).utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["formatVersion"] as? Int == 1)
    #expect(object["run"] as? String == "2026-11-21-1504-datadog-region-move-7f3a")
    #expect(object["tool"] as? String == "0.1.0")
    let totals = try #require(object["totals"] as? [String: Int])
    #expect(
      Set(totals.keys) == [
        "selected", "changed", "unchanged", "skipped", "held", "manual", "failed", "notFound",
        "inDoubt", "notStarted",
      ]
    )
    #expect(totals["selected"] == totals.values.reduce(0, +) - (totals["selected"] ?? 0))
    let projects = try #require(object["projects"] as? [[String: Any]])
    #expect(projects.count == records.count)
    for project in projects {
      let promised: Set = [
        "id", "name", "orgId", "outcome", "reason", "at", "operations", "tasks",
      ]
      #expect(promised.isSubset(of: project.keys))
    }
  }

  @Test
  func `JSON without projects is whole`() throws {
    let object = try JSONSerialization.jsonObject(with: Data(json([]).utf8)) as? [String: Any]
    #expect((object?["projects"] as? [Any])?.isEmpty == true)
  }

  @Test
  func `CSV reads as recorded`() throws {
    var text = ""
    let writer = RunCSV { text += $0 }
    for record in records { writer.add(record) }
    try Golden.expect(text, matches: "run.csv")
  }

  @Test(arguments: ["plan.md", "applied.md"])
  func `Markdown reads as recorded`(file: String) throws {
    let records = file == "plan.md" ? Estate.planned() : Estate.applied()
    let phase: RunInfo.Phase = file == "plan.md" ? .planned : .applying
    let summary = Estate.summary(records, info: Estate.info(phase: phase))
    var text = ""
    let writer = RunMarkdown(summary) { text += $0 }
    for record in records { writer.add(record) }
    writer.finish()
    try Golden.expect(text, matches: file)
  }

  @Test
  func `runs are listed newest first`() throws {
    var old = Estate.info(phase: .finished)
    old.id = "2026-10-02-0900-datadog-region-move-11aa"
    old.createdSeconds -= 50 * 86_400
    var broken = Estate.info(phase: .planning)
    broken.id = "2026-11-21-1459-datadog-region-move-90fe"
    broken.createdSeconds -= 300
    let totals = Estate.summary(Estate.planned()).totals
    let list = RunsList([
      RunsList.Row(info: old, totals: totals, file: ".godwit/runs/\(old.id).godwit"),
      RunsList.Row(info: broken, totals: nil, file: ".godwit/runs/\(broken.id).godwit"),
      RunsList.Row(info: Estate.info(), totals: totals, file: "move.godwit"),
    ])
    try Golden.expect(list.text(), matches: "runs.txt")
    try Golden.expect(list.json(), matches: "runs.json")
    #expect(RunsList([]).text() == "No runs are kept here.\n")
    #expect(try JSONSerialization.jsonObject(with: Data(RunsList([]).json().utf8)) is [String: Any])
  }

  @Test
  func `a report shows masks and references where secrets are`() {
    let text = json(records)
    #expect(text.contains("\"after\":\"****77e0\""))
    #expect(text.contains("\"after\":\"<secret password>\""))
  }
}
