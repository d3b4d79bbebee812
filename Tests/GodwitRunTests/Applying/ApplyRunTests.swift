import AtlasSimulator
import GodwitAtlas
import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

/// Plans carried out over HTTP.
@Suite struct ApplyRunTests {
  @Test(arguments: [Estate.move, Estate.verified, Estate.everything])
  func `makes each write once, and the world is what was planned`(script: String) async throws {
    try await Estate.with({ $0.projects = 120 }) { estate in
      let info = try await estate.plan(script)
      #expect(info.phase == .planned)
      let planned = try estate.totals()
      let witness = Witness()
      #expect(try await estate.apply(script, observe: witness.observe) == nil)
      #expect(try estate.info().phase == .finished)
      let totals = try estate.totals()
      #expect(totals.isBalanced)
      for outcome in ProjectOutcome.allCases { #expect(totals[outcome] == planned[outcome]) }
      #expect(witness.ended == planned[.changed])
      #expect(witness.events.first == .began(stage: "applying", projects: planned[.changed]))
      let writes = try estate.plannedWrites()
      #expect(estate.running.requests.madeWrites == writes)
      #expect(estate.running.requests.writes.count == writes.values.reduce(0, +))
      #expect(!estate.running.requests.contains { $0.storesMask })
      try await Self.expectPredicted(estate)
      #expect(estate.folder.names.filter { $0.hasPrefix("a.godwit") } == ["a.godwit"])
    }
  }

  /// What Atlas shows now is what the plan said it would show.
  private static func expectPredicted(_ estate: Estate) async throws {
    let reader = estate.running.reader
    for record in try estate.records() where record.plan.outcome == .changed {
      let project = record.project.id
      var view = ProjectView(
        integrations: try await reader.integrations(of: project),
        alerts: try await reader.alertConfigurations(of: project)
      )
      var last: [Resource: Operation] = [:]
      for entry in record.operations {
        #expect(entry.status == .done)
        #expect(!entry.wasRepeated)
        if let resource = entry.operation.resource { last[resource] = entry.operation }
      }
      for (resource, operation) in last {
        if case .path(let path) = resource {
          view.paths[path] = try await reader.image(of: path, in: project)
        }
        let isAfter = LandingJudge.isAfter(operation, view.shown(resource))
        #expect(isAfter, "\(record.project.name) \(resource)")
      }
    }
  }

  @Test func `needs two requests for a project, and has nothing left to do`() async throws {
    try await Estate.with { estate in
      try await estate.plan()
      let before = estate.running.requests.count
      try await estate.apply()
      let changed = try estate.totals()[.changed]
      #expect(changed > 5)
      #expect(estate.running.requests.count - before == 2 * changed)
      try await estate.plan(to: "b.godwit")
      #expect(try estate.totals("b.godwit")[.changed] == 0)
    }
  }

  @Test func `drift holds one project of many`() async throws {
    try await Estate.with { estate in
      try await estate.plan()
      let changed = try estate.records().filter { $0.outcome == .changed }
      let drifted = try #require(changed.first).project.id.text
      try estate.running.world.replace(
        ["apiKey": .string(String(repeating: "a", count: 32)), "region": "US5"],
        type: "DATADOG",
        in: drifted
      )
      try await estate.apply()
      let totals = try estate.totals()
      #expect(totals[.held] == 1)
      #expect(totals[.changed] == changed.count - 1)
      let held = try #require(try estate.records().first { $0.outcome == .held })
      #expect(held.project.id.text == drifted)
      #expect(held.reason?.contains("DATADOG.region was") == true)
      #expect(estate.running.requests.writes.allSatisfy { $0.project != drifted })
      #expect(try estate.info().phase == .finished)

      // It is looked at again only if that is asked for, and held as long as it is so.
      try await estate.apply()
      #expect(try estate.totals()[.held] == 1)
      try await estate.apply(retrying: [.held])
      #expect(try estate.totals()[.held] == 1)
    }
  }

  @Test func `a failure is one project's own, and leaves its later operations planned`()
    async throws
  {
    // Atlas refuses a key that is longer than any; a plan cannot know.
    let script = """
      return {
        name = "move", may = { update = { "OPS_GENIE" }, create = { "VICTOR_OPS" } },
        params = { uuid = { type = "secret" }, long = { type = "secret" } },
        migrate = function(project, params)
          local genie = project.integrations:get("OPS_GENIE")
          if not genie then return skip("none") end
          if genie.region == "EU" then
            project.integrations:update("OPS_GENIE", { apiKey = params.long })
          end
          if not project.integrations:get("VICTOR_OPS") then
            project.integrations:create("VICTOR_OPS", { apiKey = params.uuid })
          end
        end,
      }
      """
    try await Estate.with({ $0.projects = 120 }) { estate in
      try await estate.plan(script)
      let changed = try estate.totals()[.changed]
      #expect(try await estate.apply(script) == nil)
      let totals = try estate.totals()
      #expect(totals.isBalanced && totals[.failed] > 0 && totals[.changed] > 0)
      #expect(totals[.failed] + totals[.changed] == changed)
      for record in try estate.records() where record.outcome == .failed {
        #expect(record.operations[0].status == .failed)
        #expect(record.operations.dropFirst().allSatisfy { $0.status == .planned })
        #expect(record.reason?.contains("PUT") == true)
      }
      #expect(try estate.info().phase == .finished)
      let writes = estate.running.requests.writes.count
      try await estate.apply(script)
      #expect(estate.running.requests.writes.count == writes)
      try await estate.apply(script, retrying: [.failed])
      #expect(estate.running.requests.writes.count == writes + totals[.failed])
      #expect(try estate.totals()[.failed] == totals[.failed])
    }
  }

  @Test func `a verify that fails leaves the writes standing, and its retry runs it alone`()
    async throws
  {
    try await Estate.with { estate in
      // The plan's own verify wants more than the plan does.
      let strict = Estate.verified.replacing(
        "assert(datadog.region",
        with: "assert(datadog.sendDatabaseMetrics, \"no metrics\")\n    assert(datadog.region"
      )
      try await estate.plan(strict)
      let count = try estate.totals()[.changed]
      try await estate.apply(strict)
      let failed = try estate.records().filter { $0.outcome == .failed }
      #expect(!failed.isEmpty && failed.count < count)
      #expect(failed.allSatisfy { $0.reason == "verify: no metrics" })
      #expect(failed.allSatisfy { $0.operations.allSatisfy { $0.status == .done } })
      let writes = estate.running.requests.writes.count
      for project in failed.map(\.project.id.text) {
        var fields = try #require(
          try estate.running.world.integration(of: project, type: "DATADOG")
        )
        fields["sendDatabaseMetrics"] = true
        try estate.running.world.replace(fields, type: "DATADOG", in: project)
      }
      try await estate.apply(strict, retrying: [.failed])
      #expect(try estate.totals()[.changed] == count)
      #expect(estate.running.requests.writes.count == writes)
      #expect(try estate.info().phase == .finished)
    }
  }

