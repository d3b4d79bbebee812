import Foundation
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

@Suite struct PlanCodingTests {
  @Test(arguments: 0..<8)
  func `plans come back from the file as they went in`(seed: UInt64) async throws {
    try await TemporaryFolder.with { folder in
      var random = RandomPlan(seed: seed)
      let plans = (1...60).map { random.plan($0) }
      try await Sample.write(plans, to: folder.file("a"))
      let file = try RunFile.openForReading(folder.file("a"))
      var found: [ProjectID: ProjectPlan] = [:]
      try file.forEachRecord { found[$0.project.id] = $0.plan }
      for plan in plans { #expect(found[plan.project.id] == plan) }
      #expect(found.count == plans.count)
      #expect(try file.info() == Sample.info())
      #expect(try file.sources() == Sample.sources)
      #expect(try file.secretKey() == Sample.key)
      try file.close()
      let applying = try RunFile.openForApplying(folder.file("a"))
      try applying.close()
    }
  }

  @Test func `a head without optional parts comes back too`() async throws {
    try await TemporaryFolder.with { folder in
      var info = RunInfo(
        id: "r",
        createdSeconds: 1,
        phase: .planned,
        toolVersion: "",
        script: ScriptInfo(path: "p", name: "", summary: "", sha256: "", hasVerify: false),
        target: RunTarget(baseURL: "u", credentialKind: "", credentialTail: "")
      )
      let file = try RunFile.create(at: folder.file("a"), sources: [:], key: [])
      try await file.finishPlanning(info)
      #expect(try file.info() == info)
      try await file.setPhase(.finished)
      info.phase = .finished
      #expect(try file.info() == info)
      try file.close()
    }
  }
}
