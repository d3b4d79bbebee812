import AtlasSimulator
import GodwitCore
import Testing

@Suite struct AlertWriteTests {
  private static let key = Sample.hex32
  private static let group: JSONValue = [
    "typeName": "GROUP", "roles": ["GROUP_OWNER"], "emailEnabled": true, "intervalMin": 60,
  ]

  private static func body(_ notifications: JSONValue...) -> JSONObject {
    [
      "enabled": true, "eventTypeName": "NO_PRIMARY",
      "matchers": [["fieldName": "HOSTNAME", "operator": "EQUALS", "value": "a"]],
      "notifications": .array(notifications),
    ]
  }

  private static let datadog: JSONValue = [
    "typeName": "DATADOG", "datadogApiKey": .string(key), "datadogRegion": "EU", "delayMin": 5,
  ]

  /// Makes a configuration in a project without any integration.
  private func made(
    _ client: TestClient,
    _ body: JSONObject
  ) async throws -> (project: String, path: String, reply: Reply) {
    let project = try client.emptiedProject()
    let reply = try await client.send("POST", "/groups/\(project)/alertConfigs", .object(body))
    let id = reply.json["id"]?.stringValue ?? "none"
    return (project, "/groups/\(project)/alertConfigs/\(id)", reply)
  }

  @Test func `a creation answers 201, with its address and everything masked`() async throws {
    try await withSimulator { client in
      let (project, path, reply) = try await made(client, Self.body(Self.datadog, Self.group))
      #expect(reply.status == 201)
      #expect(
        reply.headers["location"] == "\(client.simulator.baseURL)/api/atlas/v2\(path)"
      )
      #expect(reply.json["created"] == reply.json["updated"])
      #expect(reply.json["groupId"] == .string(project))
      #expect(reply.json["links"]?.arrayValue?.count == 2)
      let first = reply.json["notifications"]?.arrayValue?[0]
      #expect(first?["datadogApiKey"] == "****************************9abc")
      #expect(first?["datadogRegion"] == "EU")
      #expect(first?["notifierId"]?.stringValue?.count == 24)
      let second = reply.json["notifications"]?.arrayValue?[1]
      #expect(second?["smsEnabled"] == false)
      #expect(second?["delayMin"] == 0)
      let read = try await client.get(path)
      #expect(read.json == reply.json)
      let stored = try client.simulator.world.alertConfigurations(of: project).last
      #expect(
        stored?["notifications"]?.arrayValue?[0].objectValue?["datadogApiKey"]
          == .string(Self.key)
      )
    }
  }

  @Test func `a replacement is whole, with new notifierIds and what was stored under the old ones`()
    async throws
  {
    try await withSimulator { client in
      let (project, path, first) = try await made(client, Self.body(Self.datadog, Self.group))
      let old = try #require(first.json["notifications"]?.arrayValue?[0])
      var kept = try #require(old.objectValue)
      kept["datadogApiKey"] = nil
      kept["datadogRegion"] = "US3"
      var body = Self.body(.object(kept))
      body["matchers"] = nil
      body["enabled"] = nil
      let second = try await client.send("PUT", path, .object(body))
      #expect(second.status == 200)
      #expect(second.json["id"] == first.json["id"])
      #expect(second.json["created"] == first.json["created"])
      #expect(second.json["enabled"] == false)
      #expect(second.json["matchers"] == [])
      let notifications = try #require(second.json["notifications"]?.arrayValue)
      #expect(notifications.count == 1)
      #expect(notifications[0]["notifierId"] != old["notifierId"])
      #expect(notifications[0]["datadogApiKey"] == old["datadogApiKey"])
      #expect(notifications[0]["datadogRegion"] == "US3")
      let stored = try client.simulator.world.alertConfigurations(of: project).last
      #expect(
        stored?["notifications"]?.arrayValue?[0].objectValue?["datadogApiKey"]
          == .string(Self.key)
      )
      // The notifierId of before is no longer one.
      let again = try await client.send("PUT", path, .object(body))
      #expect(again.errorCode == "INVALID_ATTRIBUTE")
      #expect(again.parameters == ["notifierId"])
    }
  }

  @Test func `what was read may be sent back whole, but for its masks`() async throws {
    try await withSimulator { client in
      let (_, path, first) = try await made(client, Self.body(Self.datadog))
      let back = try await client.send("PUT", path, first.json)
      #expect(back.status == 400)
      #expect(back.errorCode == "INVALID_DATADOG_API_KEY")
      var body = try #require(first.json.objectValue)
      var notification = try #require(body["notifications"]?.arrayValue?[0].objectValue)
      notification["datadogApiKey"] = nil
      body["notifications"] = [.object(notification)]
      #expect(try await client.send("PUT", path, .object(body)).status == 200)
    }
  }

  @Test func `a toggle changes nothing else`() async throws {
    try await withSimulator { client in
      let (_, path, first) = try await made(client, Self.body(Self.datadog, Self.group))
      let off = try await client.send("PATCH", path, ["enabled": false])
      #expect(off.status == 200)
      #expect(off.json["enabled"] == false)
      #expect(off.json["notifications"] == first.json["notifications"])
      for (body, code) in [
        (["enabled": "yes"], "INVALID_ATTRIBUTE"), ([:], "MISSING_ATTRIBUTE"),
        (["enabled": true, "matchers": []], "INVALID_ATTRIBUTE"),
      ] as [(JSONValue, String)] {
        #expect(try await client.send("PATCH", path, body).errorCode == code)
      }
      #expect(try await client.get(path).json == off.json)
    }
  }

  @Test func `a deleted configuration is gone`() async throws {
    try await withSimulator { client in
      let (project, path, _) = try await made(client, Self.body(Self.group))
      let count = try client.simulator.world.alertConfigurations(of: project).count
      #expect(try await client.send("DELETE", path).status == 204)
      #expect(try client.simulator.world.alertConfigurations(of: project).count == count - 1)
      for method in ["GET", "DELETE"] {
        #expect(try await client.send(method, path).errorCode == "ALERT_CONFIG_NOT_FOUND")
      }
      let put = try await client.send("PUT", path, .object(Self.body(Self.group)))
      #expect(put.errorCode == "ALERT_CONFIG_NOT_FOUND")
    }
  }

  @Test func `a notification takes the credentials of the integration that it names`() async throws
  {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let world = client.simulator.world
      let id = try world.add(
        ["apiKey": .string(Self.key), "region": "EU"],
        type: "DATADOG",
        to: project
      )
      let path = "/groups/\(project)/alertConfigs"
      let named = try await client.send(
        "POST",
        path,
        .object(Self.body(["typeName": "DATADOG", "integrationId": .string(id)]))
      )
      let first = named.json["notifications"]?.arrayValue?[0]
      #expect(first?["datadogApiKey"]?.stringValue?.hasSuffix("****9abc") == true)
      #expect(first?["datadogRegion"] == "EU")
      #expect(first?["integrationId"] == .string(id))
      let other = try await client.send(
        "POST",
        path,
        .object(
          Self.body(["typeName": "DATADOG", "integrationId": "0123456789abcdef01234567"])
        )
      )
      #expect(other.parameters == ["integrationId"])
    }
  }

  @Test func `the integration of given credentials shows only after the creation`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let id = try client.simulator.world.add(
        ["apiKey": .string(Self.key), "region": "EU"],
        type: "DATADOG",
        to: project
      )
      let made = try await client.send(
        "POST",
        "/groups/\(project)/alertConfigs",
        .object(Self.body(Self.datadog))
      )
      #expect(made.json["notifications"]?.arrayValue?[0]["integrationId"] == nil)
      let own = try #require(made.json["id"]?.stringValue)
      let read = try await client.get("/groups/\(project)/alertConfigs/\(own)")
      #expect(read.json["notifications"]?.arrayValue?[0]["integrationId"] == .string(id))
    }
  }

  @Test func `an integration that got a new id leaves the old one dangling`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let world = client.simulator.world
      let fields: JSONObject = ["apiKey": .string(Self.key), "region": "EU"]
      let id = try world.add(fields, type: "DATADOG", to: project)
      let path = "/groups/\(project)/alertConfigs"
      let made = try await client.send(
        "POST",
        path,
        .object(Self.body(["typeName": "DATADOG", "integrationId": .string(id)]))
      )
      let own = try #require(made.json["id"]?.stringValue)
      try world.replace(
        fields.merging(["apiKey": .string(String(Self.key.reversed()))]),
        type: "DATADOG",
        in: project
      )
      let read = try await client.get("\(path)/\(own)")
      var notification = try #require(read.json["notifications"]?.arrayValue?[0].objectValue)
      #expect(notification["integrationId"] == .string(id))
      notification["datadogApiKey"] = nil
      let put = try await client.send(
        "PUT",
        "\(path)/\(own)",
        .object(Self.body(.object(notification)))
      )
      #expect(put.json["notifications"]?.arrayValue?[0]["integrationId"] == .string(id))
      #expect(
        try await client.send("DELETE", "/groups/\(project)/integrations/DATADOG").status == 204
      )
      let left = try await client.get("\(path)/\(own)")
      #expect(left.json["notifications"] == put.json["notifications"])
    }
  }

  @Test func `a webhook's notification inherits, and its integration stays while it is there`()
    async throws
  {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/alertConfigs"
      let body = JSONValue.object(Self.body(["typeName": "WEBHOOK"]))
      let without = try await client.send("POST", path, body)
      #expect(without.errorCode == "WEBHOOK_URL_NOT_SET")
      try client.simulator.world.add(
        ["url": "https://hooks.example.com/services/2101", "secret": "abcdefgh77e0"],
        type: "WEBHOOK",
        to: project
      )
      let made = try await client.send("POST", path, body)
      let notification = made.json["notifications"]?.arrayValue?[0]
      #expect(notification?["webhookUrl"] == "https://hooks.example.com/****2101")
      #expect(notification?["webhookSecret"] == "********77e0")
      let integration = "/groups/\(project)/integrations/WEBHOOK"
      let refused = try await client.send("DELETE", integration)
      #expect(refused.errorCode == "WEBHOOK_NOTIFICATIONS_PRESENT")
      let own = try #require(made.json["id"]?.stringValue)
      #expect(try await client.send("DELETE", "\(path)/\(own)").status == 204)
      #expect(try await client.send("DELETE", integration).status == 204)
    }
  }

  @Test func `a masked URL of a webhook is stored, and the log says so`() async throws {
    try await withTemporaryFolder { folder in
      let log = "\(folder)/requests.jsonl"
      try await withSimulator({ $0.requestLog = log }) { client in
        let (_, path, first) = try await made(
          client,
          Self.body(["typeName": "WEBHOOK", "webhookUrl": "https://hooks.example.com/a/2101"])
        )
        let put = try await client.send("PUT", path, first.json)
        #expect(put.status == 200)
        let last = try #require(try logEntries(log).last)
        #expect(last["maskStored"] == true)
        #expect(last["mutation"] == "made")
        #expect(last["project"]?.stringValue.map { path.contains($0) } == true)
      }
    }
  }

  @Test func `a project has a thousand configurations at most`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let count = try client.simulator.world.alertConfigurations(of: project).count
      for _ in count..<1000 {
        try client.simulator.world.addAlertConfiguration(Self.body(Self.group), to: project)
      }
      let reply = try await client.send(
        "POST",
        "/groups/\(project)/alertConfigs",
        .object(Self.body(Self.group))
      )
      #expect(reply.errorCode == "MAX_ALERT_CONFIGS_PER_GROUP_EXCEEDED")
      #expect(reply.parameters == [1000])
    }
  }

  @Test func `names of matchers are a bare array, and nothing ever alerts`() async throws {
    try await withSimulator { client in
      let names = try await client.get("/alertConfigs/matchers/fieldNames")
      #expect(names.json.arrayValue?.contains("HOSTNAME") == true)
      let (_, path, _) = try await made(client, Self.body(Self.group))
      let alerts = try await client.get("\(path)/alerts")
      #expect(alerts.json["results"] == [])
    }
  }
}
