import AtlasSimulator
import GodwitCore
import Testing

/// What the simulator says of credentials and limits.
@Suite struct StandingTests {
  private static let accept = "application/vnd.atlas.2025-03-12+json"

  private func get(_ path: String, _ client: TestClient) async throws -> Reply {
    try await client.send("GET", path, headers: ["Accept": Self.accept])
  }

  private func token(
    _ client: TestClient,
    _ account: SimulatorCredentials.ServiceAccount
  ) async throws -> [String: String?] {
    let pair = Array("\(account.clientID):\(account.clientSecret)".utf8)
    let reply = try await client.send(
      "POST",
      "/token",
      bytes: Array("grant_type=client_credentials".utf8),
      headers: [
        "Authorization": "Basic " + Self.base64(pair),
        "Content-Type": "application/x-www-form-urlencoded",
      ],
      prefix: "/api/oauth"
    )
    let token = try #require(reply.json["access_token"]?.stringValue)
    return ["Authorization": "Bearer \(token)", "Accept": Self.accept]
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place > group.count ? "=" : digits[bits >> (18 - 6 * place) & 63])
      }
    }
    return text
  }

  @Test func `the root names a key and its roles, and no key of a service account`() async throws {
    try await withSimulator { client in
      let root = try await client.get("")
      let key = try #require(root.json["apiKey"])
      #expect(key["publicKey"]?.stringValue == client.simulator.credentials.publicKey)
      #expect(key["roles"]?.arrayValue?.first?["roleName"] == "ORG_OWNER")
      let headers = try await token(client, client.simulator.credentials.serviceAccount)
      let other = try await client.send("GET", "", headers: headers)
      #expect(other.status == 200)
      #expect(other.json["apiKey"] == .null)
    }
  }

  @Test func `a service account sees itself and nobody else`() async throws {
    try await withSimulator { client in
      let account = client.simulator.credentials.readOnlyServiceAccount
      let other = client.simulator.credentials.serviceAccount
      let headers = try await token(client, account)
      let orgs = try await client.get("/orgs")
      let org = try #require(orgs.results.first?["id"]?.stringValue)
      let path = "/orgs/\(org)/serviceAccounts/"
      let own = try await client.send("GET", path + account.clientID, headers: headers)
      #expect(own.status == 200)
      #expect(own.json["roles"] == ["ORG_READ_ONLY"])
      #expect(own.json["secrets"]?.arrayValue?.first?["expiresAt"]?.stringValue?.isEmpty == false)
      #expect(!own.text.contains(account.clientSecret))
      let foreign = try await client.send("GET", path + other.clientID, headers: headers)
      #expect((foreign.status, foreign.errorCode) == (404, "SERVICE_ACCOUNT_NOT_FOUND"))
      #expect(try await get(path + account.clientID, client).status == 404)
      let nowhere = "/orgs/ffffffffffffffffffffffff/serviceAccounts/\(account.clientID)"
      #expect(try await client.send("GET", nowhere, headers: headers).errorCode == "ORG_NOT_FOUND")
    }
  }

  @Test func `limits are told by scope and path`() async throws {
    try await withSimulator { client in
      let project = try client.simulator.world.projectIDs()[0]
      let path = "%2Fapi%2Fatlas%2Fv2%2Fgroups%2F%7BgroupId%7D%2Fintegrations"
      let reply = try await get("/rateLimits?groupId=\(project)&endpointPath=\(path)", client)
      #expect(reply.status == 200)
      #expect(reply.results.count == 1)
      let set = try #require(reply.results.first)
      #expect(set["scope"] == "GROUP")
      #expect(set["capacity"]?["value"] == 1200)
      #expect(set["refillRate"]?["value"] == 500)
      #expect(set["refillDurationSeconds"]?["value"] == 60)
      #expect(reply.json["totalCount"] == nil)
      let all = try await get("/rateLimits", client)
      #expect(all.results.count > 5)
      let user = client.simulator.credentials.publicKey
      let mine = try await get("/rateLimits?userId=\(user)", client)
      #expect(mine.results.allSatisfy { $0["scope"] == "USER" })
      #expect(try await get("/rateLimits?userId=somebody", client).status == 403)
      #expect(try await get("/rateLimits?groupId=x", client).errorCode == "INVALID_GROUP_ID")
      #expect(try await client.send("POST", "/rateLimits", .object([:])).status == 405)
      #expect(all.headers["content-type"] == "application/vnd.atlas.2025-03-12+json;charset=utf-8")
      let older = ["Accept": "application/vnd.atlas.2025-02-19+json" as String?]
      #expect(try await client.send("GET", "/rateLimits", headers: older).status == 406)
      let v1 = try await client.send("GET", "/rateLimits", prefix: "/api/atlas/v1.0")
      #expect(v1.status == 404)
    }
  }
}
