import AtlasSimulator
import GodwitAtlas
import GodwitCore
import TestSupport
import Testing

@testable import GodwitRun

@Suite struct InventoryRunTests {
  private static func run(
    _ running: RunningSimulator,
    parallelism: Int = 16,
    stop: StopSignal = StopSignal(),
    _ select: (inout Selection) -> Void = { _ in },
    tail: String? = nil
  ) async throws -> InventoryRun.Result {
    var selection = Selection()
    select(&selection)
    return try await InventoryRun(
      reader: running.reader,
      selection: selection,
      tail: tail,
      parallelism: parallelism,
      stop: stop,
      observe: { _ in }
    ).run()
  }

  private static func with(
    _ adjust: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (RunningSimulator) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      try await RunningSimulator.with(folder, adjust, body)
    }
  }

  @Test func `every project is read once, in Atlas' order, and nothing is written`() async throws {
    try await Self.with({ $0.projects = 120 }) { running in
      let result = try await Self.run(running)
      #expect(result.rows.map(\.project.id.text) == (try running.world.projectIDs()))
      #expect(result.rows.allSatisfy { $0.failure == nil })
      #expect(running.requests.allSatisfy { $0.method == "GET" })
      let reads = running.requests.filter { $0.isAuthenticated && $0.project != nil }
      #expect(reads.count == 240)
      let alerts = result.rows.compactMap(\.inventory).reduce(0) { $0 + $1.alertCount }
      #expect(alerts == (try running.world.alertConfigurationCount()))
      #expect(result.rows.contains { $0.inventory?.alertsWithoutRoute.isEmpty == false })
    }
  }

  @Test func `Flowdock is looked for where it is asked for, with its alerts`() async throws {
    try await Self.with({ $0.projects = 200 }) { running in
      let all = try await Self.run(running)
      let types = all.rows.compactMap(\.inventory).flatMap(\.entries).map(\.type)
      #expect(!types.contains("FLOWDOCK"))
      let before = running.requests.count
      let result = try await Self.run(running, { $0.has = ["FLOWDOCK"] })
      let having = try running.world.projectIDs(having: "FLOWDOCK")
      #expect(result.rows.map(\.project.id.text) == having)
      #expect(
        result.rows.compactMap(\.inventory).allSatisfy {
          $0.entries.contains { $0.type == "FLOWDOCK" && !$0.secrets.isEmpty }
            && !$0.alertsWithoutRoute.contains { $0.types.contains("FLOWDOCK") }
        }
      )
      // One request more a project; alerts are read of those only that have it.
      let requests = running.requests.dropFirst(before).filter { $0.project != nil }
      #expect(requests.count == 2 * 200 + having.count)
    }
  }

  @Test func `a tail is looked for in keys and in the copies of alerts`() async throws {
    try await Self.with({ $0.projects = 60 }) { running in
      let all = try await Self.run(running).rows.compactMap(\.inventory)
      let tail = try #require(
        all.lazy.flatMap(\.alertSecrets).map(\.mask.tail).first { !$0.isEmpty }
      )
      let found = try await Self.run(running, tail: tail)
      #expect(!found.rows.isEmpty)
      #expect(found.rows == all.filter { $0.shows(tail: tail) }.map { InventoryRow($0) })
      #expect(try await Self.run(running, tail: "none").rows.isEmpty)
    }
  }

  @Test(arguments: [1, 7, 64])
  func `a limit counts what the filters leave, in order`(parallelism: Int) async throws {
    try await Self.with({ $0.projects = 80 }) { running in
      let having = try running.world.projectIDs(having: "DATADOG")
      let result = try await Self.run(
        running,
        parallelism: parallelism,
        {
          $0.has = ["DATADOG"]
          $0.limit = 5
        }
      )
      #expect(result.rows.map(\.project.id.text) == Array(having.prefix(5)))
      let plain = try await Self.run(running, parallelism: parallelism, { $0.limit = 3 })
      #expect(plain.rows.count == 3)
    }
  }

  @Test func `what is not there is told, and nothing at all is an error`() async throws {
    try await Self.with { running in
      let name = try #require(try await running.reader.projects().first).name
      let result = try await Self.run(running, { $0.projects = [name, "nobody"] })
      #expect(result.notFound == ["nobody"])
      #expect(result.rows.count == 1)
      await #expect(throws: RunError.self) {
        try await Self.run(running, { $0.projects = ["nobody"] })
      }
    }
  }

  @Test func `it goes on in spite of faults, and a stop ends it`() async throws {
    try await Self.with({
      $0.projects = 60
      $0.failRate = 0.05
    }) { running in
      let result = try await Self.run(running)
      #expect(result.rows.count == 60)
      #expect(result.rows.allSatisfy { $0.failure == nil })
      let stop = StopSignal()
      stop.stop(.signal(.interrupted))
      let error = await #expect(throws: RunError.self) {
        try await Self.run(running, stop: stop)
      }
      #expect(error?.status == .interrupted)
    }
  }
}
