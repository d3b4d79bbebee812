import AtlasSimulator
import GodwitCore
import Testing

@Suite struct V1IntegrationTests {
  private func project(_ client: TestClient, _ types: [String: JSONObject]) throws -> String {
    let project = try client.emptiedProject()
    for (type, fields) in types { try client.simulator.world.add(fields, type: type, to: project) }
    return project
  }

  private static let flowdock: JSONObject = [
    "apiToken": "0123456789abcdef0123456789ab9abc", "flowName": "main", "orgName": "acme",
  ]

  @Test func `Flowdock is listed, read and deleted, its token in clear`() async throws {
    try await withSimulator { client in
      let project = try project(
        client,
        ["FLOWDOCK": Self.flowdock, "HIP_CHAT": ["notificationToken": "x", "roomName": "y"]]
      )
      let path = "/groups/\(project)/integrations"
      let list = try await client.sendWithKey("GET", path)
      #expect(list.types == ["FLOWDOCK"])
      #expect(list.headers["content-type"] == "application/json")
      #expect(
        list.link("self")
          == "\(client.simulator.baseURL)/api/atlas/v1.0\(path)?pageNum=1&itemsPerPage=100"
      )
      let one = try await client.sendWithKey("GET", "\(path)/FLOWDOCK")
      #expect(one.json == .object(Self.flowdock.merging(["type": "FLOWDOCK"])))
      #expect(try await client.sendWithKey("DELETE", "\(path)/FLOWDOCK").status == 204)
      let gone = try await client.sendWithKey("GET", "\(path)/FLOWDOCK")
      #expect(gone.status == 404)
      #expect(gone.errorCode == "INTEGRATION_NOT_CONFIGURED")
      let hipChat = try await client.sendWithKey("DELETE", "\(path)/HIP_CHAT")
      #expect(hipChat.errorCode == "INVALID_ENUM_VALUE")
    }
  }

  @Test func `an access token is refused`() async throws {
    try await withSimulator { client in
      let project = try project(client, ["FLOWDOCK": Self.flowdock])
      for method in ["GET", "DELETE"] {
        let reply = try await client.send(
          method,
          "/groups/\(project)/integrations/FLOWDOCK",
          prefix: "/api/atlas/v1.0"
        )
        #expect(reply.status == 401)
      }
      let left = try client.simulator.world.integration(of: project, type: "FLOWDOCK")
      #expect(left != nil)
    }
  }

  @Test(
    arguments: [
      (.documented, "******9abc"), (.sameLength, "****************************9abc"),
      (.clear, Sample.hex32),
    ] as [(SimulatorConfiguration.V1Masking, String)]
  )
  func `keys are shown with six stars, or as it is set`(
    masking: SimulatorConfiguration.V1Masking,
    shown: String
  ) async throws {
    try await withSimulator({ $0.v1Masking = masking }) { client in
      let project = try project(
        client,
        ["DATADOG": ["apiKey": .string(Sample.hex32), "region": "EU", "sendDatabaseMetrics": true]]
      )
      let reply = try await client.sendWithKey("GET", "/groups/\(project)/integrations/DATADOG")
      #expect(reply.json == ["type": "DATADOG", "apiKey": .string(shown), "region": "EU"])
    }
  }

  static let written: [(String, JSONObject, JSONObject)] = [
    (
      "DATADOG", ["apiKey": .string(Sample.hex32), "region": "EU"],
      ["apiKey": "******9abc", "region": "EU"]
    ),
    (
      "PAGER_DUTY", ["serviceKey": .string(Sample.hex32), "region": "EU"],
      ["serviceKey": "******9abc"]
    ),
    (
      "WEBHOOK", ["url": "https://h.example.com/a/2101"], ["url": "https://h.example.com/****2101"]
    ),
    (
      "PROMETHEUS",
      [
        "username": "u", "password": "secret", "serviceDiscovery": "http", "enabled": true,
        "scheme": "https",
      ],
      ["username": "u", "serviceDiscovery": "http", "enabled": true, "scheme": "http"]
    ),
    ("FLOWDOCK", flowdock, flowdock),
    ("OPS_GENIE", ["apiKey": "abcdefgh"], ["apiKey": "******efgh", "region": "US"]),
  ]

  @Test(arguments: written) func `a type is created, updated and shown as v1.0 has it`(
    type: String,
    fields: JSONObject,
    shown: JSONObject
  ) async throws {
    try await withSimulator { client in
      let project = try project(client, [:])
      let path = "/groups/\(project)/integrations/\(type)"
      let body = JSONValue.object(fields.merging(["type": .string(type)]))
      let made = try await client.sendWithKey("POST", path, body)
      #expect(made.status == 200)
      #expect(made.results == [.object(shown.merging(["type": .string(type)]))])
      let again = try await client.sendWithKey("POST", path, body)
      #expect(again.status == 409)
      let put = try await client.sendWithKey("PUT", path, body)
      #expect(put.results == made.results)
      if type == "DATADOG" {
        let seen = try await client.get(path)
        #expect(seen.json["sendDatabaseMetrics"] == false)
      }
    }
  }

  @Test func `a field that v1.0 does not know survives its PUT`() async throws {
    try await withSimulator { client in
      let project = try project(
        client,
        ["DATADOG": ["apiKey": .string(Sample.hex32), "region": "EU", "sendDatabaseMetrics": true]]
      )
      let reply = try await client.sendWithKey(
        "PUT",
        "/groups/\(project)/integrations/DATADOG",
        ["type": "DATADOG", "apiKey": .string(Sample.hex32), "region": "US3"]
      )
      #expect(reply.status == 200)
      let seen = try await client.get("/groups/\(project)/integrations/DATADOG")
      #expect(seen.json["sendDatabaseMetrics"] == true)
      #expect(seen.json["region"] == "US3")
    }
  }

  static let refused: [(String, String, JSONObject, String)] = [
    ("POST", "DATADOG", ["apiKey": .string(Sample.hex32)], "MISSING_ATTRIBUTE"),
    ("POST", "DATADOG", ["apiKey": .string(Sample.hex32), "region": "AP1"], "INVALID_ENUM_VALUE"),
    ("POST", "DATADOG", ["apiKey": "x", "region": "US"], "INTEGRATION_FIELDS_INVALID"),
    (
      "POST", "DATADOG",
      ["apiKey": .string(Sample.hex32), "region": "US", "sendDatabaseMetrics": true],
      "INVALID_ATTRIBUTE"
    ),
    (
      "POST", "SLACK", ["apiToken": "xoxp-1", "teamName": "t"],
      "LEGACY_SLACK_CONFIGURATION_UNSUPPORTED"
    ),
    ("PUT", "SLACK", ["apiToken": "xoxp-1", "teamName": "t"], "SLACK_OAUTH2_NOT_CONFIGURED"),
    ("POST", "HIP_CHAT", ["notificationToken": "x", "roomName": "y"], "INVALID_ENUM_VALUE"),
    ("POST", "FLOWDOCK", ["apiToken": "x", "flowName": "y"], "MISSING_ATTRIBUTE"),
    (
      "POST", "PROMETHEUS", ["username": "u", "serviceDiscovery": "http", "enabled": true],
      "MISSING_ATTRIBUTE"
    ),
    ("POST", "WEBHOOK", ["url": "https://h/a", "bodyTemplate": "x"], "INVALID_ATTRIBUTE"),
  ]

  @Test(arguments: refused) func `a body that v1.0 does not take is refused`(
    method: String,
    type: String,
    fields: JSONObject,
    code: String
  ) async throws {
    try await withSimulator { client in
      let project = try project(client, [:])
      let reply = try await client.sendWithKey(
        method,
        "/groups/\(project)/integrations/\(type)",
        .object(fields.merging(["type": .string(type)]))
      )
      #expect(reply.status == 400)
      #expect(reply.errorCode == code)
    }
  }

  @Test func `a mask of v1.0 is refused too`() async throws {
    try await withSimulator { client in
      let project = try project(
        client,
        ["DATADOG": ["apiKey": .string(Sample.hex32), "region": "EU"]]
      )
      let reply = try await client.sendWithKey(
        "PUT",
        "/groups/\(project)/integrations/DATADOG",
        ["type": "DATADOG", "apiKey": "******9abc", "region": "EU"]
      )
      #expect(reply.errorCode == "INTEGRATION_FIELDS_INVALID")
    }
  }

  @Test func `Slack through OAuth2 may change its channel, by the mask of v1.0 too`() async throws {
    try await withSimulator { client in
      let project = try project(
        client,
        ["SLACK": ["apiToken": "xoxb-0123456789", "teamName": "acme", "channelName": "#a"]]
      )
      let path = "/groups/\(project)/integrations/SLACK"
      let body: JSONObject = ["type": "SLACK", "apiToken": "******6789", "teamName": "acme"]
      let put = try await client.sendWithKey(
        "PUT",
        path,
        .object(body.merging(["channelName": "#b"]))
      )
      #expect(put.results[0]["channelName"] == "#b")
      let cleared = try await client.sendWithKey(
        "PUT",
        path,
        .object(body.merging(["channelName": ""]))
      )
      #expect(cleared.results[0]["channelName"] == "")
    }
  }

  @Test func `a read-only key is told by 401`() async throws {
    try await withSimulator { client in
      let project = try project(client, ["FLOWDOCK": Self.flowdock])
      let reply = try await client.sendWithKey(
        "DELETE",
        "/groups/\(project)/integrations/FLOWDOCK",
        key: client.simulator.credentials.readOnly
      )
      #expect(reply.status == 401)
      #expect(reply.errorCode == "USER_UNAUTHORIZED")
    }
  }

  @Test func `Cloud Manager's API does not serve Atlas' projects`() async throws {
    try await withSimulator { client in
      let project = try client.simulator.world.projectIDs()[0]
      let prefix = "/api/public/v1.0"
      let groups = try await client.sendWithKey("GET", "/groups", prefix: prefix)
      #expect(groups.json["results"] == [])
      let one = try await client.sendWithKey(
        "GET",
        "/groups/\(project)/integrations",
        prefix: prefix
      )
      #expect(one.status == 404)
      #expect(one.errorCode == "ATLAS_GROUP")
      #expect(one.parameters == [.string(project)])
    }
  }

  @Test func `projects and organizations are the same through v1.0`() async throws {
    try await withSimulator { client in
      let v2 = try await client.get("/groups")
      let v1 = try await client.sendWithKey("GET", "/groups")
      #expect(v1.results.map { $0["id"] } == v2.results.map { $0["id"] })
      #expect(v1.results[0]["links"] != v2.results[0]["links"])
      #expect(try await client.sendWithKey("GET", "/orgs").status == 200)
    }
  }
}
