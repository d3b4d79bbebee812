import AtlasSimulator
import GodwitCore
import Testing

@Suite struct AlertConfigTests {
  /// The projects with alert configurations, with what is listed of them.
  private func estate(_ client: TestClient) async throws -> [(project: String, reply: Reply)] {
    var estate: [(String, Reply)] = []
    for project in try client.simulator.world.projectIDs() {
      let reply = try await client.get("/groups/\(project)/alertConfigs")
      #expect(reply.status == 200)
      if !reply.results.isEmpty { estate.append((project, reply)) }
    }
    return estate
  }

  @Test func `one project has more configurations than a page`() async throws {
    try await withSimulator { client in
      let large = try await estate(client).filter { $0.reply.link("next") != nil }
      let (project, first) = try #require(large.first)
      #expect(first.results.count == 100)
      let second = try await client.get("/groups/\(project)/alertConfigs?pageNum=2")
      #expect(second.results.count > 0)
      let ids = (first.results + second.results).compactMap { $0["id"]?.stringValue }
      #expect(first.json["totalCount"]?.int64Value == Int64(ids.count))
      #expect(Set(ids).count == ids.count)
    }
  }

  @Test func `one configuration alone has one link more`() async throws {
    try await withSimulator { client in
      let (project, reply) = try #require(try await estate(client).first)
      let listed = reply.results[0]
      let id = try #require(listed["id"]?.stringValue)
      let alone = try await client.get("/groups/\(project)/alertConfigs/\(id)")
      #expect(alone.json["notifications"] == listed["notifications"])
      #expect(alone.json["groupId"] == .string(project))
      #expect(listed["links"]?.arrayValue?.count == 1)
      #expect(alone.json["links"]?.arrayValue?.count == 2)
    }
  }

  @Test func `notifications have masked copies of what the integrations hold`() async throws {
    try await withSimulator({ $0.projects = 300 }) { client in
      let secrets = [
        "DATADOG": ("datadogApiKey", "apiKey"), "PAGER_DUTY": ("serviceKey", "serviceKey"),
        "OPS_GENIE": ("opsGenieApiKey", "apiKey"), "VICTOR_OPS": ("victorOpsApiKey", "apiKey"),
        "SLACK": ("apiToken", "apiToken"), "WEBHOOK": ("webhookUrl", "url"),
        "MICROSOFT_TEAMS": ("microsoftTeamsWebhookUrl", "microsoftTeamsWebhookUrl"),
      ]
      var seen: Set<String> = []
      var older = 0
      for (project, reply) in try await estate(client) {
        let notifications = reply.results.flatMap { $0["notifications"]?.arrayValue ?? [] }
        #expect(notifications.allSatisfy { $0["notifierId"]?.stringValue?.count == 24 })
        for notification in notifications {
          let type = try #require(notification["typeName"]?.stringValue)
          guard let (copy, original) = secrets[type] else { continue }
          let integration = try await client.get("/groups/\(project)/integrations/\(type)")
          #expect(notification[copy]?.stringValue?.contains("****") == true)
          guard let id = notification["integrationId"] else {
            // A key of before a rotation, or of an integration that is gone.
            // A webhook keeps its address when its secret is rotated.
            #expect(type == "WEBHOOK" || notification[copy] != integration.json[original])
            older += 1
            continue
          }
          #expect(notification[copy] == integration.json[original])
          #expect(id == integration.json["id"])
          seen.insert(type)
        }
      }
      #expect(seen == Set(secrets.keys))
      #expect(older > 0)
    }
  }

  @Test func `a configuration that is not there is told from an id that is none`() async throws {
    try await withSimulator { client in
      let project = try client.simulator.world.projectIDs()[0]
      let root = "/groups/\(project)/alertConfigs"
      let nobody = String(repeating: "0", count: 24)
      let missing = try await client.get("\(root)/\(nobody)")
      #expect(missing.errorCode == "ALERT_CONFIG_NOT_FOUND")
      let nonsense = try await client.get("\(root)/nonsense")
      #expect(nonsense.errorCode == "INVALID_ALERT_CONFIG_ID")
      let elsewhere = try await client.get("/groups/\(nobody)/alertConfigs")
      #expect(elsewhere.errorCode == "GROUP_NOT_FOUND")
    }
  }
}
