import GodwitCore
import Testing

@testable import AtlasSimulator

@Suite struct IntegrationJudgeTests {
  @Test func `defaults are stored for what a body leaves out`() throws {
    let rule = try #require(TypeRules.rule(for: "DATADOG"))
    let judge = IntegrationJudge(rule: rule, putSemantics: .replace)
    let verdict = try judge.verdict(creating: [
      "type": "DATADOG", "apiKey": "0123456789abcdef0123456789abcdef",
    ])
    #expect(verdict.document["region"] == "US")
    #expect(verdict.document["sendDatabaseMetrics"] == false)
    #expect(verdict.document.count == 7)
  }
}
