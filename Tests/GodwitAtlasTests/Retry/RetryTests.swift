import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct RetryTests {
  @Test func `reads again until the answer comes, with growing waits`() async throws {
    let script: ScriptedServer.Script = {
      $0.number < 4 ? .answer("<h1>Bad Gateway</h1>", status: 502) : .json(emptyList)
    }
    try await Client.with(script: script) { client, server in
      _ = try await client.reader.organizations()
      #expect(server.requests.count == 4)
      #expect(client.waits.all == [.milliseconds(250), .milliseconds(500), .seconds(1)])
      #expect(client.connection.statistics.retries == 3)
    }
  }

  @Test func `gives up after five attempts with the last error`() async throws {
    try await Client.with(script: { _ in .error(500, "UNEXPECTED_ERROR") }) { client, server in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.attempt == 5)
      #expect(error.status == 500)
      #expect(server.requests.count == 5)
      #expect(
        error.description
          == "GET /api/atlas/v2/orgs?itemsPerPage=500&pageNum=1: 500 UNEXPECTED_ERROR: Scripted. "
          + "(attempt 5)"
      )
    }
  }

  @Test func `waits as long as a 429 asks and counts it`() async throws {
    let script: ScriptedServer.Script = { request in
      request.number == 1
        ? .error(429, "RATE_LIMITED_TOKEN_BUCKET", headers: ["Retry-After": "7"])
        : .json(emptyList)
    }
    try await Client.with(script: script) { client, server in
      _ = try await client.reader.organizations()
      #expect(client.waits.all == [.milliseconds(7_250)])
      #expect(server.requests.count == 2)
      #expect(client.connection.statistics.rateLimited == 1)
    }
  }

  @Test(arguments: [500, 502, 503, 504, 408, 409])
  func `does not send a write again that may have been made`(status: Int) async throws {
    let script: ScriptedServer.Script = { _ in
      .error(status, "SOMETHING", headers: ["Retry-After": "1"])
    }
    try await Client.with(script: script) { client, server in
      let error = try await atlasError {
        try await client.writer.create("X", in: Client.project, body: [:]) { _ in nil }
      }
      #expect(error.arrival == .unknown)
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: [429, 405])
  func `leaves it to the caller to send a refused write again`(status: Int) async throws {
    let script: ScriptedServer.Script = { _ in
      .error(status, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", headers: ["Retry-After": "9"])
    }
    try await Client.with(script: script) { client, server in
      let error = try await atlasError {
        try await client.writer.delete("X", in: Client.project)
      }
      #expect(error.arrival == .refused)
      #expect(error.retryAfter == .seconds(9))
      #expect(server.requests.count == 1)
    }
  }

  @Test func `shares one budget, so that an outage is not multiplied`() async throws {
    try await Client.with(
      Client.token,
      {
        $0.retry.reserve = 3
        $0.retry.share = 0
      },
      script: { _ in .answer("", status: 503) }
    ) { client, server in
      let first = try await atlasError { try await client.reader.organizations() }
      #expect(first.isRetryBudgetSpent)
      #expect(first.attempt == 4)
      let second = try await atlasError { try await client.reader.organizations() }
      #expect(second.isRetryBudgetSpent)
      #expect(second.attempt == 1)
      #expect(server.requests.count == 5)
    }
  }

  @Test func `a failed fetch of the challenge leaves a write unsent`() async throws {
    let script: ScriptedServer.Script = { request in
      if request.number == 1 { return .answer("", status: 503) }
      return request.authorization == nil ? .challenge("N") : .answer("", status: 204)
    }
    try await Client.with(Client.key, script: script) { client, server in
      let error = try await atlasError {
        try await client.writer.delete("X", in: Client.project)
      }
      #expect(error.arrival == .notArrived)
      try await client.writer.delete("X", in: Client.project)
      #expect(server.requests.map(\.method) == ["GET", "GET", "DELETE"])
    }
  }

  @Test func `ends the wait when it is cancelled`() async throws {
    try await Client.with(
      Client.token,
      { $0.retry.sleep = { _ in throw CancellationError() } },
      script: { _ in .answer("", status: 503) }
    ) { client, server in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .cancelled)
      #expect(server.requests.count == 1)
    }
  }

  @Test func `earns retries with requests, up to a limit`() {
    var budget = RetryBudget(reserve: 2, share: 0.5)
    var granted = [budget.withdraw(), budget.withdraw(), budget.withdraw()]
    #expect(granted == [true, true, false])
    budget.deposit()
    granted = [budget.withdraw()]
    budget.deposit()
    granted.append(budget.withdraw())
    #expect(granted == [false, true])
    for _ in 0..<1_000 { budget.deposit() }
    granted = (0..<30).map { _ in budget.withdraw() }
    #expect(granted.count(where: \.self) == 20)
  }
}
