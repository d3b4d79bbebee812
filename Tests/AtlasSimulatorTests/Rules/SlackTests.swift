import AtlasSimulator
import GodwitCore
import Testing

@Suite struct SlackTests {
  private static let token = "xoxb-1234567890123-1234567890123-" + String(repeating: "k", count: 41)
  private static let mask = String(repeating: "*", count: 70) + "kkkk"

  private static let oauth: JSONObject = [
    "apiToken": .string(token), "channelName": "#old", "teamName": "harbor",
  ]
  private static let legacy: JSONObject = ["apiToken": "xoxp-12345678901", "channelName": "#old"]

  private func withSlack(
    _ fields: JSONObject?,
    _ body: (TestClient, String) async throws -> Void
  ) async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      if let fields { try client.simulator.world.add(fields, type: "SLACK", to: project) }
      try await body(client, "/groups/\(project)/integrations/SLACK")
    }
  }

  @Test(arguments: [nil, token, mask])
  func `an OAuth2 Slack gets another channel, its token absent, whole or masked`(
    sent: String?
  ) async throws {
    try await withSlack(Self.oauth) { client, path in
      var body: JSONObject = ["type": "SLACK", "channelName": "#new"]
      if let sent { body["apiToken"] = .string(sent) }
      let reply = try await client.send("PUT", path, .object(body))
      #expect(reply.status == 200)
      #expect(reply.results[0]["channelName"] == "#new")
      #expect(reply.results[0]["apiToken"] == .string(Self.mask))
      #expect(reply.results[0]["teamName"] == "harbor")
      let project = String(path.split(separator: "/")[1])
      let stored = try client.simulator.world.integration(of: project, type: "SLACK")
      #expect(stored?["apiToken"] == .string(Self.token))
    }
  }

  static let refused: [(JSONObject?, JSONObject, String, String)] = [
    (nil, ["channelName": "#new", "apiToken": "x"], "PUT", "SLACK_OAUTH2_NOT_CONFIGURED"),
    (nil, ["channelName": "#new", "apiToken": "x"], "POST", "SLACK_OAUTH2_NOT_CONFIGURED"),
    (oauth, ["channelName": "#new", "apiToken": "x"], "POST", "INTEGRATION_ALREADY_CONFIGURED"),
    (oauth, ["channelName": "#new", "apiToken": "x"], "PUT", "MUST_RECONFIGURE_SLACK_OAUTH2"),
    (oauth, ["channelName": "#new", "teamName": "x"], "PUT", "MUST_RECONFIGURE_SLACK_OAUTH2"),
    (oauth, ["teamName": "harbor"], "PUT", "MISSING_ATTRIBUTE"),
    (oauth, ["channelName": ""], "PUT", "INVALID_INTEGRATION_SETTINGS"),
    (legacy, ["channelName": "#new"], "PUT", "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED"),
  ]

  @Test(arguments: refused)
  func `what only a person can do is refused`(
    stored: JSONObject?,
    body: JSONObject,
    method: String,
    code: String
  ) async throws {
    try await withSlack(stored) { client, path in
      let whole = JSONValue.object(body.merging(["type": "SLACK"]))
      let reply = try await client.send(method, path, whole)
      #expect(reply.errorCode == code)
    }
  }

  @Test func `a channel may be null`() async throws {
    try await withSlack(Self.oauth) { client, path in
      let reply = try await client.send("PUT", path, ["type": "SLACK", "channelName": .null])
      #expect(reply.status == 200)
      #expect(reply.results[0]["channelName"] == .null)
    }
  }

  @Test func `a legacy Slack has a short token and no team, and can be deleted`() async throws {
    try await withSlack(Self.legacy) { client, path in
      let read = try await client.get(path)
      #expect(read.json["teamName"] == nil)
      #expect(read.json["apiToken"] == "************8901")
      #expect(try await client.send("DELETE", path).status == 204)
    }
  }
}
