import GodwitCore
import GodwitScript
import Synchronization
import Testing

@Suite struct ProjectVerifierTests {
  typealias Reader =
    @Sendable (ProjectID, IntegrationType?) async -> ScriptReads.Answer<[Integration]>

  private static func verify(
    _ body: String,
    read: @escaping Reader = { _, type in
      let all = [Bench.datadog, Bench.webhook, Bench.future].compactMap { Integration($0) }
      return .success(all.filter { type == nil || $0.type == type })
    }
  ) async throws -> ProjectVerifier.Failure? {
    let migration = try await Bench.migration(
      """
      return { migrate = function() error("not here") end,
      params = { key = { type = "secret" } }, may = { delete = { "WEBHOOK" } },
      verify = function(project, params) local all = project.integrations
      \(body)
      end }
      """
    )
    let verifier = ProjectVerifier(
      migration: migration,
      inputs: ScriptInputs(secretNames: ["key"]),
      fingerprints: Bench.fingerprints
    )
    return await verifier.verify(Bench.project, reads: .integrations(read))
  }

  static let passing = [
    "", "return true", "return nil", "assert(all:get('DATADOG').region == 'US')",
    "assert(all:get('SLACK') == nil)", "assert(#all:list() == 3)",
    "assert(all:get('FUTURE').level == 3)", "assert(all:get('DATADOG').id == \(quotedStamp))",
    "assert(all:get('DATADOG').apiKey:matches(params.key) == false)",
    "assert(project.name == 'prod-eu')", "print('x') log.warn('y')",
  ]
  private static let quotedStamp = "'65f0000000000000000000d1'"

  @Test(arguments: passing) func `what does not object is well`(body: String) async throws {
    #expect(try await Self.verify(body) == nil)
  }

  static let failing: [(String, String, Int)] = [
    ("return false", "verify returned false", 3),
    (
      "\nassert(all:get('DATADOG').region == 'EU', 'region did not change')",
      "region did not change", 5
    ),
    ("error('so')", "so", 4), ("all:get('SLACK').x = 1", "attempt to index a nil value", 4),
    ("all:get('DATADGO')", "unknown integration type \"DATADGO\"; did you mean \"DATADOG\"?", 4),
    (
      "\nall:delete('WEBHOOK')",
      "verify may only read: the plan was reviewed without this write", 5
    ),
    (
      "all:update('DATADOG', { region = 'EU' })",
      "verify may only read: the plan was reviewed without this write", 4
    ),
    ("skip('x')", "skip cannot be called in verify", 4),
    ("hold('x')", "hold cannot be called in verify", 4),
    ("manual{ title = 'x' }", "manual cannot be called in verify", 4),
  ]

  @Test(arguments: failing) func `what objects fails, with its line`(
    body: String,
    reason: String,
    line: Int
  ) async throws {
    let failure = try await Self.verify(body)
    #expect(failure?.reason == reason)
    #expect(failure?.position == ScriptPosition(file: "bench.lua", line: line))
  }

  @Test func `each read is fresh, and no wider than it must be`() async throws {
    let reads = Mutex<[IntegrationType?]>([])
    let failure = try await Self.verify("all:get('DATADOG') all:get('DATADOG') all:list()") {
      project,
      type in
      #expect(project == Bench.project.id)
      reads.withLock { $0.append(type) }
      return .success([])
    }
    #expect(failure == nil)
    #expect(reads.withLock { $0 } == ["DATADOG", "DATADOG", nil])
  }

  @Test func `an error of Atlas fails it with advice, unless it is caught`() async throws {
    let error = ScriptReadError(
      status: 503,
      method: "GET",
      path: "/x",
      line: "GET /x: 503",
      advice: "try later"
    )
    let failure = try await Self.verify("\nall:list()") { _, _ in .failure(error) }
    #expect(failure?.reason == "GET /x: 503")
    #expect(failure?.advice == "try later")
    #expect(failure?.position?.line == 5)
    let caught = try await Self.verify("assert(select(2, pcall(all.list, all)).status == 503)") {
      _,
      _ in .failure(error)
    }
    #expect(caught == nil)
  }

  @Test func `a migration without verify is not asked`() async throws {
    let migration = try await Bench.migration("return { migrate = function() end }")
    let verifier = ProjectVerifier(
      migration: migration,
      inputs: ScriptInputs(),
      fingerprints: [:]
    )
    #expect(await verifier.verify(Bench.project, reads: Memory().reads) == nil)
  }
}
