import AtlasSimulator
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

/// What plan says will be there is what is there after apply, over random worlds and scripts.
///
/// A case is a project. `GODWIT_AGREEMENT_CASES` sets how many there are; 10,000 with `GODWIT_CI=1`,
/// 600 otherwise.
@Suite(.serialized) struct AgreementTests {
  private static let cases: Int = {
    let environment = ProcessInfo.processInfo.environment
    return environment["GODWIT_AGREEMENT_CASES"].flatMap { Int($0) }
      ?? (environment["GODWIT_CI"] == "1" ? 10_000 : 600)
  }()

  /// Runs a body over enough worlds, each made from a seed of its own.
  private static func worlds(
    _ script: String,
    _ body: (Estate, String, _ seed: UInt64) async throws -> Void
  ) async throws {
    let size = min(cases, 1000)
    let first = UInt64.random(in: 1...1_000_000)
    for round in 0..<((cases + size - 1) / size) {
      let seed = first + UInt64(round)
      try await Estate.with({
        $0.projects = size
        $0.seed = seed
      }) { estate in
        try await body(estate, script.replacing("SEED", with: "\(seed)"), seed)
      }
    }
  }

  /// What is not as the plan of a project predicted it.
  private static func disagreements(
    _ record: ProjectRecord,
    _ reader: AtlasReader
  ) async throws -> [String] {
    let view = ProjectView(
      integrations: try await reader.integrations(of: record.project.id),
      alerts: try await reader.alertConfigurations(of: record.project.id)
    )
    var last: [Resource: GodwitCore.Operation] = [:]
    for entry in record.operations {
      if let resource = entry.operation.resource { last[resource] = entry.operation }
    }
    return last.compactMap { resource, operation in
      guard !LandingJudge.isAfter(operation, view.shown(resource)) else { return nil }
      let shown = view.shown(resource).map { JSONValue.object($0.fields).encodedString() }
      let planned = operation.after.map { JSONValue.object($0).encodedString() }
      return "\(record.project.id) \(resource): planned \(planned ?? "none"), is \(shown ?? "none")"
    }
  }

  @Test func `what plan predicted is what is there after apply`() async throws {
    var compared = 0
    try await Self.worlds(AgreementScripts.anything) { estate, script, seed in
      try await estate.plan(script)
      try await estate.apply(script)
      let records = try estate.records()
      for record in records where record.outcome == .failed && record.plan.outcome == .changed {
        Issue.record("seed \(seed): \(record.project.id) failed: \(record.reason ?? "")")
      }
      for record in records where record.outcome == .changed {
        let wrong = try await Self.disagreements(record, estate.running.reader)
        for line in wrong { Issue.record("seed \(seed): \(line)") }
        compared += record.operations.count
      }
      #expect(!estate.running.requests.contains { $0.storesMask })
      #expect(try estate.totals().isBalanced)
    }
    #expect(compared > Self.cases / 2)
    print("agreement: \(compared) operations compared over \(Self.cases) projects")
  }

  @Test func `planned again there is nothing to do`() async throws {
    try await Self.worlds(AgreementScripts.convergent) { estate, script, seed in
      try await estate.plan(script)
      #expect(try estate.totals()[.changed] > 10)
      try await estate.apply(script)
      try await estate.plan(script, to: "b.godwit")
      for record in try estate.records("b.godwit") where record.plan.outcome == .changed {
        let operations = record.operations.map { "\($0.operation.verb) \($0.operation.target)" }
        Issue.record("seed \(seed): \(record.project.id) is not done: \(operations)")
      }
    }
  }
}
