import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// The program over a server with one fault: how it ends, and that `resume` leaves nothing behind.
@Suite struct FaultTests {
  /// A fault, and how an apply ends that meets it a few times.
  static let cases: [(rule: String, status: Int32)] = [
    ("500-before", 0), ("500-after", 0), ("503-before,retry-after=0", 0), ("503-plain", 0),
    ("405-maintenance", 0), ("429-before,retry-after=0", 0), ("closed-before", 0),
    ("closed-after", 0), ("truncated", 0), ("not-json", 0), ("empty", 0), ("slow", 0),
    ("late-before,delay=300ms", 0), ("late-after,delay=300ms", 0), ("stale-nonce", 0),
    ("token-revoked,times=1", 0), ("ip-list,times=1", 4),
  ]

  @Test(arguments: cases.indices)
  func `an apply ends as documented, and every write was made once`(index: Int) async throws {
    let (rule, status) = Self.cases[index]
    let times = rule.contains("times=") ? "" : ",times=4"
    let faults = [try FaultRule(parsing: rule + ",on=writes" + times)]
    try await Atlas.with(projects: 16, { $0.faults = faults }) { place, atlas in
      var place = place
      if rule.hasPrefix("token") {
        let account = atlas.environment(of: atlas.simulator.credentials.serviceAccount)
        place.environment.merge(account) { $1 }
      }
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      let apply = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "-j",
        "4",
        "--settle",
        "1s"
      )
      expect(apply, endsWith: status)
      #expect(try atlas.requests().contains { $0.fault != nil })
      let run = try await place.document()
      #expect(run.totals.sum == run.totals.selected)
      if status != 0 {
        #expect(run.totals.notStarted > 0)
        let resume = try await place.godwit("resume", "move.godwit", "--yes", "--retry", "failed")
        expect(resume, endsWith: 0)
      }
      #expect(try await place.document().totals.changed == pending)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending && Set(writes.map(\.project)).count == pending)
    }
  }

  @Test func `an outage that lasts ends it early, and resume does all of it`() async throws {
    // Every write fails before it is made, the first forty times.
    let faults = [try FaultRule(parsing: "500-before,on=writes,times=40")]
    try await Atlas.with(projects: 40, { $0.faults = faults }) { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US").count
      try #require(pending > 10)
      let apply = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--settle",
        "0s",
        "--max-failures",
        "5",
        "-j",
        "4"
      )
      var run = try await place.document()
      // Doubt that the stop left behind outranks it.
      expect(apply, endsWith: run.totals.inDoubt > 0 ? 6 : 4)
      #expect(apply.errors.contains("stopped after 5 projects failed"))
      var rounds = 0
      while run.phase != "finished" || run.totals.failed > 0 {
        rounds += 1
        try #require(rounds < 20)
        let words = ["resume", "move.godwit", "--yes", "--settle", "0s", "--retry", "failed"]
        let resume = try await place.start(words).finished()
        #expect([0, 3, 4].contains(resume.status), "\(resume)")
        run = try await place.document()
      }
      let writes = try atlas.writesMade()
      #expect(writes.count == pending && Set(writes.map(\.project)).count == pending)
    }
  }
}
