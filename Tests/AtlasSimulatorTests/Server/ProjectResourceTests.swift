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

  @Test func `automatic deferral is turned each time, which the world shows`() async throws {
    try await withSimulator { client in
      let path = "/groups/\(try client.simulator.world.projectIDs()[0])/maintenanceWindow"
      let untouched = try client.simulator.world.fingerprint()
      #expect(try await client.get(path).json["autoDeferOnceEnabled"] == false)
      var worlds: [String] = []
      for isOn in [true, false, true] {
        let reply = try await client.send("POST", path + "/autoDefer")
        #expect(reply.status == 200 && reply.text.isEmpty)
        #expect(try await client.get(path).json["autoDeferOnceEnabled"] == .bool(isOn))
        worlds.append(try client.simulator.world.fingerprint())
      }
      #expect(worlds[0] == worlds[2] && worlds[0] != worlds[1] && worlds[0] != untouched)
      let get = try await client.get(path + "/autoDefer")
      #expect(get.status == 405 && get.headers["allow"] == "POST")
      for wrong in ["/groups/0123456789abcdef01234567", "/groups/x"] {
        let reply = try await client.send("POST", wrong + "/maintenanceWindow/autoDefer")
        #expect(reply.status == 404)
      }
    }
  }

  @Test func `a maintenance window is set by day and hour, and changed field by field`()
    async throws
  {
    try await withSimulator { client in
      let path = "/groups/\(try client.simulator.world.projectIDs()[0])/maintenanceWindow"
      let half = try await client.send("PATCH", path, ["dayOfWeek": 1])
      #expect(half.errorCode == "MISSING_ATTRIBUTE" && half.parameters == ["hourOfDay"])
      let set = try await client.send("PATCH", path, ["dayOfWeek": 1, "hourOfDay": 23])
      #expect(set.status == 200 && set.text.isEmpty)
      #expect(try await client.send("PATCH", path, ["hourOfDay": 0]).status == 200)
      let window = try await client.get(path).json
      #expect(window["dayOfWeek"] == 1 && window["hourOfDay"] == 0)
      for (name, value) in [
        ("dayOfWeek", 0), ("dayOfWeek", 8), ("hourOfDay", 24), ("hourOfDay", "4"),
        ("numberOfDeferrals", 0), ("startASAP", true), ("nonsense", 1),
      ] as [(String, JSONValue)] {
        let refused = try await client.send("PATCH", path, [name: value])
        #expect(refused.status == 400 && refused.parameters == [.string(name)])
      }
      #expect(try await client.get(path).json == window)
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
