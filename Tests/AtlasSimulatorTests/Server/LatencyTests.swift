import AtlasSimulator
import GodwitCore
import TestSupport
import Testing

@Suite(.serialized) struct LatencyTests {
  @Test func `hundreds of requests wait at once, each its own time`() async throws {
    try await TemporaryFolder.with { folder in
      let log = folder.file("requests.jsonl")
      try await withSimulator({
        $0.latency = .milliseconds(200)
        $0.requestLog = log
      }) { client in
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<300 {
            group.addTask {
              let sent = ContinuousClock.now
              let reply = try await client.get("/orgs")
              #expect(reply.status == 200)
              #expect(.now - sent >= .milliseconds(200))
            }
          }
          try await group.waitForAll()
        }
        // On a slow machine both grow; one after the other they would be about the same.
        let waited = try logEntries(log).compactMap { $0["microseconds"]?.int64Value }.reduce(0, +)
        #expect(.now - start < .microseconds(waited) / 3)
      }
    }
  }

  @Test func `a write takes effect after half of the latency`() async throws {
    // A machine that is busy may miss the time between effect and answer, but not at each length.
    for milliseconds in [400, 2000, 10_000] {
      if try await Self.showsEffectBeforeAnswer(latency: .milliseconds(milliseconds)) { return }
    }
    Issue.record("no write showed before it was answered")
  }

  private static func showsEffectBeforeAnswer(latency: Duration) async throws -> Bool {
    try await withSimulator({ $0.latency = latency }) { client in
      let project = try client.emptiedProject()
      let world = client.simulator.world
      let path = "/groups/\(project)/integrations/DATADOG"
      let isAnswered = Flag()
      let sent = ContinuousClock.now
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          let reply = try await client.send("PUT", path, .object(Sample.body("DATADOG")))
          await isAnswered.raise()
          #expect(reply.status == 200)
        }
        #expect(
          try await eventually { try world.integration(of: project, type: "DATADOG") != nil }
        )
        #expect(.now - sent >= latency / 2)
        let isEarly = await !isAnswered.isRaised
        try await group.waitForAll()
        return isEarly
      }
    }
  }

  private actor Flag {
    private(set) var isRaised = false

    func raise() { isRaised = true }
  }

  @Test func `a challenge does not wait`() async throws {
    // The client of the test does not wait as long as that.
    try await withSimulator({ $0.latency = .seconds(3600) }) { client in
      let reply = try await client.send("GET", "/orgs", headers: ["Authorization": nil])
      #expect(reply.status == 401)
    }
  }

  @Test func `stopping lets what is under way finish`() async throws {
    try await TemporaryFolder.with { folder in
      var configuration = SimulatorConfiguration()
      configuration.projects = 3
      configuration.latency = .seconds(2)
      configuration.requestLog = folder.file("requests.jsonl")
      let simulator = try await Simulator.start(configuration)
      let client = TestClient(simulator: simulator)
      async let reply = client.get("/orgs")
      // The line is written after half of the latency.
      #expect(try await eventually { !(try logEntries(folder.file("requests.jsonl")).isEmpty) })
      await simulator.stop()
      #expect(try await reply.status == 200)
      await #expect(throws: (any Error).self) { _ = try await client.get("/orgs") }
    }
  }
}
