import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Projects that fail, writes in doubt, and limits to failures.
@Suite struct FailureTests {
  private static let isThorough = ProcessInfo.processInfo.environment["GODWIT_CI"] == "1"

  @Test func `a verify that fails is a failure with its line, and the writes stand`()
    async throws
  {
    try await Atlas.with { place, atlas in
      try place.write(Scripts.moveWithStrictVerify, to: "strict.lua")
      try await place.planMove("move.godwit", script: "strict.lua")
      let pending = try atlas.projects(inRegion: "US")
      let webhooks = Set(try atlas.world.projectIDs(having: "WEBHOOK"))
      let lacking = pending.filter { !webhooks.contains($0) }
      try #require(!lacking.isEmpty)
      // What is on the disk by now is not what was planned, and does not count.
      try place.write("return {}", to: "strict.lua")
      let apply = try await place.godwit("apply", "move.godwit", "--yes")
      expect(apply, endsWith: 3)
      #expect(apply.text.contains("verify: the webhook is missing"))
      #expect(apply.text.contains("(strict.lua:12)"))
      #expect(apply.text.contains("resume move.godwit --retry failed,held"))
      // Typed again it does not turn green.
      let again = try await place.godwit("apply", "move.godwit", "--yes")
      expect(again, endsWith: 3)
      #expect(again.text.contains("finished already"))
      #expect(again.text.contains("resume move.godwit --retry failed,held"))
      let run = try await place.document()
      #expect(Set(run.projects(in: "failed").map(\.id)) == Set(lacking))
      let failed = try #require(run.projects(in: "failed").first)
      #expect(failed.operations.map(\.status) == ["done"])
      #expect(failed.at?.line == 12)
      #expect(try atlas.writesMade().count == pending.count)
      #expect(try atlas.projects(inRegion: "US").isEmpty)

      for project in lacking {
        try atlas.world.add(["url": "https://example.com/hook"], type: "WEBHOOK", to: project)
      }
      let (retry, requests) = try await atlas.requests {
        try await place.godwit("resume", "move.godwit", "--yes", "--retry", "failed")
      }
      expect(retry, endsWith: 0)
      #expect(requests.filter(\.isForProject).count == lacking.count, "verify reads, and no more")
      #expect(requests.allSatisfy { $0.method == "GET" })
      #expect(try await place.document().totals.changed == pending.count)
    }
  }

  @Test func `--max-failures stops early, and resume goes on`() async throws {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      let apply = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--max-failures",
        "2",
        "-j",
        "1",
        environment: atlas.readOnlyEnvironment
      )
      expect(apply, endsWith: 4)
      #expect(apply.errors.contains("stopped after 2 projects failed"))
      let totals = try await place.document().totals
      #expect((totals.failed, totals.notStarted) == (2, pending - 2))

      let rest = try await place.godwit("resume", "move.godwit", "--yes")
      expect(rest, endsWith: 3)
      #expect(try await place.document().totals.changed == pending - 2)
      let retry = try await place.godwit("resume", "move.godwit", "--yes", "--retry", "failed")
      expect(retry, endsWith: 0)
      #expect(try atlas.writesMade().count == pending)
    }
  }

  @Test func `--max-failures reached by the last project stops nothing`() async throws {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      let words = ["apply", "move.godwit", "--yes", "--max-failures", "\(pending)", "-j", "1"]
      let apply = try await place.start(words, environment: atlas.readOnlyEnvironment).finished()
      expect(apply, endsWith: 3)
      #expect(!apply.errors.contains("stopped"), "\(apply)")
      #expect(apply.text.contains("Godwit run, finished"), "\(apply)")
      #expect(apply.text.contains("godwit resume move.godwit --retry failed,held"))
      #expect(try await place.document().totals.failed == pending)
    }
  }

  @Test func `the limit to failures is 10 unless set`() async throws {
    try await Atlas.with(projects: 60) { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      try #require(pending > 11)
      let apply = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "-j",
        "1",
        environment: atlas.readOnlyEnvironment
      )
      expect(apply, endsWith: 4)
      #expect(try await place.document().totals.failed == 10)
    }
  }

  @Test(arguments: ["0", "-1", "many", "0%", "101%", "%"])
  func `a limit that makes no sense is a usage error`(limit: String) async throws {
    try await Workplace.with { place in
      let apply = try await place.godwit("apply", "a.godwit", "--max-failures=\(limit)")
      expectRefusal(apply, saying: ["--max-failures takes a number or a percentage"], status: 64)
    }
  }

  @Test func `among faults, resume goes on until all is done, and every write is made once`()
    async throws
  {
    let projects = Self.isThorough ? 60 : 16
    try await Atlas.with(projects: projects, { $0.failRate = 0.2 }) { place, atlas in
      let pending = try atlas.projects(inRegion: "US").count
      for round in 0..<10 where try !atlas.projects(inRegion: "US").isEmpty {
        let file = "\(round).godwit"
        let words = ["plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out", file]
        let plan = try await place.start(words).finished()
        #expect([0, 3].contains(plan.status), "\(plan)")
        var last = try await place.godwit("apply", file, "--yes", "--settle", "0s")
        for _ in 0..<10 where last.status != 0 {
          #expect([3, 4, 6].contains(last.status), "\(last)")
          last = try await place.godwit(
            "resume",
            file,
            "--yes",
            "--retry",
            "failed",
            "--settle",
            "0s"
          )
        }
        let run = try await place.document(of: file)
        #expect(run.totals.inDoubt + run.totals.notStarted == 0)
      }
      #expect(try atlas.projects(inRegion: "US").isEmpty)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending)
      #expect(Set(writes.map(\.project)).count == writes.count, "a write was made twice")
    }
  }

  @Test(arguments: [true, false])
  func `a write whose answer is lost stays in doubt, and resume settles it`(
    isMade: Bool
  ) async throws {
    try await Atlas.with { place, atlas in
      let pending = try atlas.projects(inRegion: "US").count
      let proxy = try CuttingProxy(to: atlas.simulator.baseURL, lettingWritesThrough: isMade)
      defer { proxy.stop() }
      var place = place
      place.environment["MONGODB_ATLAS_BASE_URL"] = proxy.baseURL
      try await place.planMove()
      proxy.cutAtWrite()
      let apply = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "-j",
        "1",
        "--settle",
        "0s",
        "--max-failures",
        "1"
      )
      expect(apply, endsWith: 6)
      #expect(apply.text.contains("In doubt: 1 project"))
      #expect(apply.text.contains("godwit resume move.godwit"))
      #expect(try await place.document().totals.inDoubt == 1)
      #expect(try atlas.writesMade().count == (isMade ? 1 : 0))

      proxy.heal()
      // While the doubt waits its place is free, so that a next project may have met the outage too.
      let words = ["resume", "move.godwit", "--yes", "--settle", "0s", "--retry", "failed"]
      let resume = try await place.start(words).finished()
      expect(resume, endsWith: 0)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending && Set(writes.map(\.project)).count == pending)
    }
  }
}
