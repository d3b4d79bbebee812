import GodwitCore
import Testing

@testable import AtlasSimulator

@Suite struct FaultRuleTests {
  @Test func `a rule says which requests go wrong`() throws {
    let rule = try FaultRule(
      parsing: "late-after, rate=0.25,nth=3,project=a b,on=PUT,times=2,for=1m,delay=500ms"
    )
    #expect(rule.faults == [.lateAfter])
    #expect(rule.rate == 0.25)
    #expect(rule.number == 3)
    #expect(rule.project == "a b")
    #expect(rule.scope == .method("PUT"))
    #expect(rule.times == 2)
    #expect(rule.duration == .seconds(60))
    #expect(rule.delay == .milliseconds(500))
  }

  @Test func `a file holds a rule on each line`() throws {
    let rules = try FaultRule.rules(parsing: "# mixed\n500-after,rate=0.1\n\n  ip-list,nth=5  \r\n")
    #expect(rules.map { $0.faults[0] } == [.errorAfter, .accessList])
  }

  @Test(arguments: [
    ("", "There is no fault \"\""), ("500", "there are 500-before"),
    ("empty,rate=2", "\"rate=2\" is not understood"), ("empty,nth=0", "\"nth=0\""),
    ("empty,on=put", "\"on=put\""), ("empty,soon", "\"soon\""), ("empty,delay=5", "\"delay=5\""),
    ("empty,size=5", "\"size=5\""),
  ])
  func `what is not understood is said`(text: String, words: String) {
    let error = #expect(throws: SimulatorError.self) { try FaultRule(parsing: text) }
    #expect(error?.problem.contains(words) == true, "\(error as Any)")
  }

  /// Sends PUTs to a project under a rule, and says how each ended.
  private func puts(
    _ count: Int,
    under rule: String,
    before: (TestClient) async throws -> Void = { _ in }
  ) async throws -> [String] {
    let rule = try FaultRule(parsing: rule)
    return try await withSimulator({
      $0.projects = 2
      $0.faults = [rule]
    }) { client in
      try await before(client)
      let project = try client.simulator.world.projectIDs()[0]
      var outcomes: [String] = []
      for _ in 0..<count {
        do {
          let reply = try await client.send(
            "PUT",
            "/groups/\(project)/integrations/DATADOG",
            .object(Sample.body("DATADOG"))
          )
          let kind = reply.text.isEmpty ? " empty" : reply.text.hasPrefix("<") ? " page" : ""
          outcomes.append("\(reply.status)\(kind)")
        } catch {
          outcomes.append("closed")
        }
      }
      let stored = try client.simulator.world.integration(of: project, type: "DATADOG")
      outcomes.append(stored?["apiKey"]?.stringValue == Sample.hex32 ? "made" : "not-made")
      return outcomes
    }
  }

  @Test(arguments: [
    ("500-before", ["500", "not-made"]), ("500-after", ["500", "made"]),
    ("503-before,retry-after=7", ["503", "not-made"]), ("503-plain", ["503", "not-made"]),
    ("405-maintenance", ["405", "not-made"]), ("405-maintenance,on=reads", ["200", "made"]),
    ("429-before", ["429", "not-made"]), ("closed-before", ["closed", "not-made"]),
    ("closed-after", ["closed", "made"]), ("truncated", ["closed", "made"]),
    ("not-json", ["200 page", "made"]), ("empty", ["200 empty", "made"]),
    ("slow", ["200", "made"]), ("late-before,delay=50ms", ["200", "made"]),
    ("late-after,delay=50ms", ["200", "made"]), ("ip-list", ["403", "not-made"]),
    ("stale-nonce,times=1", ["200", "made"]), ("token-revoked", ["401", "not-made"]),
    ("person", ["200", "made"]), ("500-before,project=nobody-else,nth=9", ["200", "made"]),
  ])
  func `a fault does what it says`(rule: String, outcomes: [String]) async throws {
    guard !rule.contains("nobody") else {
      await #expect(throws: SimulatorError.self) { try await puts(1, under: rule) }
      return
    }
    #expect(try await puts(1, under: rule) == outcomes)
  }

  @Test func `the n-th request that fits goes wrong, and no other`() async throws {
    #expect(
      try await puts(4, under: "500-before,nth=3,on=writes") == [
        "200", "200", "500", "200", "made",
      ]
    )
    #expect(
      try await puts(4, under: "429-before,times=2") == ["429", "429", "200", "200", "made"]
    )
  }

  @Test func `a person's edit is made before the request that meets it`() async throws {
    let rule = try FaultRule(parsing: "person,on=reads,times=1")
    try await withSimulator({
      $0.projects = 20
      $0.faults = [rule]
    }) { client in
      let project = try #require(client.simulator.world.projectIDs(having: "DATADOG").first)
      let before = try client.simulator.world.integration(of: project, type: "DATADOG")
      let reply = try await client.send("GET", "/groups/\(project)/integrations/DATADOG")
      #expect(reply.status == 200)
      let after = try client.simulator.world.integration(of: project, type: "DATADOG")
      #expect(before?["sendDatabaseMetrics"] != after?["sendDatabaseMetrics"])
      #expect(reply.json["sendDatabaseMetrics"] == after?["sendDatabaseMetrics"])
    }
  }
}
