import AtlasSimulator
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

@Suite struct PlanRunTests {
  @Test func `reads every project once, writes nothing, and its totals balance`() async throws {
    try await Estate.with({ $0.projects = 600 }) { estate in
      let witness = Witness()
      let before = try estate.running.world.fingerprint()
      let info = try await estate.plan(observe: witness.observe)
      let requests = estate.running.requests
      #expect(requests.allSatisfy { $0.method == "GET" })
      let reads = requests.filter { $0.project != nil && $0.status == 200 }
      #expect(reads.count == 600)
      #expect(Set(reads.compactMap(\.project)).count == 600)
      #expect(try estate.running.world.fingerprint() == before)
      let totals = try estate.totals()
      #expect(totals.isBalanced)
      #expect(totals.selected == 600)
      #expect(totals[.changed] > 100 && totals[.skipped] > 50)
      #expect(info.phase == .planned)
      #expect(try estate.info() == info)
      #expect(info.target.organizations.map(\.projects).reduce(0, +) == 600)
      #expect(info.target.organizations.allSatisfy { !$0.name.isEmpty })
      #expect(info.remarks.contains { $0.contains("DATADOG") })
      #expect(witness.ended == 600)
      #expect(witness.events.first == .began(stage: "planning", projects: 600))
      #expect(witness.events.last == .finished)
    }
  }

  @Test func `a key that may only read is enough`() async throws {
    try await Estate.with { estate in
      let keys = estate.running.simulator.credentials.readOnly
      var settings = try RunningSimulator.configuration(for: estate.running.simulator)
      settings.credential = .digest(
        publicKey: keys.publicKey,
        privateKey: SecretValue(keys.privateKey)
      )
      _ = try await AtlasConnection.withConnection(settings) { connection in
        try await estate.plan(reader: AtlasReader(connection))
      }
      #expect(try estate.totals()[.changed] > 0)
    }
  }

  @Test func `a type that is wanted costs no second request`() async throws {
    try await Estate.with { estate in
      let info = try await estate.plan { $0.has = ["DATADOG", "PAGER_DUTY"] }
      let both = Set(try estate.running.world.projectIDs(having: "DATADOG"))
        .intersection(try estate.running.world.projectIDs(having: "PAGER_DUTY"))
      #expect(try Set(estate.records().map(\.project.id.text)) == both)
      #expect(info.filteredOut == 40 - both.count)
      #expect(estate.running.requests.count { $0.project != nil } == 40)
      #expect(try estate.totals().isBalanced)
    }
  }

