import GodwitCore
import Synchronization
import TestSupport
import Testing

@testable import GodwitAtlas

@Suite struct DigestExchangeTests {
  /// Challenges what comes without an answer to the nonce, and answers the rest.
  private static func honest(_ nonce: String, _ reply: Reply = .json(emptyList))
    -> ScriptedServer.Script
  {
    { $0.digest("nonce") == nonce ? reply : .challenge(nonce) }
  }

  @Test func `serves many requests in parallel with one challenge`() async throws {
    try await Client.with(Client.key, script: Self.honest("N1")) { client, server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<40 {
          group.addTask { _ = try await client.reader.integrations(of: Client.project) }
        }
        try await group.waitForAll()
      }
      let requests = server.requests
      #expect(requests.count == 41)
      #expect(requests.count { $0.authorization == nil } == 1)
      let counts = Set(requests.compactMap { $0.digest("nc") })
      #expect(counts.count == 40)
      #expect(Set(requests.compactMap { $0.digest("cnonce") }).count == 40)
      #expect(client.connection.statistics.challenges == 1)
      #expect(client.connection.statistics.requests == 41)
    }
  }

  @Test func `sends one challenge and one answer with a wrong key`() async throws {
    try await Client.with(Client.key, script: { _ in .challenge("N") }) { client, server in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .wrongCredentials)
      #expect(error.scope == .run)
      #expect(error.status == 401)
      #expect(error.attempt == 1)
      #expect(error.detail == "API key …efgh")
      #expect(server.requests.count == 2)
      let again = try await atlasError { try await client.reader.organizations() }
      #expect(again.kind == .wrongCredentials)
      #expect(server.requests.count == 2)
      #expect(client.waits.all.isEmpty)
    }
  }

  @Test func `sends one challenge and one answer for all parallel requests`() async throws {
    try await Client.with(Client.key, script: { _ in .challenge("N") }) { client, server in
      let errors = await withTaskGroup(of: AtlasError?.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try? await atlasError { try await client.reader.integrations(of: Client.project) }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(errors.allSatisfy { $0?.kind == .wrongCredentials })
      #expect(server.requests.count == 2)
    }
  }

  @Test func `never sends a body on the leg without credentials`() async throws {
    try await Client.with(Client.key, script: Self.honest("N1")) { client, server in
      _ = try await client.writer.update(
        "DATADOG",
        in: Client.project,
        body: ["apiKey": .secret(SecretReference(name: "k")), "region": "EU"],
        secrets: { _ in SecretValue("0123456789abcdef") }
      )
      let requests = server.requests
      #expect(requests.map(\.method) == ["GET", "PUT"])
      #expect(requests[0].target == requests[1].target)
      #expect(requests[0].body.isEmpty)
      #expect(
        requests[1].bodyText == #"{"apiKey":"0123456789abcdef","region":"EU","type":"DATADOG"}"#
      )
    }
  }

  @Test(arguments: [true, false])
  func `answers once more when the nonce has changed`(stale: Bool) async throws {
    let nonce = Mutex("N1")
    let script: ScriptedServer.Script = { request in
      let current = nonce.withLock { $0 }
      guard request.digest("nonce") == current else {
        return .challenge(current, stale: stale && request.authorization != nil)
      }
      return .json(emptyList)
    }
    try await Client.with(Client.key, script: script) { client, server in
      _ = try await client.reader.integrations(of: Client.project)
      nonce.withLock { $0 = "N2" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<10 {
          group.addTask { _ = try await client.reader.integrations(of: Client.project) }
        }
        try await group.waitForAll()
      }
      // One challenge without an answer: the first of all.
      #expect(server.requests.count { $0.authorization == nil } == 1)
      #expect(server.requests.count { $0.digest("nonce") == "N2" } == 10)
      #expect(client.waits.all.isEmpty)
    }
  }

  @Test func `sends a write again that was refused with a new nonce`() async throws {
    let script: ScriptedServer.Script = { request in
      switch request.number {
      case 1: .challenge("N1")
      case 2: .json(emptyList)
      case 3: .challenge("N2", stale: true)
      default: request.digest("nonce") == "N2" ? .json(emptyList) : .challenge("N2")
      }
    }
    try await Client.with(Client.key, script: script) { client, server in
      _ = try await client.reader.integrations(of: Client.project)
      try await client.writer.delete("DATADOG", in: Client.project)
      #expect(server.requests.map(\.method) == ["GET", "GET", "DELETE", "DELETE"])
    }
  }

  @Test func `gives up on a server that finds every nonce stale`() async throws {
    let script: ScriptedServer.Script = { .challenge("N\($0.number)", stale: $0.number > 1) }
    try await Client.with(Client.key, { $0.retry.attempts = 2 }, script: script) {
      client,
      server in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .restlessNonce)
      #expect(error.attempt == 2)
      #expect(error.arrival == .refused)
      #expect(server.requests.count == 11)
    }
  }

  @Test func `uses the nonce that an answer names as the next`() async throws {
    let script: ScriptedServer.Script = { request in
      guard let nonce = request.digest("nonce") else { return .challenge("N1") }
      let headers = nonce == "N1" ? ["Authentication-Info": #"nextnonce="N2""#] : [:]
      return .json(emptyList, headers: headers)
    }
    try await Client.with(Client.key, script: script) { client, server in
      _ = try await client.reader.integrations(of: Client.project)
      _ = try await client.reader.integrations(of: Client.project)
      #expect(server.requests.map { $0.digest("nonce") } == [nil, "N1", "N2"])
      #expect(server.requests.last?.digest("nc") == "00000001")
    }
  }

  @Test(arguments: ["NOT_IN_GROUP", "USER_CANNOT_ACCESS_GROUP", "USER_UNAUTHORIZED"])
  func `takes a 401 with a code of its own for the project's trouble`(code: String) async throws {
    let script: ScriptedServer.Script = { request in
      guard request.authorization != nil else { return .challenge("N1") }
      let header = #"Digest realm="r", nonce="N1", qop="auth""#
      return request.target.contains("integrations")
        ? .error(401, code, headers: ["WWW-Authenticate": header]) : .json(emptyList)
    }
    try await Client.with(Client.key, script: script) { client, server in
      let error = try await atlasError {
        try await client.reader.integrations(of: Client.project)
      }
      #expect(error.kind == .status)
      #expect(error.errorCode == code)
      #expect(error.scope == .project)
      _ = try await client.reader.organizations()
      #expect(server.requests.count == 3)
    }
  }

  @Test func `says so when the server wants another kind of authentication`() async throws {
    let script: ScriptedServer.Script = { _ in
      .json("{}", status: 401, headers: ["WWW-Authenticate": "Basic realm=\"x\""])
    }
    try await Client.with(Client.key, script: script) { client, server in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .unsupportedAuthentication)
      #expect(server.requests.count == 1)
    }
  }

  @Test func `does not send a write to a server that asks nobody who they are`() async throws {
    try await Client.with(Client.key, script: { _ in .json(emptyList) }) { client, server in
      _ = try await client.reader.organizations()
      let error = try await atlasError {
        try await client.writer.delete("DATADOG", in: Client.project)
      }
      #expect(error.kind == .unsupportedAuthentication)
      #expect(error.arrival == .notArrived)
      #expect(server.requests.map(\.method) == ["GET", "GET"])
    }
  }

  @Test func `signs path and query exactly as they stand in the request line`() async throws {
    try await Client.with(Client.key, script: Self.honest("N1", .error(404, "X"))) {
      client,
      server in
      _ = try? await client.reader.project(named: "a b/ü+%&?'")
      _ = try? await client.reader.projects()
      for request in server.requests where request.authorization != nil {
        #expect(request.digest("uri") == request.target)
      }
      #expect(
        server.requests[1].target
          == "/api/atlas/v2/groups/byName/a%20b%2F%C3%BC%2B%25%26%3F%27"
      )
      #expect(server.requests[2].target == "/api/atlas/v2/groups?itemsPerPage=500&pageNum=1")
    }
  }

  @Test func `sends a token as it is and takes a 401 for its end`() async throws {
    let script: ScriptedServer.Script = { request in
      request.number == 1 ? .json(emptyList) : .error(401, "UNEXPECTED_ERROR")
    }
    try await Client.with(Client.token, script: script) { client, server in
      _ = try await client.reader.organizations()
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .wrongCredentials)
      #expect(error.detail == "access token …9xyz")
      #expect(server.requests.count == 2)
      #expect(server.requests[0].authorization == "Bearer token-of-many-letters-9xyz")
    }
  }

  @Test func `passes the turn on when the request that fetches the challenge is cancelled`()
    async throws
  {
    let script: ScriptedServer.Script = { request in
      if request.authorization != nil { return .json(emptyList) }
      return .challenge("N1").delayed(milliseconds: request.number == 1 ? 100_000 : 0)
    }
    try await Client.with(Client.key, script: script) { client, server in
      let first = Task { try await client.reader.organizations() }
      try await eventually { !server.requests.isEmpty }
      async let second = client.reader.organizations()
      for _ in 0..<100 { await Task.yield() }
      first.cancel()
      #expect(try await second.isEmpty)
      await #expect(throws: AtlasError.self) { try await first.value }
      #expect(server.requests.count == 3)
    }
  }
}
