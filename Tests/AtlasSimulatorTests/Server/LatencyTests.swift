import AtlasSimulator
import GodwitCore
import Testing

@Suite(.serialized) struct LatencyTests {
  @Test func `hundreds of requests wait at once, each its own time`() async throws {
    try await withSimulator({ $0.latency = .milliseconds(100) }) { client in
      _ = try await client.get("/orgs")
      let clock = ContinuousClock()
      let start = clock.now
      let slowest = try await withThrowingTaskGroup(of: Duration.self) { group in
        for _ in 0..<300 {
          group.addTask {
            let sent = clock.now
            let reply = try await client.get("/orgs")
            #expect(reply.status == 200)
            return clock.now - sent
          }
        }
        var slowest = Duration.zero
        for try await time in group {
          #expect(time >= .milliseconds(100))
          slowest = max(slowest, time)
        }
        return slowest
      }
      // One after the other they would take 30 seconds.
      #expect(clock.now - start < .seconds(25), "slowest \(slowest)")
    }
  }

  @Test func `a write takes effect after half of the latency`() async throws {
    try await withSimulator({ $0.latency = .seconds(4) }) { client in
      let project = try client.emptiedProject()
      let world = client.simulator.world
      let path = "/groups/\(project)/integrations/DATADOG"
      let isAnswered = Flag()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          let reply = try await client.send("PUT", path, .object(Sample.body("DATADOG")))
          await isAnswered.raise()
          #expect(reply.status == 200)
        }
        #expect(try world.integration(of: project, type: "DATADOG") == nil)
        while try world.integration(of: project, type: "DATADOG") == nil {
          try await Task.sleep(for: .milliseconds(20))
        }
        // The answer comes two seconds after the effect.
        #expect(await !isAnswered.isRaised)
        try await group.waitForAll()
      }
    }
  }

  private actor Flag {
    private(set) var isRaised = false

    func raise() { isRaised = true }
  }

  @Test func `a challenge does not wait`() async throws {
    try await withSimulator({ $0.latency = .seconds(40) }) { client in
      let clock = ContinuousClock()
      let start = clock.now
      let reply = try await client.send("GET", "/orgs", headers: ["Authorization": nil])
      #expect(reply.status == 401)
      #expect(clock.now - start < .seconds(30))
    }
  }

  @Test func `stopping lets what is under way finish`() async throws {
    var configuration = SimulatorConfiguration()
    configuration.projects = 3
    configuration.latency = .seconds(4)
    let simulator = try await Simulator.start(configuration)
    let client = TestClient(simulator: simulator)
    async let reply = client.get("/orgs")
    // Time to arrive, on a busy machine too.
    try await Task.sleep(for: .seconds(2))
    await simulator.stop()
    #expect(try await reply.status == 200)
    await #expect(throws: (any Error).self) { _ = try await client.get("/orgs") }
  }
}