  @Test func `a wrong key stops the run before it began, and it can be applied later`()
    async throws
  {
    try await Estate.with { estate in
      try await estate.plan()
      let before = estate.running.requests.count
      let settings = try RunningSimulator.configuration(
        for: estate.running.simulator,
        privateKey: "wrong"
      )
      let error = await #expect(throws: RunError.self) {
        _ = try await AtlasConnection.withConnection(settings) { connection in
          try await estate.apply(connection: connection)
        }
      }
      #expect(error?.status == .couldNotStart)
      #expect(error?.diagnostic.line.contains("credentials were not accepted") == true)
      let asked = estate.running.requests.dropFirst(before)
      #expect(asked.count == 2)
      #expect(try estate.info().phase == .planned)
      #expect(try await estate.apply() == nil)
      #expect(try estate.info().phase == .finished)
    }
  }

  @Test func `a connection that breaks in the middle stops the run early, to be resumed`()
    async throws
  {
    let latency = Duration.milliseconds(100)
    try await Estate.with({
      $0.projects = 100
      $0.latency = latency
    }) { estate in
      try await estate.plan(parallelism: 64)
      let changed = try estate.totals()[.changed]
      let settings = try RunningSimulator.configuration(for: estate.running.simulator)
      let connection = AtlasConnection(settings)
      let cause = try await estate.apply(parallelism: 8, connection: connection) { event in
        if case .ended = event { Task { await connection.shutdown() } }
      }
      guard case .trouble(let error)? = cause else {
        Issue.record("it did not stop: \(String(describing: cause))")
        return
      }
      #expect(error.status == .stoppedEarly)
      let totals = try estate.totals()
      #expect(totals.isBalanced && totals[.changed] < changed && totals[.notStarted] > 0)
      #expect(try estate.info().phase == .applying)
      // What counts as surely not sent is not made later either.
      // Requests that come later are answered later.
      for _ in 0..<3 { _ = try await estate.running.reader.organizations() }
      let made = Set(estate.running.requests.filter { $0.mutationWasMade == true }.map(\.project))
      for record in try estate.records() where record.operations.contains(where: \.isOpen) {
        #expect(!made.contains(record.project.id.text))
      }
      #expect(try await estate.apply(settle: .seconds(1)) == nil)
      #expect(try estate.totals()[.changed] == changed)
      #expect(estate.running.requests.madeWrites == (try estate.plannedWrites()))
    }
  }
}

extension ProjectRecord.OperationRecord {
  /// Whether nothing of it was sent, as far as the run file knows.
  fileprivate var isOpen: Bool { status == .planned }
}
