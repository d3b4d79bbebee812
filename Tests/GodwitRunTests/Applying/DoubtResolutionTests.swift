import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

/// What a person may say of a project with two writes, and until when.
@Suite struct DoubtResolutionTests {
  private static let project = Project(
    id: ProjectID("5f0000000000000000000001"),
    name: "shop",
    organization: OrganizationID("5f00000000000000000000aa")
  )

  /// Lends a run of one project with two operations, open for applying, and its journal.
  private static func with(
    _ body: (DoubtResolution, JournalWriter, RunFile) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.file("a.godwit")
      let file = try RunFile.create(
        at: path,
        sources: ["a.lua": Array("".utf8)],
        key: Array(0..<32)
      )
      try await file.add([project])
      let plan = ProjectPlan(
        project: project,
        outcome: .changed,
        operations: [Sample.move, Sample.page]
      )
      try await file.record([(position: 1, plan: plan)], refused: [])
      try await file.finishPlanning(info)
      try file.close()
      let open = try RunFile.openForApplying(path)
      defer { try? open.close() }
      try await body(DoubtResolution(file: open), JournalWriter(file: open), open)
    }
  }

  private static let info = RunInfo(
    id: "a",
    createdSeconds: 0,
    phase: .planned,
    toolVersion: "test",
    script: ScriptInfo(path: "a.lua", name: "a", summary: "", sha256: "", hasVerify: false),
    target: RunTarget(baseURL: "http://127.0.0.1:1", credentialKind: "", credentialTail: "")
  )

  private static func intent(_ number: Int) -> JournalEntry {
    JournalEntry(
      position: 1,
      number: number,
      event: .intent(image: nil, stamp: nil, isRepeat: false)
    )
  }

  private static func doubt(_ number: Int) -> [JournalEntry] {
    [
      JournalEntry(
        position: 1,
        number: number,
        event: .outcome(.inDoubt, image: nil, note: "no answer")
      ),
      JournalEntry(
        position: 1,
        event: .settled(.inDoubt, reason: "r", advice: nil, position: nil, needsPerson: true)
      ),
    ]
  }

  private static func statuses(_ file: RunFile) async throws -> [OperationStatus] {
    let pending = try await file.pending(after: 0, limit: 1, retrying: [])
    return pending.first?.record.operations.map(\.status) ?? []
  }

  @Test(arguments: [false, true])
  func `a slip can be corrected until the run goes on`(wasKilled: Bool) async throws {
    try await Self.with { resolution, journal, file in
      try await journal.append([Self.intent(1)] + (wasKilled ? [] : Self.doubt(1)))
      _ = try await resolution.record(isMade: true, operation: 1, project: "shop")
      #expect(try await Self.statuses(file) == [.done, .planned])
      _ = try await resolution.record(isMade: false, operation: 1, project: "shop")
      #expect(try await Self.statuses(file) == [.planned, .planned])
      let pending = try #require(try await file.pending(after: 0, limit: 1, retrying: []).first)
      #expect(pending.unanswered == [1], "what is sent now is a repeat")
      let other = await #expect(throws: RunError.self) {
        try await resolution.record(isMade: true, operation: 2, project: "shop")
      }
      #expect(other?.diagnostic.line.contains("operation 2") == true)
    }
  }

  @Test func `what the run has gone on from stands, though another write is in doubt`()
    async throws
  {
    try await Self.with { resolution, journal, file in
      try await journal.append([Self.intent(1)] + Self.doubt(1))
      _ = try await resolution.record(isMade: true, operation: 1, project: "shop")
      let reopened = JournalEntry(position: 1, event: .reopened)
      try await journal.append([reopened, Self.intent(2)])
      for _ in 1...2 {
        let late = await #expect(throws: RunError.self) {
          try await resolution.record(isMade: false, operation: 1, project: "shop")
        }
        #expect(late?.diagnostic.line.contains("operation 1") == true)
        #expect(try await Self.statuses(file).first == .done)
        // The same once the second is in doubt for a person.
        try await journal.append(Self.doubt(2))
      }
      _ = try await resolution.record(isMade: true, operation: 2, project: "shop")
      #expect(try await Self.statuses(file) == [.done, .done])
    }
  }
}
