import Testing

@testable import GodwitAtlas

@Suite struct RetryDecisionTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var kind: AtlasError.Kind = .status
    var status: Int?
    var code: String?
    var arrival: AtlasError.Arrival
    var read: Bool
    var write: Bool
    var testDescription: String {
      "\(kind.rawValue) \(status.map(String.init) ?? "") \(arrival.rawValue)"
    }
  }

  private static func status(_ status: Int, _ code: String? = nil, read: Bool, write: Bool) -> Row {
    Row(
      status: status,
      code: code,
      arrival: AtlasConnection.arrival(status: status),
      read: read,
      write: write
    )
  }

  static let statuses = [
    status(300, read: false, write: false), status(301, read: false, write: false),
    status(303, read: false, write: false), status(307, read: false, write: false),
    status(400, read: false, write: false), status(401, read: false, write: false),
    status(402, read: false, write: false), status(403, read: false, write: false),
    status(404, read: false, write: false), status(405, read: false, write: false),
    status(405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", read: true, write: false),
    status(406, read: false, write: false), status(408, read: true, write: false),
    status(409, read: false, write: false), status(410, read: false, write: false),
    status(415, read: false, write: false), status(422, read: false, write: false),
    status(429, "RATE_LIMITED", read: true, write: false), status(500, read: true, write: false),
    status(501, read: true, write: false), status(502, read: true, write: false),
    status(503, read: true, write: false), status(504, read: true, write: false),
  ]

  static let failures: [Row] = AtlasError.Kind.allCases.flatMap { kind -> [Row] in
    let passes =
      switch kind {
      case .nameResolution, .connect, .tls, .timeout, .reset, .unreadableAnswer, .restlessNonce,
        .unsteadyList:
        true
      default: false
      }
    return [
      Row(kind: kind, arrival: .notArrived, read: passes, write: false),
      Row(kind: kind, arrival: .refused, read: passes, write: false),
      Row(kind: kind, arrival: .unknown, read: passes, write: false),
    ].filter { $0.kind != .status }
  }

  @Test(arguments: statuses + failures)
  func `sends reads again that may pass, and writes never`(row: Row) {
    let error = AtlasError(
      kind: row.kind,
      status: row.status,
      errorCode: row.code,
      arrival: row.arrival
    )
    for (isWrite, expected) in [(false, row.read), (true, row.write)] {
      let decision = RetryDecision.decide(
        error,
        isWrite: isWrite,
        policy: RetryPolicy(),
        random: 0.5
      )
      #expect((decision != .giveUp) == expected, "isWrite: \(isWrite)")
    }
  }

  @Test func `waits twice as long each time, up to the cap`() {
    let policy = RetryPolicy(attempts: 100)
    let waits = [1, 2, 3, 4, 5, 6, 7, 8, 60].map { attempt in
      RetryDecision.decide(
        AtlasError(kind: .reset, attempt: attempt),
        isWrite: false,
        policy: policy,
        random: 1
      )
    }
    let expected = [0.5, 1, 2, 4, 8, 16, 30, 30, 30].map {
      RetryDecision.retry(after: .seconds($0), costsBudget: true)
    }
    #expect(waits == expected)
  }

  @Test func `takes a random part of the wait, so that retries spread`() {
    let waits = [0, 0.25, 0.75].map { random in
      RetryDecision.decide(
        AtlasError(kind: .reset, attempt: 2),
        isWrite: false,
        policy: RetryPolicy(),
        random: random
      )
    }
    #expect(waits == [0, 0.25, 0.75].map { .retry(after: .seconds($0), costsBudget: true) })
  }

  @Test(arguments: [(429, 7, 7.25, false), (503, 7, 7.25, true), (429, 9_999, 300.25, false)])
  func `waits as long as the server asks, within reason`(
    status: Int,
    asked: Int,
    expected: Double,
    costsBudget: Bool
  ) {
    let decision = RetryDecision.decide(
      AtlasError(kind: .status, status: status, retryAfter: .seconds(asked)),
      isWrite: false,
      policy: RetryPolicy(),
      random: 0.5
    )
    #expect(decision == .retry(after: .seconds(expected), costsBudget: costsBudget))
  }

  @Test func `waits longer while Atlas is being upgraded`() {
    let decision = RetryDecision.decide(
      AtlasError(
        kind: .status,
        status: 405,
        errorCode: "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES",
        arrival: .refused
      ),
      isWrite: false,
      policy: RetryPolicy(),
      random: 1
    )
    #expect(decision == .retry(after: .seconds(5), costsBudget: true))
  }

  @Test func `gives up after the last attempt`() {
    let decision = RetryDecision.decide(
      AtlasError(kind: .reset, attempt: 5),
      isWrite: false,
      policy: RetryPolicy(),
      random: 0
    )
    #expect(decision == .giveUp)
  }
}
