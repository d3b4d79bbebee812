import AtlasSimulator
import GodwitCore
import Testing

@Suite struct RequestFormTests {
  @Test(
    arguments: [
      ("application/vnd.atlas.2023-01-01+json", 200, nil),
      ("application/vnd.atlas.2025-03-12+json", 200, nil),
      ("Application/VND.atlas.2024-08-05+JSON; q=0.9, */*", 200, nil),
      ("application/vnd.atlas.2022-01-01+json", 406, "NOT_ACCEPTABLE"),
      ("application/vnd.atlas.2025-03-13+json", 406, "NOT_ACCEPTABLE"),
      ("application/vnd.atlas.preview+json", 406, "NOT_ACCEPTABLE"),
      ("application/json", 406, "NOT_ACCEPTABLE"),
      ("*/*", 406, "NOT_ACCEPTABLE"),
      ("application/vnd.atlas.2023-1-1+json", 400, "INVALID_VERSION_DATE"),
      ("application/vnd.atlas.2023-13-01+json", 400, "INVALID_VERSION_DATE"),
      ("application/vnd.atlas.latest+json", 400, "INVALID_VERSION_DATE"),
    ] as [(String, Int, String?)]
  )
  func `a version is negotiated`(accept: String, status: Int, code: String?) async throws {
    try await withSimulator { client in
      let reply = try await client.send("GET", "/orgs", headers: ["Accept": accept])
      #expect(reply.status == status)
      #expect(reply.errorCode == code)
      let expected =
        status == 200
        ? "application/vnd.atlas.2023-01-01+json;charset=utf-8" : "application/json"
      #expect(reply.headers["content-type"] == expected)
    }
  }

  @Test func `no Accept header at all is not acceptable`() async throws {
    try await withSimulator { client in
      let reply = try await client.send("GET", "/orgs", headers: ["Accept": nil])
      #expect(reply.status == 406)
    }
  }

  @Test(
    arguments: [
      ("application/json", 200), ("application/json; charset=utf-8", 200),
      ("application/vnd.atlas.2023-01-01+json", 200), ("text/plain", 415),
      ("application/x-www-form-urlencoded", 415), (nil, 415),
    ] as [(String?, Int)]
  )
  func `only JSON bodies are taken`(contentType: String?, status: Int) async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let reply = try await client.send(
        "PUT",
        "/groups/\(project)/integrations/DATADOG",
        .object(Sample.body("DATADOG")),
        headers: ["Content-Type": contentType]
      )
      #expect(reply.status == status)
    }
  }

  @Test(
    arguments: [
      "/groups/", "/nothing", "/groups/0/1/2/3", "/orgs//groups", "/groups/x/integration",
      "/clusters",
    ]
  )
  func `an unknown path is not found`(path: String) async throws {
    try await withSimulator { client in
      let reply = try await client.get(path)
      #expect(reply.status == 404)
      #expect(reply.errorCode == "RESOURCE_NOT_FOUND")
    }
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
  func `a method that a resource does not have is not allowed`(method: String) async throws {
    try await withSimulator { client in
      let reply = try await client.send(method, "/groups", [:])
      #expect(reply.status == 405)
      #expect(reply.errorCode == "METHOD_NOT_ALLOWED")
      #expect(reply.headers["allow"] == "GET")
    }
  }

  @Test func `HEAD is not allowed and has no body`() async throws {
    try await withSimulator { client in
      let reply = try await client.send("HEAD", "/groups")
      #expect(reply.status == 405)
      #expect(reply.text.isEmpty)
      #expect(try await client.get("/groups").status == 200)
    }
  }

  @Test(
    arguments: [
      ("", "MALFORMED_JSON"), ("{", "MALFORMED_JSON"), ("{\"a\":1,}", "MALFORMED_JSON"),
      ("[]", "INVALID_JSON"), ("\"text\"", "INVALID_JSON"), ("null", "INVALID_JSON"),
      ("\u{0}\u{1}\u{2}", "MALFORMED_JSON"),
    ]
  )
  func `a body that is no JSON object is refused`(body: String, code: String) async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/DATADOG"
      let reply = try await client.send("PUT", path, bytes: Array(body.utf8))
      #expect(reply.status == 400)
      #expect(reply.errorCode == code)
    }
  }

  @Test func `a huge body is refused and the server goes on`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/DATADOG"
      let huge = [UInt8](repeating: UInt8(ascii: " "), count: 3 << 20)
      let reply = try await client.send("PUT", path, bytes: huge)
      #expect(reply.status == 413)
      #expect(try await client.get("/orgs").status == 200)
    }
  }

  @Test func `errors are compact, with their keys in order and parameters always there`()
    async throws
  {
    try await withSimulator { client in
      let reply = try await client.send("GET", "/orgs", headers: ["Accept": "*/*"])
      let keys = reply.json.objectValue?.keys ?? []
      #expect(keys == ["detail", "error", "errorCode", "parameters", "reason"])
      #expect(reply.text.contains(#""parameters":null,"reason":"Not Acceptable"}"#))
      #expect(reply.json["error"] == 406)
    }
  }
}
