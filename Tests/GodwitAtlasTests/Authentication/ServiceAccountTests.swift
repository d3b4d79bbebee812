import GodwitCore
import Synchronization
import TestSupport
import Testing

@testable import GodwitAtlas

@Suite struct ServiceAccountTests {
  private static let secret = "mdb_sa_sk_0123456789abcdefghijklmnop"
  private static let account = AtlasCredential.serviceAccount(
    clientID: "mdb_sa_id_0123456789abcdef01234567",
    clientSecret: SecretValue(secret)
  )
  /// `mdb_sa_id_…:mdb_sa_sk_…` in Base64, from the documented form of the header.
  private static let basic =
    "Basic bWRiX3NhX2lkXzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2NzptZGJfc2Ffc2tfMDEyMzQ1Njc4OWFiY2RlZmdo"
    + "aWprbG1ub3A="

  /// A server that gives tokens `t1`, `t2`, … and answers those that it takes for good.
  private static func server(
    lifetime: Int = 3600,
    accepts: @escaping @Sendable (String) -> Bool = { _ in true },
    api: Reply = .json(emptyList)
  ) -> ScriptedServer.Script {
    let count = Mutex(0)
    return { request in
      switch request.target {
      case "/api/oauth/token":
        let number = count.withLock { count in
          count += 1
          return count
        }
        return token("t\(number)", lifetime: lifetime)
      case "/api/oauth/revoke": return .json("")
      default:
        let isGood = accepts(request.authorization ?? "")
        return isGood ? api : .error(401, "UNEXPECTED_ERROR")
      }
    }
  }

  private static func token(_ value: String, lifetime: Int = 3600) -> Reply {
    .json(#"{"access_token":"\#(value)","expires_in":\#(lifetime),"token_type":"Bearer"}"#)
  }

  private static func isToken(_ request: ReceivedRequest) -> Bool {
    request.target == "/api/oauth/token"
  }

  @Test func `one token serves many requests in parallel, and is given back`() async throws {
    let server = try ScriptedServer(Self.server())
    defer { server.stop() }
    try await Client.with(Self.account, origin: server.origin) { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<40 {
          group.addTask { _ = try await client.reader.integrations(of: Client.project) }
        }
        try await group.waitForAll()
      }
    }
    let requests = server.requests
    let minted = try #require(requests.first)
    #expect((minted.method, minted.target) == ("POST", "/api/oauth/token"))
    #expect(minted.authorization == Self.basic)
    #expect(minted.headers["content-type"] == "application/x-www-form-urlencoded")
    #expect(minted.bodyText == "grant_type=client_credentials")
    #expect(requests.count { $0.authorization == "Bearer t1" } == 40)
    let last = try #require(requests.last)
    #expect((last.method, last.target) == ("POST", "/api/oauth/revoke"))
    #expect(last.bodyText == "token=t1&token_type_hint=access_token")
    #expect(last.authorization == Self.basic)
    #expect(requests.count == 42)
  }

  @Test func `nothing is revoked where nothing was fetched`() async throws {
    let server = try ScriptedServer(Self.server())
    defer { server.stop() }
    try await Client.with(Self.account, origin: server.origin) { _ in }
    #expect(server.requests.isEmpty)
  }

