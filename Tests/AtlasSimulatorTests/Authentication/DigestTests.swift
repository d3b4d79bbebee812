import AtlasSimulator
import GodwitCore
import TestSupport
import Testing

@testable import AtlasSimulator

@Suite struct DigestTests {
  private static let path = "/api/atlas/v2/orgs"

  /// An `Authorization` header as a client computes it from a challenge.
  private func authorization(
    _ nonce: String,
    key: SimulatorCredentials.APIKey,
    count: String = "00000001",
    method: String = "GET",
    uri: String = path
  ) -> String {
    let secret = MD5.hex("\(key.publicKey):MMS Public API:\(key.privateKey)")
    let request = MD5.hex("\(method):\(uri)")
    let response = MD5.hex("\(secret):\(nonce):\(count):c0ffee:auth:\(request)")
    return #"Digest username="\#(key.publicKey)", realm="MMS Public API", nonce="\#(nonce)", "#
      + #"uri="\#(uri)", cnonce="c0ffee", nc=\#(count), qop=auth, response="\#(response)", "#
      + "algorithm=MD5"
  }

  private func nonce(_ reply: Reply) throws -> String {
    let header = try #require(reply.headers["www-authenticate"])
    let parts = header.split(separator: "nonce=\"")
    return String(try #require(parts.last).prefix { $0 != "\"" })
  }

  private func challenge(_ client: TestClient) async throws -> Reply {
    try await client.send("GET", "/orgs", headers: ["Authorization": nil])
  }

  @Test func `MD5 is written as RFC 1321 has it`() {
    #expect(MD5.hex("") == "d41d8cd98f00b204e9800998ecf8427e")
    #expect(MD5.hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0")
  }

  @Test func `the challenge is exactly Atlas'`() async throws {
    try await withSimulator { client in
      let reply = try await challenge(client)
      #expect(reply.status == 401)
      let nonce = try nonce(reply)
      #expect(nonce.count == 32)
      #expect(
        reply.headers["www-authenticate"]
          == #"Digest realm="MMS Public API", domain="", nonce="\#(nonce)", algorithm=MD5, "#
          + #"qop="auth", stale=false"#
      )
      #expect(reply.headers["content-type"] == "application/json")
      #expect(reply.text.contains("\n"))
      #expect(reply.errorCode == "UNEXPECTED_ERROR")
      #expect(reply.json["parameters"] == nil)
    }
  }

  @Test func `one challenge serves many requests, in any order of their counts`() async throws {
    try await withSimulator { client in
      let nonce = try nonce(try await challenge(client))
      let key = client.simulator.credentials.owner
      for count in ["00000003", "00000001", "0000000a", "00000002"] {
        let header = authorization(nonce, key: key, count: count)
        let reply = try await client.send("GET", "/orgs", headers: ["Authorization": header])
        #expect(reply.status == 200)
      }
    }
  }

  @Test func `a count that was used is refused with a new challenge`() async throws {
    try await withSimulator { client in
      let first = try nonce(try await challenge(client))
      let header = authorization(first, key: client.simulator.credentials.owner)
      let reply = try await client.send("GET", "/orgs", headers: ["Authorization": header])
      #expect(reply.status == 200)
      let again = try await client.send("GET", "/orgs", headers: ["Authorization": header])
      #expect(again.status == 401)
      #expect(try nonce(again) != first)
      #expect(again.headers["www-authenticate"]?.hasSuffix("stale=false") == true)
    }
  }

  @Test func `a nonce that is too old, or of another server, is stale`() async throws {
    let clock = ManualClock()
    try await withSimulator({ $0.now = clock.instant }) { client in
      let key = client.simulator.credentials.owner
      let old = try nonce(try await challenge(client))
      clock.advance(by: 300_001)
      for nonce in [old, String(repeating: "A", count: 32)] {
        let header = authorization(nonce, key: key)
        let reply = try await client.send("GET", "/orgs", headers: ["Authorization": header])
        #expect(reply.status == 401)
        #expect(reply.headers["www-authenticate"]?.hasSuffix("stale=true") == true)
      }
    }
  }

