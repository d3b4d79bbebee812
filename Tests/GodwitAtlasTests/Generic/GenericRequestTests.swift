import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct GenericRequestTests {
  @Test func `reads what a script asks for, secrets masked`() async throws {
    let body = #"{"publicName":"x","agentApiKey":"0123456789ab9abc"}"#
    try await Client.with(script: { _ in .json(body) }) { client, server in
      let value = try await client.reader.get(
        path: "/settings",
        query: ["pretty": "true"],
        in: Client.project
      )
      #expect(value.objectValue?["publicName"] == "x")
      #expect(value.objectValue?["agentApiKey"]?.maskedValue?.tail == "9abc")
      #expect(
        server.requests[0].target
          == "/api/atlas/v2/groups/0123456789abcdef01234567/settings?pretty=true"
      )
      #expect(server.requests[0].headers["accept"] == "application/vnd.atlas.2025-03-12+json")
    }
  }

  @Test func `an answer without a body is read again, not taken for nothing`() async throws {
    let script: ScriptedServer.Script = { .json($0.number < 3 ? "" : #"{"enabled":true}"#) }
    try await Client.with(script: script) { client, _ in
      let value = try await client.reader.get(path: "/auditLog", in: Client.project)
      #expect(value == ["enabled": true])
    }
    try await Client.with(script: { _ in .json("", status: 204) }) { client, _ in
      let value = try await client.reader.get(path: "/auditLog", in: Client.project)
      #expect(value == .null)
    }
    try await Client.with(script: { _ in .json("") }) { client, _ in
      let error = try await atlasError {
        try await client.reader.get(path: "/auditLog", in: Client.project)
      }
      #expect(error.kind == .unreadableAnswer)
    }
  }

  @Test func `writes what a script asks for, and gives the answer`() async throws {
    try await Client.with(script: { _ in .json(#"["a","****9abc"]"#) }) { client, server in
      let answer = try await client.writer.request(
        .patch,
        path: "/auditLog",
        body: ["enabled": true, "token": .secret(SecretReference(name: "t"))],
        secrets: { _ in SecretValue("whole") },
        in: Client.project
      )
      #expect(answer == ["a", .masked(MaskedValue(tail: "9abc", length: 8))])
      #expect(server.requests[0].method == "PATCH")
      #expect(server.requests[0].bodyText == #"{"enabled":true,"token":"whole"}"#)
    }
  }

  @Test(arguments: [AtlasMethod.post, .delete])
  func `a request may have neither body nor answer`(method: AtlasMethod) async throws {
    try await Client.with(script: { _ in .json("", status: 204) }) { client, server in
      let answer = try await client.writer.request(
        method,
        path: "/orgs/1/x",
        body: nil,
        secrets: { _ in nil }
      )
      #expect(answer == nil)
      #expect(server.requests[0].target == "/api/atlas/v2/orgs/1/x")
      #expect(server.requests[0].body.isEmpty)
    }
  }

  @Test(
    arguments: [
      "****9abc", ["any": "****9abc"], ["deep": [["x": "https://h/****9abc"]]],
      ["x": .masked(MaskedValue(tail: "9abc", length: 32))],
      .masked(MaskedValue(tail: "9abc", length: 32)),
    ] as [JSONValue]
  )
  func `a mask is sent in no body, whatever it is for`(body: JSONValue) async throws {
    try await Client.with(script: { _ in .json("{}") }) { client, server in
      let error = try await atlasError {
        try await client.writer.request(.put, path: "/x", body: body, secrets: { _ in nil })
      }
      #expect(error.kind == .refusedBody)
      #expect(server.requests.isEmpty)
    }
  }

  @Test func `a path that leads elsewhere is not asked for`() async throws {
    try await Client.with(script: { _ in .json("{}") }) { client, server in
      let error = try await atlasError {
        try await client.reader.get(path: "/../../x", in: Client.project)
      }
      #expect(error.kind == .invalidPath)
      #expect(error.path == "/../../x")
      #expect(error.advice?.contains("/settings") == true)
      #expect(server.requests.isEmpty)
    }
  }
}
