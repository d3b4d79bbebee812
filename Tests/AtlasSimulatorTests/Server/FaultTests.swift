import AtlasSimulator
import GodwitCore
import Testing

@testable import AtlasSimulator

@Suite struct FaultTests {
  /// What became of 60 writes, one project each, and what the log says of them.
  private func run(seed: UInt64) async throws -> (outcomes: [String], entries: [JSONValue]) {
    try await withTemporaryFolder { folder in
      let log = "\(folder)/requests.jsonl"
      let outcomes = try await withSimulator({
        $0.projects = 60
        $0.seed = seed
        $0.failRate = 0.6
        $0.requestLog = log
      }) { client in
        var outcomes: [String] = []
        for project in try client.simulator.world.projectIDs() {
          let path = "/groups/\(project)/integrations/DATADOG"
          do {
            let reply = try await client.send("PUT", path, .object(Sample.body("DATADOG")))
            outcomes.append("\(reply.status)")
            if reply.status == 429 || reply.status == 503 {
              #expect(reply.headers["retry-after"] == "1")
            }
          } catch {
            outcomes.append("closed")
          }
          let stored = try client.simulator.world.integration(of: project, type: "DATADOG")
          outcomes[outcomes.count - 1] +=
            stored?["apiKey"]?.stringValue == Sample.hex32 ? " made" : " not-made"
        }
        return outcomes
      }
      return (outcomes, try logEntries(log))
    }
  }

  @Test func `every fault happens, and the log says of each write whether it was made`()
    async throws
  {
    let (outcomes, entries) = try await run(seed: 3)
    let logged = entries.map { entry in
      let status = entry["status"]?.int64Value.map { "\($0)" } ?? "closed"
      return "\(status) \(entry["mutation"]?.stringValue ?? "")"
    }
    #expect(outcomes == logged)
    let faults = Set(entries.compactMap { $0["fault"]?.stringValue })
    #expect(faults == Set(Fault.ofFailRate.map(\.rawValue)))
    #expect(
      Set(outcomes) == [
        "200 made", "500 made", "500 not-made", "503 not-made", "429 not-made", "closed made",
        "closed not-made",
      ]
    )
  }

  @Test func `equal seeds meet equal faults`() async throws {
    #expect(try await run(seed: 3).outcomes == run(seed: 3).outcomes)
  }

  @Test func `about the asked share of requests goes wrong`() {
    let schedule = FaultSchedule(rules: [FaultRule(failRate: 0.05)], seed: 1)
    let caller = Caller(kind: .digest, publicKey: "k", canWrite: true)
    let faults = (0..<20_000).filter { number in
      let request = FaultSchedule.Request(
        method: "GET",
        target: "/\(number % 500)",
        caller: caller
      )
      return schedule.next(request) != nil
    }
    #expect((850...1150).contains(faults.count))
  }

  @Test func `a 429 has resource, limit and minutes as parameters`() {
    let error = APIError.rateLimited(path: "/api/x")
    #expect(error.parameters == ["/api/x", 100, 1])
    #expect(error.retryAfter == 1)
  }
}
