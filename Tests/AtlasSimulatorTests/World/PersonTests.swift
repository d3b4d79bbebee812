import AtlasSimulator
import GodwitCore
import Testing

@Suite struct PersonTests {
  @Test func `what a person adds, replaces and removes is seen through the API`() async throws {
    try await withSimulator { client in
      let world = client.simulator.world
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/SLACK"
      let count = try world.integrationCount()

      let firstID = try world.add(
        ["apiToken": "xoxb-first", "teamName": "harbor", "type": "ignored", "id": "ignored"],
        type: "SLACK",
        to: project
      )
      let added = try await client.get(path)
      #expect(added.json["id"] == .string(firstID))
      #expect(added.json["type"] == "SLACK")
      #expect(try world.integrationCount() == count + 1)

      let secondID = try world.replace(
        ["apiToken": "xoxb-second", "teamName": "harbor", "channelName": "#a"],
        type: "SLACK",
        in: project
      )
      #expect(secondID != firstID)
      #expect(try await client.get(path).json["channelName"] == "#a")
      let whole = try world.integration(of: project, type: "SLACK")
      #expect(whole?["apiToken"] == "xoxb-second")
      #expect(whole?["id"] == .string(secondID))

      try world.remove(type: "SLACK", from: project)
      #expect(try await client.get(path).status == 404)
    }
  }

  @Test func `a type that nobody knows can be added, listed and deleted`() async throws {
    try await withSimulator { client in
      let project = try client.emptiedProject()
      try client.simulator.world.add(["level": 3], type: "BRAND_NEW", to: project)
      let list = try await client.get("/groups/\(project)/integrations")
      #expect(list.types == ["BRAND_NEW"])
      let path = "/groups/\(project)/integrations/BRAND_NEW"
      #expect(try await client.get(path).json["level"] == 3)
      #expect(try await client.send("DELETE", path).status == 204)
    }
  }

  @Test func `impossible edits say what is wrong`() async throws {
    try await withSimulator { client in
      let world = client.simulator.world
      let project = try client.project(having: "DATADOG")
      let empty = try client.emptiedProject()
      let errors = [
        #expect(throws: SimulatorError.self) { try world.add([:], type: "DATADOG", to: project) },
        #expect(throws: SimulatorError.self) {
          try world.replace([:], type: "DATADOG", in: empty)
        },
        #expect(throws: SimulatorError.self) { try world.remove(type: "DATADOG", from: empty) },
        #expect(throws: SimulatorError.self) { try world.remove(type: "DATADOG", from: "nobody") },
      ]
      #expect(errors.allSatisfy { $0?.kind == .invalidEdit })
    }
  }

  @Test func `a fingerprint has secrets whole, and no ids`() async throws {
    try await withSimulator { client in
      let world = client.simulator.world
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/OPS_GENIE"
      let body = JSONValue.object(Sample.body("OPS_GENIE"))
      let empty = try world.fingerprint()
      _ = try await client.send("PUT", path, body)
      let first = try world.fingerprint()
      #expect(first != empty)
      #expect(first.contains(Sample.uuid))
      _ = try await client.send("PUT", path, body)
      #expect(try world.fingerprint() == first)
    }
  }
}
