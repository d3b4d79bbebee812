import AtlasSimulator
import GodwitCore
import Testing

@Suite struct IntegrationOperationTests {
  @Test(arguments: Sample.bodies.keys.sorted())
  func `a type is created, read, replaced and deleted`(type: String) async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/\(type)"
      let body = JSONValue.object(Sample.body(type))

      let missing = try await client.get(path)
      #expect(missing.status == 404)
      #expect(missing.errorCode == "INTEGRATION_NOT_CONFIGURED")

      let created = try await client.send("POST", path, body)
      #expect(created.status == 200)
      #expect(created.types == [type])
      #expect(created.link("self")?.contains("/integrations/\(type)?") == true)
      let firstID = created.results.first?["id"]?.stringValue

      let again = try await client.send("POST", path, body)
      #expect(again.status == 409)
      #expect(again.errorCode == "INTEGRATION_ALREADY_CONFIGURED")
      #expect(again.parameters == [.string(type)])

      let read = try await client.get(path)
      #expect(read.status == 200)
      #expect(read.json == created.results[0])
      #expect(read.json["links"] == nil)

      let replaced = try await client.send("PUT", path, body)
      #expect(replaced.status == 200)
      #expect(replaced.types == [type])
      #expect(replaced.results.first?["id"]?.stringValue != firstID)

