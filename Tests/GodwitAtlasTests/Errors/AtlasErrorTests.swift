import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct AtlasErrorTests {
  @Test func `carries what Atlas says, cleaned of secrets`() async throws {
    let secret = "0123456789abcdef"
    let script: ScriptedServer.Script = { request in
      .json(
        #"{"error":400,"errorCode":"INVALID_INTEGRATION_SETTINGS","reason":"Bad Request","#
          + #""detail":"apiKey \#(secret) or \#(Client.privateKey) or planted-secret\u001b","#
          + #""parameters":["DATADOG","\#(secret)",7],"badRequestDetail":{"fields":["#
          + #"{"field":"apiKey","description":"must be hex, not \#(secret)"}]}}"#,
        status: 400
      )
    }
    try await Client.with(
      Client.token,
      { $0.knownSecrets = [SecretValue("planted-secret"), SecretValue(Client.privateKey)] },
      script: script
    ) { client, _ in
      let error = try await atlasError {
        try await client.writer.update(
          "DATADOG",
          in: Client.project,
          body: ["apiKey": .secret(SecretReference(name: "k"))]
        ) { _ in SecretValue(secret) }
      }
      #expect(error.kind == .status)
      #expect(error.errorCode == "INVALID_INTEGRATION_SETTINGS")
      #expect(error.reason == "Bad Request")
      #expect(
        error.detail
          == #"apiKey <secret> or <secret> or <secret>\u{1b}; apiKey: must be hex, not <secret>"#
      )
      #expect(error.parameters == ["DATADOG", "<secret>", "7"])
      #expect(error.method == "PUT")
      #expect(error.arrival == .refused)
      #expect(error.scope == .project)
    }
  }

  @Test func `tells the IP access list from a missing role`() async throws {
    let script: ScriptedServer.Script = { request in
      .error(403, request.number == 1 ? "IP_ADDRESS_NOT_ON_ACCESS_LIST" : "FORBIDDEN")
    }
    try await Client.with(script: script) { client, server in
      let list = try await atlasError { try await client.reader.integrations(of: Client.project) }
      #expect(list.isAccessListRefusal)
      #expect(list.scope == .run)
      #expect(list.advice?.contains("access list") == true)
      let role = try await atlasError { try await client.reader.integrations(of: Client.project) }
      #expect(role.scope == .project)
      #expect(role.advice?.contains("role") == true)
      #expect(server.requests.count == 2)
    }
  }

  @Test func `describes an HTML answer by its status alone`() async throws {
    let script: ScriptedServer.Script = { _ in .answer("<html>secret stuff</html>", status: 400) }
    try await Client.with(script: script) { client, _ in
      let error = try await atlasError { try await client.reader.project(Client.project) }
      #expect(
        error.description
          == "GET /api/atlas/v2/groups/0123456789abcdef01234567: 400 Bad Request"
      )
    }
  }

  @Test(arguments: AtlasError.Kind.allCases)
  func `has words for every kind`(kind: AtlasError.Kind) {
    let error = AtlasError(kind: kind, method: "GET", path: "/x")
    #expect(error.description.hasPrefix("GET /x: "))
    #expect(!error.summary.isEmpty)
  }
}
