import AtlasSimulator
import Testing

@Suite struct SimulatorTests {
  @Test func `a port that is taken is named`() async throws {
    try await withSimulator { client in
      let port = Int(client.simulator.baseURL.split(separator: ":").last ?? "") ?? 0
      var configuration = SimulatorConfiguration()
      configuration.projects = 1
      configuration.port = port
      let error = await #expect(throws: SimulatorError.self) {
        _ = try await Simulator.start(configuration)
      }
      #expect(error?.kind == .portUnavailable)
      #expect(error?.subject == "port \(port)")
    }
  }

  @Test func `settings that make no sense are refused by name`() async throws {
    let changes: [(String, (inout SimulatorConfiguration) -> Void)] = [
      ("fail rate", { $0.failRate = 1.5 }), ("fail rate", { $0.failRate = .nan }),
      ("latency", { $0.latency = .seconds(-1) }), ("projects", { $0.projects = -1 }),
      ("port", { $0.port = 70_000 }),
    ]
    for (subject, change) in changes {
      var configuration = SimulatorConfiguration()
      change(&configuration)
      let error = await #expect(throws: SimulatorError.self) {
        _ = try await Simulator.start(configuration)
      }
      #expect(error?.kind == .invalidSetting)
      #expect(error?.subject == subject)
    }
  }

  @Test func `many simulators run side by side, and stopping twice does no harm`() async throws {
    var simulators: [Simulator] = []
    for _ in 0..<8 {
      var configuration = SimulatorConfiguration()
      configuration.projects = 2
      simulators.append(try await Simulator.start(configuration))
    }
    #expect(Set(simulators.map(\.baseURL)).count == 8)
    for simulator in simulators {
      #expect(try await TestClient(simulator: simulator).get("/orgs").status == 200)
      await simulator.stop()
      await simulator.stop()
    }
  }
}
