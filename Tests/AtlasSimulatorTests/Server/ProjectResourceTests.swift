import AtlasSimulator
import GodwitCore
import Testing

@Suite struct ProjectResourceTests {
  @Test func `settings are read and changed field by field`() async throws {
    try await withSimulator { client in
      let ids = try client.simulator.world.projectIDs()
      let before = try client.simulator.world.fingerprint()
      let path = "/groups/\(ids[0])/settings"
      let first = try await client.get(path)
      #expect(first.json["isDataExplorerEnabled"] == true)
      let reply = try await client.send("PATCH", path, ["isDataExplorerEnabled": false])
      #expect(reply.status == 200)
      #expect(reply.json["isDataExplorerEnabled"] == false)
      #expect(reply.json["isSchemaAdvisorEnabled"] == true)
      #expect(try await client.get(path).json == reply.json)
      let other = try await client.get("/groups/\(ids[1])/settings")
      #expect(other.json == first.json)
      #expect(try client.simulator.world.fingerprint() != before)
    }
  }

  @Test func `the audit log is switched on with a filter`() async throws {
    try await withSimulator { client in
      let path = "/groups/\(try client.simulator.world.projectIDs()[0])/auditLog"
      let reply = try await client.send(
        "PATCH",
        path,
        ["enabled": true, "auditFilter": "{\"atype\": \"authenticate\"}"]
      )
      #expect(reply.json["configurationType"] == "FILTER_JSON")
      let off = try await client.send("PATCH", path, ["enabled": false])
      #expect(off.json["configurationType"] == "NONE")
      #expect(off.json["auditFilter"] == "{\"atype\": \"authenticate\"}")
    }
  }

  @Test(
    arguments: [
      ["nonsense": 1], ["enabled": "yes"], ["auditFilter": .null],
      ["configurationType": "FILTER_JSON"],
    ] as [JSONValue]
  )
  func `what is unknown or of another kind is refused`(body: JSONValue) async throws {
    try await withSimulator { client in
      let path = "/groups/\(try client.simulator.world.projectIDs()[0])/auditLog"
      let reply = try await client.send("PATCH", path, body)
      #expect(reply.status == 400)
      #expect(reply.errorCode == "INVALID_ATTRIBUTE")
    }
  }

  @Test func `a project is renamed, to a name that its organization does not have`() async throws {
    try await withSimulator { client in
      let projects = try await client.get("/groups").results
      let first = try #require(projects[0]["id"]?.stringValue)
      let neighbour = try #require(
        projects.dropFirst().first { $0["orgId"] == projects[0]["orgId"] }?["name"]
      )
      let path = "/groups/\(first)"
      let taken = try await client.send("PATCH", path, ["name": neighbour])
      #expect(taken.status == 409)
      #expect(taken.errorCode == "GROUP_ALREADY_EXISTS")
      let renamed = try await client.send("PATCH", path, ["name": "new name"])
      #expect(renamed.json["name"] == "new name")
      #expect(try await client.get(path).json["name"] == "new name")
      for name in ["", "a/b", String(repeating: "x", count: 65)] {
        let refused = try await client.send("PATCH", path, ["name": .string(name)])
        #expect(refused.parameters == ["name"])
      }
      let missing = try await client.send(
        "PATCH",
        "/groups/0123456789abcdef01234567",
        ["name": "x"]
      )
      #expect(missing.errorCode == "GROUP_NOT_FOUND")
    }
  }
}