  @Test func `a token that ends in the middle is replaced once for all`() async throws {
    let accepted = Mutex("Bearer t1")
    try await Client.with(
      Self.account,
      script: Self.server(accepts: { text in accepted.withLock { $0 == text } })
    ) { client, server in
      _ = try await client.reader.organizations()
      accepted.withLock { $0 = "Bearer t2" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask { _ = try await client.reader.integrations(of: Client.project) }
        }
        try await group.waitForAll()
      }
      #expect(server.requests.count(where: Self.isToken) == 2)
      #expect(client.waits.all.isEmpty)
      #expect(client.connection.statistics.retries == 0)
    }
  }

  @Test func `a refused account is asked for two tokens, whatever is in flight`() async throws {
    try await Client.with(
      Self.account,
      script: Self.server(accepts: { _ in false })
    ) { client, server in
      let errors = await withTaskGroup(of: AtlasError?.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try? await atlasError { try await client.reader.integrations(of: Client.project) }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(errors.allSatisfy { $0?.kind == .wrongCredentials && $0?.scope == .run })
      #expect(server.requests.count(where: Self.isToken) == 2)
      let count = server.requests.count
      _ = try await atlasError { try await client.reader.organizations() }
      #expect(server.requests.count == count)
    }
  }

  @Test func `a role that is missing costs no new token`() async throws {
    try await Client.with(
      Self.account,
      script: Self.server(api: .error(401, "USER_UNAUTHORIZED"))
    ) { client, server in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .status)
      #expect(server.requests.count == 2)
    }
  }

  @Test func `a token of a short life is replaced by itself`() async throws {
    let clock = ManualClock()
    let adjust: (inout AtlasConfiguration) -> Void = { $0.now = clock.instant }
    let script = Self.server(lifetime: 1200)
    try await Client.with(Self.account, adjust, script: script) { client, server in
      _ = try await client.reader.organizations()
      clock.advance(by: 899_000)
      _ = try await client.reader.organizations()
      #expect(server.requests.count(where: Self.isToken) == 1)
      clock.advance(by: 2000)
      // Requests go on with the old one until the new one is there.
      #expect(
        try await eventually {
          _ = try await client.reader.organizations()
          return server.requests.last?.authorization == "Bearer t2"
        }
      )
      #expect(server.requests.count(where: Self.isToken) == 2)
      clock.advance(by: 1_200_000)
      _ = try await client.reader.organizations()
      #expect(server.requests.last?.authorization == "Bearer t3", "one that has ended is not used")
      #expect(client.waits.all.isEmpty)
    }
  }

  @Test(arguments: [
    #"{"error":"rate_limited","error_description":"Slow down."}"#,
    #"""
    {"detail":"Slow down.","error":429,"errorCode":"RATE_LIMITED","parameters":["/x",10,1],\#
    "reason":"Too Many Requests"}
    """#,
  ])
  func `a 429 of the token endpoint is waited for, in both its shapes`(body: String) async throws {
    let count = Mutex(0)
    let script: ScriptedServer.Script = { request in
      guard Self.isToken(request) else { return .json(emptyList) }
      let number = count.withLock { count in
        count += 1
        return count
      }
      switch number {
      case 1: return .json(body, status: 429, headers: ["Retry-After": "7"])
      case 2: return .json(body, status: 429)
      default: return Self.token("t")
      }
    }
    try await Client.with(Self.account, script: script) { client, _ in
      _ = try await client.reader.organizations()
      #expect(client.waits.all == [.milliseconds(7250), .milliseconds(20_250)])
    }
  }

  @Test(arguments: [
    (400, #"{"error":"invalid_request"}"#, AtlasError.Kind.wrongCredentials, "invalid_request"),
    (
      401, #"{"error":"invalid_client","error_description":"The secret has expired."}"#,
      .wrongCredentials, "service account …4567, invalid_client: The secret has expired."
    ),
    (403, #"{"error":"access_denied"}"#, .wrongCredentials, "access_denied"),
    (401, "<html>", .wrongCredentials, "service account …4567"),
    (404, "", .unsupportedAuthentication, "no token endpoint"),
    (200, "{}", .unreadableAnswer, "without an access token"),
    (200, #"{"access_token":"a b"}"#, .unreadableAnswer, "without an access token"),
    (200, #"{"access_token":"a","token_type":"mac"}"#, .unreadableAnswer, "not a bearer token"),
  ])
  func `what the token endpoint says instead of a token is told`(
    status: Int,
    body: String,
    kind: AtlasError.Kind,
    words: String
  ) async throws {
    try await Client.with(
      Self.account,
      script: { _ in .json(body, status: status) }
    ) { client, server in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == kind)
      #expect(error.description.contains(words), "\(error)")
      #expect((error.method, error.path) == ("POST", "/api/oauth/token"))
      #expect(error.arrival == .notArrived)
      #expect(error.advice != nil)
      #expect(server.requests.allSatisfy(Self.isToken))
      if kind != .unreadableAnswer { #expect(server.requests.count == 1) }
    }
  }

  @Test func `a write is not sent without a token`() async throws {
    try await Client.with(
      Self.account,
      script: { _ in .json(#"{"error":"server_error"}"#, status: 500) }
    ) { client, server in
      let error = try await atlasError {
        try await client.writer.update(
          "DATADOG",
          in: Client.project,
          body: ["apiKey": .secret(SecretReference(name: "k"))],
          secrets: { _ in SecretValue("0123456789abcdef") }
        )
      }
      #expect(error.status == 500)
      #expect(error.errorCode == "server_error")
      #expect(error.arrival == .notArrived)
      #expect(server.requests.map(\.target) == ["/api/oauth/token"])
      #expect(!server.requests[0].bodyText.contains("0123456789abcdef"))
    }
  }

  @Test func `neither secret nor token nor header is in an error`() async throws {
    let token = "token-that-nobody-sees"
    let echo = #"{"error":500,"errorCode":"X","detail":"\#(Self.secret) \#(token) \#(Self.basic)"}"#
    try await Client.with(
      Self.account,
      script: { Self.isToken($0) ? Self.token(token) : .json(echo, status: 400) }
    ) { client, _ in
      let error = try await atlasError { try await client.reader.organizations() }
      let text = "\(error) \(error.detail ?? "")"
      #expect(text.contains("<secret> <secret> Basic <secret>"))
      for word in [Self.secret, token, String(Self.basic.dropFirst(6))] {
        #expect(!text.contains(word))
      }
    }
  }

  @Test func `a server that says the token is invalid is believed, whatever its code`() async throws
  {
    let isFirst = Mutex(true)
    try await Client.with(
      Self.account,
      script: { request in
        if Self.isToken(request) { return Self.token("t") }
        let refuses = isFirst.withLock { isFirst in
          defer { isFirst = false }
          return isFirst
        }
        return refuses
          ? .json(
            #"{"error":401,"errorCode":"SOMETHING_NEW"}"#,
            status: 401,
            headers: ["WWW-Authenticate": #"Bearer realm="x", error="invalid_token""#]
          ) : .json(emptyList)
      }
    ) { client, server in
      _ = try await client.reader.organizations()
      #expect(server.requests.count(where: Self.isToken) == 2)
    }
  }
}
