import AtlasSimulator
import GodwitCore
import Testing

@Suite struct V1AlertTests {
  private static let flowdock: JSONValue = [
    "typeName": "FLOWDOCK", "flowdockApiToken": "0123456789abcdef9abc", "flowName": "main",
    "orgName": "acme", "delayMin": 0,
  ]
  private static let group: JSONValue = ["typeName": "GROUP", "emailEnabled": true, "delayMin": 0]

  /// A project with one alert configuration, which notifies Flowdock and a group.
  private func scene(_ client: TestClient) throws -> (path: String, id: String) {
    let project = try client.emptiedProject()
    let world = client.simulator.world
    for alert in try world.alertConfigurations(of: project) {
      try world.removeAlertConfiguration(alert["id"]?.stringValue ?? "", from: project)
    }
    let id = try world.addAlertConfiguration(
      [
        "enabled": true, "eventTypeName": "NO_PRIMARY", "matchers": [],
        "notifications": [Self.flowdock, Self.group],
      ],
      to: project
    )
    return ("/groups/\(project)/alertConfigs", id)
  }

  @Test func `v1.0 shows notifications through Flowdock, v2 leaves them out`() async throws {
    try await withSimulator { client in
      let (path, id) = try scene(client)
      let v1 = try await client.sendWithKey("GET", "\(path)/\(id)")
      let notifications = try #require(v1.json["notifications"]?.arrayValue)
      #expect(notifications.count == 2)
      #expect(notifications[0]["flowdockApiToken"] == "0123456789abcdef9abc")
      #expect(
        v1.json["links"]?.arrayValue?[0]["href"]
          == .string("\(client.simulator.baseURL)/api/atlas/v1.0\(path)/\(id)")
      )
      let list = try await client.get(path)
      let names = list.results[0]["notifications"]?.arrayValue?.map { $0["typeName"] }
      #expect(names == ["GROUP"])
    }
  }

  @Test func `v2 can be made to show them, masked`() async throws {
    try await withSimulator({ $0.showsFlowdockInV2 = true }) { client in
      let (path, id) = try scene(client)
      let v2 = try await client.get("\(path)/\(id)")
      let notifications = try #require(v2.json["notifications"]?.arrayValue)
      #expect(notifications[0]["flowdockApiToken"] == "****************9abc")
    }
  }

  @Test func `a PUT through v1.0 keeps the token that is left out, or loses the notification`()
    async throws
  {
    try await withSimulator { client in
      let (path, id) = try scene(client)
      let read = try await client.sendWithKey("GET", "\(path)/\(id)")
      var body = try #require(read.json.objectValue)
      var flowdock = try #require(body["notifications"]?.arrayValue?[0].objectValue)
      flowdock["flowdockApiToken"] = nil
      let group = try #require(body["notifications"]?.arrayValue?[1])
      body["notifications"] = [.object(flowdock), group]
      let kept = try await client.sendWithKey("PUT", "\(path)/\(id)", .object(body))
      #expect(kept.status == 200)
      #expect(
        kept.json["notifications"]?.arrayValue?[0]["flowdockApiToken"] == "0123456789abcdef9abc"
      )
      var last = try #require(kept.json["notifications"]?.arrayValue?[1].objectValue)
      last["emailEnabled"] = false
      body["notifications"] = [.object(last)]
      let lost = try await client.sendWithKey("PUT", "\(path)/\(id)", .object(body))
      #expect(lost.json["notifications"]?.arrayValue?.count == 1)
      let refused = try await client.send(
        "PUT",
        "\(path)/\(id)",
        .object(body.merging(["notifications": [Self.flowdock]]))
      )
      #expect(refused.errorCode == "UNSUPPORTED_NOTIFICATION_TYPE")
    }
  }
}
