import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct FlowdockTests {
  private static let text =
    #"{"type":"FLOWDOCK","flowName":"main","orgName":"acme","apiToken":"0123456789abcdef0123456789ab9abc"}"#

  @Test func `is read through v1.0, and its clear token is masked`() async throws {
    try await Client.with(Client.key, script: { _ in .json(Self.text) }) { client, server in
      let read = try await client.reader.integration(of: Client.project, type: "FLOWDOCK")
      #expect(read?.fields["apiToken"] == .masked(MaskedValue(tail: "9abc", length: 32)))
      #expect(read?.fields["flowName"] == "main")
      #expect(read?.stamp == nil)
      #expect(
        server.requests.map(\.target)
          == ["/api/atlas/v1.0/groups/0123456789abcdef01234567/integrations/FLOWDOCK"]
      )
    }
  }

  @Test func `needs an API key, said once and before anything is sent`() async throws {
    try await Client.with(Client.token, script: { _ in .json(Self.text) }) { client, server in
      let calls: [() async throws -> Void] = [
        { _ = try await client.reader.integration(of: Client.project, type: "FLOWDOCK") },
        { try await client.writer.delete("FLOWDOCK", in: Client.project) },
        { _ = try await client.reader.alertConfigurations(of: Client.project, through: .v1) },
      ]
      for call in calls {
        let error = try await atlasError(call)
        #expect(error.kind == .needsAPIKey)
        #expect(error.scope == .run)
        #expect(error.arrival == .notArrived)
        #expect(
          error.description.hasSuffix(
            "api/atlas/v1.0 takes API keys only, and this is: access token"
          )
        )
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test(arguments: ["FLOWDOCK", "HIP_CHAT"] as [IntegrationType])
  func `what has ended is neither created nor updated`(type: IntegrationType) async throws {
    try await Client.with(Client.key, script: { _ in .json(Self.text) }) { client, server in
      for isCreate in [true, false] {
        let error = try await atlasError {
          isCreate
            ? try await client.writer.create(type, in: Client.project, body: [:]) { _ in nil }
            : try await client.writer.update(type, in: Client.project, body: [:]) { _ in nil }
        }
        #expect(error.kind == .refusedBody)
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func `other types go through the generation that was chosen`() async throws {
    try await Client.with(Client.key, { $0.api = .v1 }, script: { _ in .json(emptyList) }) {
      client,
      server in
      _ = try await client.reader.integrations(of: Client.project)
      #expect(server.requests[0].target.hasPrefix("/api/atlas/v1.0/groups/"))
      #expect(server.requests[0].headers["accept"] == "application/json")
    }
  }
}
