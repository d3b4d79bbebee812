import Foundation
import GodwitCore
import TestSupport
import Testing

@testable import AtlasSimulator

@Suite struct TokenEndpointTests {
  private func basic(_ user: String, _ password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  private func post(
    _ client: TestClient,
    _ account: SimulatorCredentials.ServiceAccount,
    to path: String = "/token",
    secret: String? = nil,
    form: String = "grant_type=client_credentials",
    headers: [String: String?] = [:]
  ) async throws -> Reply {
    let changes: [String: String?] = [
      "Authorization": basic(account.clientID, secret ?? account.clientSecret),
      "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
    ]
    return try await client.send(
      "POST",
      path,
      bytes: Array(form.utf8),
      headers: changes.merging(headers) { $1 },
      prefix: "/api/oauth"
    )
  }

  private func token(
    _ client: TestClient,
    _ account: SimulatorCredentials.ServiceAccount? = nil
  ) async throws -> String {
    let reply = try await post(client, account ?? client.simulator.credentials.serviceAccount)
    return try #require(reply.json["access_token"]?.stringValue)
  }

  private func use(_ token: String, _ client: TestClient) async throws -> Reply {
    try await client.send("GET", "/orgs", headers: ["Authorization": "Bearer \(token)"])
  }

  @Test func `id and secret get a token of an hour that works until it is revoked`() async throws {
    try await withSimulator { client in
      let account = client.simulator.credentials.serviceAccount
      #expect(account.clientID.hasPrefix("mdb_sa_id_"))
      #expect(account.clientSecret.hasPrefix("mdb_sa_sk_"))
      let reply = try await post(client, account)
      #expect(reply.status == 200)
      #expect(reply.json["expires_in"] == 3600)
      #expect(reply.json["token_type"] == "Bearer")
      #expect(reply.headers["cache-control"] == "no-store")
      let token = try #require(reply.json["access_token"]?.stringValue)
      #expect(try await use(token, client).status == 200)
      let other = client.simulator.credentials.readOnlyServiceAccount
      let form = "token=\(token)&token_type_hint=access_token"
      #expect(try await post(client, other, to: "/revoke", form: form).status == 200)
      #expect(try await use(token, client).status == 200)
      let revoked = try await post(client, account, to: "/revoke", form: form)
      #expect((revoked.status, revoked.text) == (200, ""))
      let refused = try await use(token, client)
      #expect(refused.status == 401)
      #expect(refused.headers["www-authenticate"] == nil)
      #expect(refused.errorCode == "UNEXPECTED_ERROR")
    }
  }

  @Test func `a token ends`() async throws {
    let clock = ManualClock()
    try await withSimulator({ $0.now = clock.instant }) { client in
      let token = try await self.token(client)
      clock.advance(by: 3_599_000)
      #expect(try await use(token, client).status == 200)
      clock.advance(by: 1000)
      #expect(try await use(token, client).status == 401)
    }
    let account = SimulatorCredentials(worldID: "w").serviceAccount
    let table = TokenTable([account], limits: TokenTable.Limits(lifetime: .seconds(10)))
    let start = ContinuousClock.now
    let minted = try table.mint(
      clientID: account.clientID,
      secret: account.clientSecret,
      at: start
    )
    #expect(table.caller(of: minted, at: start + .seconds(9)) != nil)
    #expect(table.caller(of: minted, at: start + .seconds(10)) == nil)
  }

  @Test func `the read-only account's tokens read and do not write`() async throws {
    try await withSimulator { client in
      let account = client.simulator.credentials.readOnlyServiceAccount
      let token = try await token(client, account)
      #expect(try await use(token, client).status == 200)
      let project = try client.emptiedProject()
      let reply = try await client.send(
        "PUT",
        "/groups/\(project)/integrations/DATADOG",
        .object(Sample.body("DATADOG")),
        headers: ["Authorization": "Bearer \(token)"]
      )
      #expect(reply.status == 403)
      #expect(try client.simulator.world.integration(of: project, type: "DATADOG") == nil)
    }
  }

  @Test func `who is refused gets OAuth's errors`() async throws {
    try await withSimulator { client in
      let account = client.simulator.credentials.serviceAccount
      let wrong = try await post(client, account, secret: "mdb_sa_sk_wrong")
      #expect((wrong.status, wrong.json["error"]) == (401, "invalid_client"))
      let bare = try await post(client, account, headers: ["Authorization": nil])
      #expect((bare.status, bare.json["error"]) == (401, "invalid_client"))
      let odd = try await post(client, account, headers: ["Authorization": "Basic !!!"])
      #expect(odd.status == 401)
      let key = client.simulator.credentials.owner
      let header = basic(key.publicKey, key.privateKey)
      let other = try await post(client, account, headers: ["Authorization": header])
      #expect(other.status == 401)
      let empty = try await post(client, account, form: "")
      #expect((empty.status, empty.json["error"]) == (400, "invalid_request"))
      let grant = try await post(client, account, form: "grant_type=password")
      #expect((grant.status, grant.json["error"]) == (400, "unsupported_grant_type"))
      let json = try await post(client, account, headers: ["Content-Type": "application/json"])
      #expect((json.status, json.json["error"]) == (400, "invalid_request"))
      let get = try await client.send("GET", "/token", prefix: "/api/oauth")
      #expect((get.status, get.headers["allow"]) == (405, "POST"))
      #expect(try await post(client, account, to: "/nothing").status == 404)
    }
  }

  @Test func `a disabled account loses its tokens, one with an old secret keeps them`() async throws
  {
    try await withSimulator { client in
      let account = client.simulator.credentials.serviceAccount
      let token = try await token(client)
      client.simulator.set(account, to: .secretExpired)
      let expired = try await post(client, account)
      #expect((expired.status, expired.json["error"]) == (401, "invalid_client"))
      #expect(expired.text.contains("expired"))
      #expect(try await use(token, client).status == 200)
      client.simulator.set(account, to: .disabled)
      let disabled = try await post(client, account)
      #expect((disabled.status, disabled.json["error"]) == (401, "invalid_client"))
      #expect(disabled.text.contains("disabled"))
      #expect(try await use(token, client).status == 401)
      client.simulator.set(account, to: .active)
      #expect(try await post(client, account).status == 200)
    }
  }

  @Test(arguments: TokenLimitForm.allCases)
  func `an account that asks too often is told when to ask again`(
    form: TokenLimitForm
  ) async throws {
    try await withSimulator({
      $0.tokenRequestsPerMinute = 2
      $0.tokenLimitForm = form
    }) { client in
      let account = client.simulator.credentials.serviceAccount
      #expect(try await post(client, account).status == 200)
      #expect(try await post(client, account, secret: "wrong").status == 401)
      let reply = try await post(client, account)
      #expect(reply.status == 429)
      let seconds = try #require(reply.headers["retry-after"].flatMap { Int($0) })
      #expect((50...60).contains(seconds))
      switch form {
      case .oauth: #expect(reply.json["error"] == "rate_limited")
      case .apiError:
        #expect(reply.json["error"] == 429)
        #expect(reply.errorCode == "RATE_LIMITED")
        #expect(reply.parameters == ["/api/oauth/token", 2, 1])
      }
      let other = client.simulator.credentials.readOnlyServiceAccount
      #expect(try await post(client, other).status == 200)
    }
  }

  @Test func `an account has a hundred tokens at most`() async throws {
    try await withSimulator({ $0.tokenRequestsPerMinute = 1000 }) { client in
      let account = client.simulator.credentials.serviceAccount
      for _ in 0..<100 { #expect(try await post(client, account).status == 200) }
      let reply = try await post(client, account)
      #expect((reply.status, reply.json["error"]) == (403, "access_denied"))
    }
  }

  @Test func `the log has the requests for tokens, and no secret`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/log"
      try await withSimulator({ $0.requestLog = path }) { client in
        let account = client.simulator.credentials.serviceAccount
        let token = try await token(client)
        _ = try await post(client, account, secret: "wrong")
        _ = try await use(token, client)
        let entries = try logEntries(path)
        #expect(entries.prefix(2).allSatisfy { $0["path"] == "/api/oauth/token" })
        #expect(entries.map { $0["authentication"] } == ["basic", "none", "bearer"])
        #expect(entries[1]["errorCode"] == "invalid_client")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains(account.clientSecret))
        #expect(!text.contains(token))
      }
    }
  }
}
