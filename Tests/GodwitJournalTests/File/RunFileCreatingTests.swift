import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

@Suite struct RunFileCreatingTests {
  @Test func `makes a file that only its owner can read`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(folder.names == ["a.godwit"])
    }
  }

  @Test func `never overwrites`() async throws {
    try await TemporaryFolder.with { folder in
      try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("a")))
      let error = try await runFileError {
        _ = try RunFile.create(at: folder.file("a"), sources: [:], key: [])
      }
      #expect(error.kind == .exists)
      #expect(FileManager.default.contents(atPath: folder.file("a")) == Data("mine".utf8))
    }
  }

  @Test func `says why a file cannot be made`() async throws {
    try await TemporaryFolder.with { folder in
      let error = try await runFileError {
        _ = try RunFile.create(at: folder.file("none/a"), sources: [:], key: [])
      }
      #expect(error.kind == .notWritable)
      #expect(error.detail.contains("No such file"))
    }
  }

  @Test func `hands out selected projects in order, and only what is not planned`() async throws {
    try await TemporaryFolder.with { folder in
      let file = try RunFile.create(at: folder.file("a"), sources: [:], key: [])
      try await file.add((1...5).map(Sample.project))
      let first = try await file.selected(after: 0, limit: 2)
      #expect(first.map(\.position) == [1, 2])
      #expect(first.map(\.project) == [Sample.project(1), Sample.project(2)])
      try await file.record([(1, Sample.plan(1, .skipped))], refused: [2, 4])
      let rest = try await file.selected(after: 0, limit: 9)
      #expect(rest.map(\.position) == [3, 5])
      #expect(try file.projectCount() == 3)
      try file.close()
    }
  }

  @Test func `a project that is listed twice is there once`() async throws {
    try await TemporaryFolder.with { folder in
      let file = try RunFile.create(at: folder.file("a"), sources: [:], key: [])
      try await file.add([Sample.project(1), Sample.project(2)])
      try await file.add([Sample.project(2), Sample.project(3), Sample.project(3)])
      #expect(try file.projectCount() == 3)
      let missing = ProjectPlan(
        project: Project(id: ProjectID("x"), name: "x", organization: OrganizationID("")),
        outcome: .notFound
      )
      try await file.addNotFound([missing, missing])
      #expect(try file.projectCount() == 4)
      try file.close()
    }
  }

  @Test func `totals are those of the plan until the first write`() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.file("a")
      let file = try RunFile.create(at: path, sources: [:], key: [])
      try await file.add((1...8).map(Sample.project))
      #expect(try file.totals() == Totals(selected: 8, counts: [.notStarted: 8]))
      let outcomes: [ProjectOutcome] = [
        .changed, .changed, .unchanged, .skipped, .held, .manual, .failed,
      ]
      try await file.record(
        outcomes.enumerated().map { ($0.offset + 1, Sample.plan($0.offset + 1, $0.element)) },
        refused: []
      )
      var expected = Totals(
        selected: 8,
        counts: [
          .changed: 2, .unchanged: 1, .skipped: 1, .held: 1, .manual: 1, .failed: 1, .notStarted: 1,
        ]
      )
      #expect(try file.totals() == expected)
      try await file.record([], refused: [8])
      try await file.addNotFound([
        ProjectPlan(
          project: Project(id: ProjectID("x"), name: "x", organization: OrganizationID("")),
          outcome: .notFound,
          reason: "no such project"
        )
      ])
      try await file.finishPlanning(Sample.info())
      try file.close()
      expected[.notStarted] = 0
      expected[.notFound] = 1
      let reading = try RunFile.openForReading(path)
      let totals = try reading.totals()
      #expect(totals.isBalanced)
      for outcome in ProjectOutcome.allCases { #expect(totals[outcome] == expected[outcome]) }
      try reading.close()
    }
  }

  @Test func `records come by name, and one by its id or its name`() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.file("a")
      try await Sample.write([3, 1, 2].map { Sample.changed($0) }, to: path)
      let file = try RunFile.openForReading(path)
      var names: [String] = []
      try file.forEachRecord { names.append($0.project.name) }
      #expect(names == ["project-1001", "project-1002", "project-1003"])
      for wanted in ["project-1002", Sample.project(2).id.text] {
        var found: [ProjectRecord] = []
        try file.forEachRecord(project: wanted) { found.append($0) }
        #expect(found == [ProjectRecord(planned: Sample.changed(2))])
      }
      var count = 0
      try file.forEachRecord(project: "none") { _ in count += 1 }
      #expect(count == 0)
      try file.close()
    }
  }

  @Test func `a plan that was cut short can be listed and not applied`() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.file("a")
      let file = try RunFile.create(at: path, sources: [:], key: [])
      try await file.add([Sample.project(1)])
      let none = try await runFileError { _ = try file.info() }
      #expect(none.kind == .wrongPhase)
      try await file.recordIncomplete(Sample.info())
      try file.close()
      let reading = try RunFile.openForReading(path)
      #expect(try reading.info().phase == .planning)
      try reading.close()
      let error = try await runFileError { _ = try RunFile.openForApplying(path) }
      #expect(error.kind == .wrongPhase)
      #expect(error.detail.contains("incomplete"))
      #expect(folder.names == ["a"])
    }
  }
}
