import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// `show`, `report`, `runs` and the forms of their output.
@Suite struct RunOutputTests {
  /// A plan of all outcomes, in `a.godwit`.
  private func withPlan(
    _ body: (Workplace, Atlas, RunDocument) async throws -> Void
  ) async throws {
    try await Atlas.with(projects: 40) { place, atlas in
      try place.write(Scripts.everyOutcome, to: "all.lua")
      let plan = try await place.godwit("plan", "all.lua", "--out", "a.godwit")
      expect(plan, endsWith: 3)
      try await body(place, atlas, try await place.document(of: "a.godwit"))
    }
  }

  // MARK: - Show

  @Test func `show prints the plan again, one project, or a group`() async throws {
    try await withPlan { place, _, run in
      let show = try await place.godwit("show", "a.godwit")
      expect(show, endsWith: 0)
      #expect(show.text.hasPrefix("Godwit plan"))
      for outcome in ["changed", "skipped", "held", "manual", "failed"] {
        let project = try #require(run.projects(in: outcome).first)
        let byID = try await place.godwit("show", "a.godwit", "--project", project.id)
        expect(byID, endsWith: 0)
        #expect(byID.text.contains(project.name) && byID.text.contains("outcome"))
        if outcome == "changed" || outcome == "failed" { #expect(byID.text.contains("all.lua:")) }
        let json = try await place.godwit("show", "a.godwit", "--project", project.id, "-o", "json")
        #expect(try json.document().projects.map(\.id) == [project.id])
      }
      let changed = run.projects(in: "changed")
      let group = try await place.godwit("show", "a.godwit", "--group", "1")
      expect(group, endsWith: 0)
      #expect(changed.contains { group.text.contains($0.id) })
    }
  }

  @Test func `show of what a run does not have names the nearest`() async throws {
    try await withPlan { place, _, run in
      let name = try #require(run.projects.first).name
      let project = try await place.godwit("show", "a.godwit", "--project", name + "x")
      expectRefusal(project, saying: [name + "x", "did you mean"])
      let group = try await place.godwit("show", "a.godwit", "--group", "99")
      expectRefusal(group, saying: ["no group 99", "groups 1 to"])
      let both = try await place.godwit("show", "a.godwit", "--group", "1", "--project", "x")
      expectRefusal(both, saying: ["exclude each other"], status: 64)
    }
  }

  // MARK: - Report

  @Test func `report has every project in each of its forms`() async throws {
    try await withPlan { place, _, run in
      let text = try await place.godwit("report", "a.godwit")
      let markdown = try await place.godwit("report", "a.godwit", "-o", "markdown")
      let csv = try await place.godwit("report", "a.godwit", "-o", "csv")
      let json = try await place.godwit("report", "a.godwit", "-o", "json")
      for report in [text, markdown, csv, json] {
        expect(report, endsWith: 0)
        #expect(report.errors.isEmpty)
        let missing = run.projects.filter { !report.text.contains($0.name) }
        #expect(missing.isEmpty, "\(missing.map(\.name)) in \(report)")
      }
      #expect(csv.text.hasPrefix("id,name,org,outcome,reason"))
      #expect(csv.text.split(separator: "\r\n").count == 41)
      #expect(markdown.text.hasPrefix("# "))
      #expect(try json.document().totals == run.totals)
      let unknown = try await place.godwit("report", "a.godwit", "-o", "xml")
      expectRefusal(unknown, saying: ["xml"], status: 64)
    }
  }

  // MARK: - Runs

  @Test func `runs lists what is kept, newest first, in text and JSON`() async throws {
    try await Atlas.with(projects: 5) { place, _ in
      let none = try await place.godwit("runs")
      expect(none, endsWith: 0)
      #expect(none.text.contains("No runs are kept here"))
      let key = ["--secret", "apiKey=env:DATADOG_KEY"]
      expect(try await place.start(["plan", "move.lua"] + key).finished(), endsWith: 0)
      let first = try #require(place.filesOfRuns().first)
      let name = String(first.dropLast(".godwit".count))
      expect(try await place.godwit("apply", name, "--yes"), endsWith: 0)
      expect(try await place.start(["plan", "move.lua"] + key).finished(), endsWith: 0)
      try place.write("garbage", to: ".godwit/runs/garbage.godwit")

      let text = try await place.godwit("runs")
      expect(text, endsWith: 0)
      #expect(text.errors.contains("garbage.godwit"), "what cannot be read is told beside")
      #expect(text.text.contains(name) && text.text.contains("finished"))
      let json = try await place.godwit("runs", "-o", "json")
      let value = try JSONValue(parsing: json.output)
      guard case .object(let object) = value, case .array(let runs)? = object["runs"] else {
        Issue.record("\(json)")
        return
      }
      #expect(object["formatVersion"] == .number(JSONNumber(1)))
      #expect(runs.count == 2)
    }
  }

  @Test func `runs copy makes a whole run and never overwrites`() async throws {
    try await withPlan { place, _, run in
      let copy = try await place.godwit("runs", "copy", "a.godwit", "b.godwit")
      expect(copy, endsWith: 0)
      #expect(try await place.document(of: "b.godwit").totals == run.totals)
      #expect(try place.mode(of: "b.godwit") == 0o600)
      let again = try await place.godwit("runs", "copy", "a.godwit", "b.godwit")
      expectRefusal(again, saying: ["b.godwit", "exists"])
      let missing = try await place.godwit("runs", "copy", "missing", "c.godwit")
      expectRefusal(missing, saying: ["missing"])
      let nowhere = try await place.godwit("runs", "copy", "a.godwit", "no/such/c.godwit")
      expectRefusal(nowhere, saying: ["no/such"])
    }
  }

  // MARK: - Forms

  @Test func `JSON has the keys that are promised`() async throws {
    try await withPlan { place, atlas, run in
      #expect(run.tool == (try await place.godwit("--version")).text.dropLast())
      #expect(run.script.path == "all.lua" && run.script.sha256.count == 64)
      #expect(run.target.baseURL == atlas.simulator.baseURL && run.target.api == "v2")
      #expect(atlas.simulator.credentials.publicKey.hasSuffix(run.target.credential.tail))
      #expect(run.target.organisations.map(\.projects).reduce(0, +) == 40)
      #expect(run.target.organisations.allSatisfy { !$0.id.isEmpty && !$0.name.isEmpty })
      let changed = try #require(run.projects(in: "changed").first)
      let operation = try #require(changed.operations.first)
      #expect(operation.verb == "delete" && operation.type == "DATADOG")
      #expect(operation.status == "planned" && !operation.grade.isEmpty)
      #expect(operation.at?.file == "all.lua" && operation.at?.line == 14)
      #expect(operation.changes.contains { $0.field == "apiKey" })
      #expect(run.projects(in: "skipped").contains { $0.reason == "passed over" })
      #expect(run.projects(in: "failed").allSatisfy { $0.reason?.contains("no luck") == true })
      #expect(run.projects(in: "manual").first?.tasks.map(\.title) == ["do it by hand"])
      #expect(run.projects(in: "held").contains { !$0.operations.isEmpty })

      let text = String(
        decoding: (try await place.godwit("show", "a.godwit", "-o", "json")).output,
        as: UTF8.self
      )
      let change = try #require(text.firstMatch(of: /\{[^{}]*"field":"apiKey"[^{}]*\}/))
      for key in ["\"before\":\"****", "\"after\":null"] { #expect(change.output.contains(key)) }
    }
  }

  @Test func `stdout is the result and stderr all else`() async throws {
    try await Atlas.with(projects: 10) { place, _ in
      try place.write(
        Scripts.migration("log.warn(\"careful with %s\", project.name)\nreturn skip(\"no\")"),
        to: "s.lua"
      )
      let plan = try await place.godwit(
        "plan",
        "s.lua",
        "--simulator",
        "--limit",
        "3",
        "-o",
        "json",
        "--log-format",
        "json"
      )
      expect(plan, endsWith: 0)
      _ = try plan.document()
      let lines = plan.errors.split(separator: "\n").filter { $0.contains("careful with") }
      #expect(lines.count == 3)
      for line in lines { _ = try JSONValue(parsing: Array(line.utf8)) }
      let text = try await place.godwit("plan", "s.lua", "--simulator", "--limit", "3")
      #expect(text.errors.contains("careful with"))
      #expect(!text.text.contains("\u{1B}[") && !text.errors.contains("\u{1B}["))
    }
  }

  @Test(arguments: [["-j", "1"], ["-j", "256"], ["--no-color"], ["--log-format", "json"]])
  func `a plan says the same however it is made`(arguments: [String]) async throws {
    try await Atlas.with(projects: 20) { place, _ in
      let words = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out"]
      let plain = try await place.start(words + ["a.godwit"]).finished()
      let other = try await place.start(words + ["b.godwit"] + arguments).finished()
      func body(_ finished: Finished) -> [Substring] {
        finished.text.split(separator: "\n").filter {
          !$0.contains("Godwit plan") && !$0.contains("expires") && !$0.contains("godwit apply")
        }
      }
      #expect(body(plain) == body(other))
      #expect(body(plain).count > 10)
    }
  }

  @Test func `exit codes tell of pending changes and tasks only when asked to`() async throws {
    try await Atlas.with(projects: 10) { place, _ in
      let manual = Scripts.migration("manual{ title = \"look\" }")
      try place.write(manual, to: "manual.lua")
      for (script, status) in [("move.lua", Int32(2)), ("manual.lua", 7)] {
        let words =
          ["plan", script] + (script == "move.lua" ? ["--secret", "apiKey=env:DATADOG_KEY"] : [])
        expect(try await place.start(words).finished(), endsWith: 0)
        expect(try await place.start(words + ["--detailed-exitcode"]).finished(), endsWith: status)
      }
    }
  }

  @Test(
    arguments: [
      ([], [:], true), (["--no-color"], [:], false), ([], ["NO_COLOR": "1"], false),
      ([], ["NO_COLOR": ""], true),
    ] as [([String], [String: String], Bool)]
  )
  func `there is colour on a terminal, unless it is not wanted`(
    arguments: [String],
    environment: [String: String],
    isColored: Bool
  ) async throws {
    try await Atlas.with(projects: 3) { place, _ in
      try await place.planMove()
      let terminal = try Terminal()
      let show = try place.start(
        ["show", "move.godwit"] + arguments,
        environment: environment,
        output: .terminal(terminal)
      )
      var text = ""
      // A terminal holds a few kilobytes only: it is read while the command writes.
      #expect(
        try await eventually {
          text += terminal.shown()
          return text.contains("not found")
        }
      )
      expect(try await show.finished(), endsWith: 0)
      #expect(text.contains("\u{1B}[") == isColored)
    }
  }
}