  @Test func `a choice that matches nothing is no plan, unless that is allowed`() async throws {
    try await Estate.with { estate in
      let error = await #expect(throws: RunError.self) {
        try await estate.plan { $0.tags = [("no", "such")] }
      }
      #expect(error?.status == .couldNotStart)
      #expect(error?.diagnostic.line.contains("no project matches --tag no=such") == true)
      let info = try await estate.plan(to: "b.godwit") {
        $0.tags = [("no", "such")]
        $0.allowsEmpty = true
      }
      #expect(try estate.totals("b.godwit") == Totals(selected: 0))
      #expect(info.filteredOut == 40)
    }
  }

  @Test(arguments: [1, 3, 100])
  func `a limit counts what select and --has leave, in the order of the listing`(limit: Int)
    async throws
  {
    let script = Estate.move.replacing(
      "migrate =",
      with: "select = function(project) return project.tags.env ~= \"prod\" end,\n  migrate ="
    )
    try await Estate.with({ $0.projects = 60 }) { estate in
      try await estate.plan(script) { $0.has = ["DATADOG"] }
      let all = try estate.records().map(\.project.id)
      try #require(all.count > 3 && all.count < 60)
      try await estate.plan(script, to: "b.godwit", parallelism: 4) {
        $0.has = ["DATADOG"]
        $0.limit = limit
      }
      let order = try estate.running.world.projectIDs().map { ProjectID($0) }
      let first = order.filter(all.contains).prefix(limit)
      #expect(try Set(estate.records("b.godwit").map(\.project.id)) == Set(first))
      #expect(try estate.totals("b.godwit").isBalanced)
    }
  }

  @Test(arguments: [1, 4, 10], [1, 3, 16])
  func `planning stops once as many projects failed as the limit allows, and no more do`(
    limit: Int,
    parallelism: Int
  ) async throws {
    let script = Estate.move.replacing("local datadog", with: "error(\"no\") local datadog")
    try await Estate.with { estate in
      let error = await #expect(throws: RunError.self) {
        try await estate.plan(script, parallelism: parallelism, failureLimit: limit)
      }
      #expect(error?.status == .stoppedEarly)
      #expect(error?.diagnostic.line.contains("failed") == true)
      #expect(try estate.totals()[.failed] == limit)
      #expect(try estate.totals()[.notStarted] == 40 - limit)
      #expect(estate.running.requests.allSatisfy { $0.project == nil }, "nothing was read")
      // Reached with the last project it stops nothing.
      try await estate.plan(script, to: "b.godwit", failureLimit: 40)
      #expect(try estate.info("b.godwit").phase == .planned)
    }
  }

  @Test func `a limit ends the listing early`() async throws {
    try await Estate.with({ $0.projects = 1700 }) { estate in
      try await estate.plan { $0.limit = 7 }
      #expect(try estate.totals().selected == 7)
      #expect(
        estate.running.requests.count { $0.path.hasSuffix("/groups") && $0.status == 200 } < 4
      )
    }
  }

  @Test func `names that are missing are counted and told`() async throws {
    try await Estate.with { estate in
      let id = try estate.running.world.projectIDs()[3]
      try await estate.plan { $0.projects = [id, "nowhere", "nowhere", "no-*"] }
      let totals = try estate.totals()
      #expect(totals.selected == 3)
      #expect(totals[.notFound] == 2)
      #expect(totals.isBalanced)
      let missing = try estate.records().filter { $0.outcome == .notFound }
      #expect(missing.map(\.project.name) == ["no-*", "nowhere"])
      #expect(missing.allSatisfy { $0.reason?.contains("no such project") == true })
    }
  }

  @Test func `if no name is found there is no plan`() async throws {
    try await Estate.with { estate in
      let error = await #expect(throws: RunError.self) {
        try await estate.plan { $0.projects = ["nowhere"] }
      }
      #expect(error?.status == .couldNotStart)
      #expect(error?.diagnostic.line == "no project was found: \"nowhere\"")
      let name = try #require(
        try await estate.running.reader.projects().map(\.name).max { $0.count < $1.count }
      )
      let near = await #expect(throws: RunError.self) {
        try await estate.plan(to: "b.godwit") { $0.projects = [name + "x"] }
      }
      #expect(near?.diagnostic.advice == "did you mean \"\(name)\"?")
    }
  }

  @Test func `a name of several projects ends it before any is read`() async throws {
    try await Estate.with { estate in
      let name = try await Self.twinName(estate)
      let error = await #expect(throws: RunError.self) {
        try await estate.plan { $0.projects = [name] }
      }
      #expect(error?.diagnostic.line.contains("fits several projects") == true)
      #expect(!estate.running.requests.contains { $0.project != nil })
    }
  }

  /// A name that projects in two organizations have; generated worlds have some.
  private static func twinName(_ estate: Estate) async throws -> String {
    var seen: Set<String> = []
    for project in try await estate.running.reader.projects()
    where !seen.insert(project.name).inserted {
      return project.name
    }
    throw NoTwin()
  }

  struct NoTwin: Error {}

  @Test func `projects that select refuses are no part of the selection`() async throws {
    let script = Estate.move.replacing(
      "migrate =",
      with: "select = function(project) return project.clusterCount > 1 end,\n  migrate ="
    )
    try await Estate.with { estate in
      let info = try await estate.plan(script)
      let totals = try estate.totals()
      #expect(info.refusedBySelect > 0)
      #expect(totals.selected + info.refusedBySelect == 40)
      #expect(totals.isBalanced)
    }
  }

  @Test func `reads that fail are failures of their projects`() async throws {
    try await Estate.with({ $0.failRate = 0.3 }, client: { $0.retry.attempts = 2 }) { estate in
      // A listing that fails ends the plan; another seed of faults may let it pass.
      guard (try? await estate.plan()) != nil else { return }
      let totals = try estate.totals()
      #expect(totals.isBalanced && totals.selected == 40)
      #expect(totals[.failed] > 0 && totals[.changed] > 0)
    }
  }

  @Test func `a listing that breaks off leaves a plan that cannot be applied`() async throws {
    try await Estate.with({ $0.projects = 1200 }) { estate in
      let error = await #expect(throws: RunError.self) {
        var settings = try RunningSimulator.configuration(for: estate.running.simulator)
        settings.answerLimit = 100_000
        settings.retry.attempts = 1
        _ = try await AtlasConnection.withConnection(settings) { connection in
          try await estate.plan(reader: AtlasReader(connection))
        }
      }
      #expect(error?.status == .couldNotStart)
      #expect(throws: RunFileError.self) {
        try RunFile.openForApplying(estate.folder.file("a.godwit"))
      }
    }
  }

  @Test func `a wrong key is one challenge, one answer and one sentence`() async throws {
    try await Estate.with { estate in
      let settings = try RunningSimulator.configuration(
        for: estate.running.simulator,
        privateKey: "wrong"
      )
      let error = await #expect(throws: RunError.self) {
        _ = try await AtlasConnection.withConnection(settings) { connection in
          try await estate.plan(reader: AtlasReader(connection))
        }
      }
      #expect(error?.status == .couldNotStart)
      #expect(estate.running.requests.count == 2)
    }
  }

  @Test func `a stop leaves an incomplete plan`() async throws {
    try await Estate.with({ $0.latency = .milliseconds(5) }) { estate in
      let stop = StopSignal()
      let error = await #expect(throws: RunError.self) {
        try await estate.plan(
          stop: stop,
          parallelism: 2,
          observe: { if case .ended = $0 { stop.stop(.signal(.interrupted)) } }
        )
      }
      #expect(error?.status == .interrupted)
      #expect(estate.running.requests.count { $0.project != nil } < 10)
      let totals = try estate.totals()
      #expect(totals.isBalanced && totals[.notStarted] > 30)
      #expect(totals[.notStarted] < totals.selected, "what was found is kept")
      #expect(throws: RunFileError.self) {
        try RunFile.openForApplying(estate.folder.file("a.godwit"))
      }
    }
  }

  @Test func `a stop just before the plan is sealed leaves it incomplete`() async throws {
    try await Estate.with { estate in
      let stop = StopSignal()
      let error = await #expect(throws: RunError.self) {
        try await estate.plan(
          stop: stop,
          secretInputs: {
            stop.stop(.signal(.interrupted))
            return []
          }
        )
      }
      #expect(error?.status == .interrupted)
      #expect(throws: RunFileError.self) {
        try RunFile.openForApplying(estate.folder.file("a.godwit"))
      }
    }
  }

  @Test func `a stop while listing ends it`() async throws {
    try await Estate.with({ $0.projects = 6000 }) { estate in
      let stop = StopSignal()
      stop.stop(.signal(.terminated))
      let error = await #expect(throws: RunError.self) { try await estate.plan(stop: stop) }
      #expect(error?.status == .terminated)
      #expect(estate.running.requests.count { $0.status == 200 } < 8)
    }
  }
}