  @Test func `a wrong key gets the same answer as none, old nonce or not`() async throws {
    try await withSimulator { client in
      let owner = client.simulator.credentials.owner
      let bare = try await challenge(client)
      for key in [
        SimulatorCredentials.APIKey(publicKey: owner.publicKey, privateKey: "wrong"),
        SimulatorCredentials.APIKey(publicKey: "nobodyxx", privateKey: owner.privateKey),
      ] {
        for nonce in [try nonce(bare), String(repeating: "A", count: 32)] {
          let header = authorization(nonce, key: key)
          let reply = try await client.send("GET", "/orgs", headers: ["Authorization": header])
          #expect(reply.status == 401)
          #expect(reply.text == bare.text)
          #expect(reply.headers["www-authenticate"]?.hasSuffix("stale=false") == true)
        }
      }
    }
  }

  @Test func `the proof covers method, path and query`() async throws {
    try await withSimulator { client in
      let key = client.simulator.credentials.owner
      let nonce = try nonce(try await challenge(client))
      let right = authorization(nonce, key: key, uri: "\(Self.path)?pageNum=1")
      let withQuery = ["Authorization": right as String?]
      #expect(try await client.send("GET", "/orgs", headers: withQuery).status == 401)
      #expect(try await client.send("GET", "/orgs?pageNum=1", headers: withQuery).status == 200)
      let post = authorization(nonce, key: key, count: "00000009", method: "POST")
      let asPost = ["Authorization": post as String?]
      #expect(try await client.send("GET", "/orgs", headers: asPost).status == 401)
    }
  }

  @Test(
    arguments: [
      "Digest", "Digest ", "Digest x", "Digest username=\"", "Basic YTpi", "Bearer", "nonsense",
      "Digest username=\"a\", realm=\"MMS Public API\", uri=\"/\", qop=auth-int",
    ]
  )
  func `a header that is not understood is challenged`(header: String) async throws {
    try await withSimulator { client in
      let reply = try await client.send("GET", "/orgs", headers: ["Authorization": header])
      #expect(reply.status == 401)
      #expect(reply.headers["www-authenticate"] != nil)
    }
  }

  @Test func `a wrong token is refused without a challenge`() async throws {
    try await withSimulator { client in
      let headers = ["Authorization": "Bearer nonsense" as String?]
      let reply = try await client.send("GET", "/orgs", headers: headers)
      #expect(reply.status == 401)
      #expect(reply.headers["www-authenticate"] == nil)
      #expect(reply.errorCode == "UNEXPECTED_ERROR")
    }
  }

  @Test func `the read-only key reads and does not write`() async throws {
    try await withSimulator { client in
      let key = client.simulator.credentials.readOnly
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/DATADOG"
      for (method, status) in [("GET", 404), ("PUT", 403), ("POST", 403), ("DELETE", 403)] {
        let nonce = try nonce(try await challenge(client))
        let uri = "/api/atlas/v2\(path)"
        let header = authorization(nonce, key: key, method: method, uri: uri)
        let reply = try await client.send(
          method,
          path,
          method == "GET" || method == "DELETE" ? nil : .object(Sample.body("DATADOG")),
          headers: ["Authorization": header]
        )
        #expect(reply.status == status)
        if status == 403 { #expect(reply.errorCode == "USER_UNAUTHORIZED") }
      }
      #expect(
        try client.simulator.world.integration(of: project, type: "DATADOG") == nil
      )
    }
  }

  @Test func `far counts do not fill the memory of a nonce`() {
    let table = NonceTable(lifetime: .seconds(60))
    let now = ContinuousClock.now
    let nonce = table.issue(at: now)
    for count in stride(from: UInt32(2), to: 40_000, by: 2) {
      #expect(table.use(nonce, count: count, at: now) == .fresh)
    }
    #expect(table.use(nonce, count: 2, at: now) == .replayed)
    #expect(table.use(nonce, count: 39_999, at: now) == .fresh)
  }
}