      let deleted = try await client.send("DELETE", path)
      #expect(deleted.status == 204)
      #expect(deleted.text.isEmpty)
      #expect(
        deleted.headers["content-type"]
          == "application/vnd.atlas.2023-01-01+json;charset=utf-8"
      )
      let gone = try await client.send("DELETE", path)
      #expect(gone.status == 404)
      #expect(gone.errorCode == "INTEGRATION_NOT_CONFIGURED")
    }
  }

  @Test func `PUT creates what is not there`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let reply = try await client.send(
        "PUT",
        "/groups/\(project)/integrations/OPS_GENIE",
        .object(Sample.body("OPS_GENIE"))
      )
      #expect(reply.status == 200)
      #expect(reply.types == ["OPS_GENIE"])
    }
  }

  @Test func `lists are in the order of types, not of age, and writes answer pages of them`()
    async throws
  {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let root = "/groups/\(project)/integrations"
      for type in ["MICROSOFT_TEAMS", "WEBHOOK", "DATADOG", "PAGER_DUTY", "OPS_GENIE"] {
        let reply = try await client.send("POST", "\(root)/\(type)", .object(Sample.body(type)))
        #expect(reply.status == 200)
      }
      let order = ["PAGER_DUTY", "DATADOG", "OPS_GENIE", "WEBHOOK", "MICROSOFT_TEAMS"]
      #expect(try await client.get(root).types == order)
      let second = try await client.get("\(root)?itemsPerPage=2&pageNum=2")
      #expect(second.types == ["OPS_GENIE", "WEBHOOK"])
      #expect(second.json["totalCount"] == 5)
      let written = try await client.send(
        "PUT",
        "\(root)/WEBHOOK?itemsPerPage=1&includeCount=false",
        .object(Sample.body("WEBHOOK"))
      )
      #expect(written.types == ["PAGER_DUTY"])
      #expect(written.json["totalCount"] == nil)
    }
  }

  @Test func `a project without integrations lists none`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let reply = try await client.get("/groups/\(project)/integrations")
      #expect(reply.status == 200)
      #expect(reply.results.isEmpty)
      #expect(reply.json["totalCount"] == 0)
    }
  }

  @Test(
    arguments: [
      ("000000000000000000000000", "GROUP_NOT_FOUND"), ("nonsense", "INVALID_GROUP_ID"),
      ("00000000000000000000000G", "INVALID_GROUP_ID"),
    ]
  )
  func `an unknown project is told by its code`(id: String, code: String) async throws {
    try await withSimulator { client in
      for (method, path) in [
        ("GET", ""), ("GET", "/DATADOG"), ("PUT", "/DATADOG"), ("POST", "/DATADOG"),
        ("DELETE", "/DATADOG"),
      ] {
        let reply = try await client.send(
          method,
          "/groups/\(id)/integrations\(path)",
          method == "PUT" || method == "POST" ? .object(Sample.body("DATADOG")) : nil
        )
        #expect(reply.status == 404)
        #expect(reply.errorCode == code)
        #expect(reply.parameters == [.string(id)])
      }
    }
  }

  @Test(arguments: ["GET", "PUT", "DELETE"], ["datadog", "FLOWDOCK", "NO_SUCH_TYPE"])
  func `a type that v2 does not know is refused`(method: String, type: String) async throws {
    try await withSimulator { client in
      let project = try client.project(having: "FLOWDOCK")
      let reply = try await client.send(
        method,
        "/groups/\(project)/integrations/\(type)",
        method == "PUT" ? ["type": .string(type)] : nil
      )
      #expect(reply.status == 400)
      #expect(reply.errorCode == "INVALID_ENUM_VALUE")
      #expect(reply.parameters == [.string(type)])
    }
  }

  @Test func `left-over FLOWDOCK is not listed`() async throws {
    try await withSimulator { client in
      let project = try client.project(having: "FLOWDOCK")
      #expect(try await !client.get("/groups/\(project)/integrations").types.contains("FLOWDOCK"))
    }
  }

  @Test func `HIP_CHAT is read and deleted but never written`() async throws {
    try await withSimulator({ $0.projects = 300 }) { client in
      let project = try client.project(having: "HIP_CHAT")
      let path = "/groups/\(project)/integrations/HIP_CHAT"
      #expect(try await client.get(path).status == 200)
      let body: JSONValue = ["type": "HIP_CHAT", "notificationToken": "x", "roomName": "y"]
      let put = try await client.send("PUT", path, body)
      #expect(put.errorCode == "HIPCHAT_NOT_SUPPORTED")
      #expect(try await client.send("DELETE", path).status == 204)
    }
  }

  @Test func `a type of the future stands in a list with fields of its own`() async throws {
    try await withSimulator { client in
      let project = try client.project(having: "INCIDENT_RELAY")
      let reply = try await client.get("/groups/\(project)/integrations")
      let item = try #require(reply.results.first { $0["type"] == "INCIDENT_RELAY" })
      #expect(item["escalation"]?["policy"] == "primary")
      #expect(item["relayKey"]?.stringValue?.hasPrefix("****") == true)
    }
  }

  @Test func `a webhook that alerts use cannot be deleted`() async throws {
    try await withSimulator({ $0.projects = 400 }) { client in
      var refused = 0
      var deleted = 0
      for project in try client.simulator.world.projectIDs(having: "WEBHOOK") {
        let alerts = try await client.get("/groups/\(project)/alertConfigs?itemsPerPage=500")
        let isUsed = alerts.text.contains(#""typeName":"WEBHOOK""#)
        let reply = try await client.send("DELETE", "/groups/\(project)/integrations/WEBHOOK")
        #expect(reply.status == (isUsed ? 400 : 204))
        if isUsed {
          #expect(reply.errorCode == "WEBHOOK_NOTIFICATIONS_PRESENT")
          refused += 1
        } else {
          deleted += 1
        }
      }
      #expect(refused > 0 && deleted > 0)
    }
  }

  @Test func `of writes at the same time the last one stays, whole`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/DATADOG"
      let regions = ["US", "EU", "US3", "US5", "AP1", "US1_FED"]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<120 {
          group.addTask {
            let digit = String(index % 6)
            let body = Sample.body(
              "DATADOG",
              [
                "apiKey": .string(String(repeating: digit, count: 32)),
                "region": .string(regions[index % 6]),
              ]
            )
            let reply = try await client.send("PUT", path, .object(body))
            #expect(reply.status == 200)
            #expect(reply.types == ["DATADOG"])
          }
        }
        try await group.waitForAll()
      }
      let stored = try #require(
        try client.simulator.world.integration(of: project, type: "DATADOG")
      )
      let digit = try #require(stored["apiKey"]?.stringValue?.first?.wholeNumberValue)
      #expect(stored["region"] == .string(regions[digit]))
    }
  }

  @Test func `of creations at the same time one succeeds`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/PAGER_DUTY"
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try await client.send("POST", path, .object(Sample.body("PAGER_DUTY"))).status
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.filter { $0 == 200 }.count == 1)
      #expect(statuses.filter { $0 == 409 }.count == 19)
    }
  }
}
