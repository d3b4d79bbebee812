import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct AtlasWriterTests {
  private static let list =
    #"{"links":[],"results":[{"type":"PAGER_DUTY","id":"1","serviceKey":"****0001"},"#
    + #"{"type":"DATADOG","id":"2","apiKey":"****9abc","region":"EU"}],"totalCount":2}"#

  @Test func `finds what it wrote by type in the list that comes back`() async throws {
    try await Client.with(script: { _ in .json(Self.list) }) { client, server in
      let created = try await client.writer.create(
        "DATADOG",
        in: Client.project,
        body: ["region": "EU"]
      ) { _ in nil }
      #expect(created?.stamp == "2")
      let updated = try await client.writer.update(
        "SLACK",
        in: Client.project,
        body: ["channelName": "ops"]
      ) { _ in nil }
      #expect(updated == nil)
      #expect(server.requests.map(\.method) == ["POST", "PUT"])
      #expect(server.requests[1].target.hasSuffix("/integrations/SLACK"))
      #expect(
        server.requests[1].headers["content-type"] == "application/vnd.atlas.2023-01-01+json"
      )
      #expect(server.requests[1].bodyText == #"{"channelName":"ops","type":"SLACK"}"#)
    }
  }

  @Test(arguments: [
    (200, #"{"type":"DATADOG","id":"7"}"#, true), (201, #"{"results":[]}"#, false),
    (202, "{}", false), (204, "", false),
  ])
  func `takes every 2xx that can be read`(status: Int, body: String, isShown: Bool) async throws {
    try await Client.with(script: { _ in .json(body, status: status) }) { client, _ in
      let integration = try await client.writer.create(
        "DATADOG",
        in: Client.project,
        body: [:]
      ) { _ in nil }
      #expect((integration != nil) == isShown)
    }
  }

  @Test(arguments: [(204, ""), (200, ""), (202, "{}")])
  func `deletes`(status: Int, body: String) async throws {
    try await Client.with(script: { _ in .json(body, status: status) }) { client, server in
      try await client.writer.delete("FLOWDOCK/..", in: Client.project)
      #expect(server.requests.map(\.method) == ["DELETE"])
      #expect(server.requests[0].target.hasSuffix("/integrations/FLOWDOCK%2F.."))
      #expect(server.requests[0].body.isEmpty)
    }
  }

  @Test func `does not know whether a delete with an unreadable answer was made`() async throws {
    try await Client.with(script: { _ in .answer("<html>") }) { client, server in
      let error = try await atlasError {
        try await client.writer.delete("DATADOG", in: Client.project)
      }
      #expect(error.kind == .unreadableAnswer)
      #expect(error.arrival == .unknown)
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: [
    (400, "INVALID_ATTRIBUTE", AtlasError.Arrival.refused),
    (404, "GROUP_NOT_FOUND", .refused), (403, "FORBIDDEN", .refused),
    (409, "INTEGRATION_ALREADY_CONFIGURED", .unknown), (500, "UNEXPECTED_ERROR", .unknown),
    (303, "X", .unknown),
  ])
  func `says what is known of a write that failed`(
    status: Int,
    code: String,
    arrival: AtlasError.Arrival
  ) async throws {
    try await Client.with(script: { _ in .error(status, code) }) { client, _ in
      let error = try await atlasError {
        try await client.writer.create("DATADOG", in: Client.project, body: [:]) { _ in nil }
      }
      #expect(error.arrival == arrival)
      #expect(error.errorCode == code)
    }
  }

  @Test func `tells the observer of every exchange, without bodies`() async throws {
    let script: ScriptedServer.Script = { _ in
      .json(Self.list, headers: ["RateLimit-Limit": "1200", "RateLimit-Remaining": "1199"])
    }
    let seen = ExchangeList()
    try await Client.with(Client.token, { $0.observer = { seen.add($0) } }, script: script) {
      client,
      _ in
      _ = try await client.writer.update("DATADOG", in: Client.project, body: [:]) { _ in nil }
    }
    let exchange = try #require(seen.all.first)
    #expect(exchange.method == "PUT")
    #expect(exchange.status == 200)
    #expect(exchange.sentBytes == #"{"type":"DATADOG"}"#.utf8.count)
    #expect(exchange.receivedBytes == Self.list.utf8.count)
    #expect(exchange.rateLimit == RateLimitSign(limit: 1200, remaining: 1199))
    #expect(exchange.duration > .zero)
  }
}
