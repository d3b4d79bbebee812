import AtlasSimulator
import Foundation
import GodwitCore
import Testing

@Suite struct RequestLogTests {
  private func logged(_ body: (TestClient) async throws -> Void) async throws -> [JSONValue] {
    try await withTemporaryFolder { folder in
      let log = "\(folder)/requests.jsonl"
      try await withSimulator({ $0.requestLog = log }, body)
      return try logEntries(log)
    }
  }

  @Test func `each request is one line that says what became of it`() async throws {
    var project = ""
    let entries = try await logged { client in
      project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/DATADOG"
      _ = try await client.send("GET", "/orgs?pretty=true", headers: ["Authorization": nil])
      _ = try await client.get("/orgs?pretty=true")
      _ = try await client.send("PUT", path, .object(Sample.body("DATADOG")))
      _ = try await client.send("PUT", path, ["type": "DATADOG"])
      _ = try await client.send("DELETE", path)
      _ = try await client.send("DELETE", path)
    }
    let table = entries.map { entry in
      ["method", "status", "authentication", "challenge", "mutation", "type", "errorCode"].map {
        entry[$0].map { $0.stringValue ?? String(decoding: $0.encoded(), as: UTF8.self) } ?? "-"
      }
      .joined(separator: " ")
    }
    #expect(
      table == [
        "GET 401 none initial - - UNEXPECTED_ERROR",
        "GET 200 bearer - - - -",
        "PUT 200 bearer - made DATADOG -",
        "PUT 400 bearer - not-made DATADOG MISSING_ATTRIBUTE",
        "DELETE 204 bearer - made DATADOG -",
        "DELETE 404 bearer - not-made DATADOG INTEGRATION_NOT_CONFIGURED",
      ]
    )
    #expect(entries[0]["query"] == "pretty=true")
    #expect(entries[2]["path"] == .string("/api/atlas/v2/groups/\(project)/integrations/DATADOG"))
    #expect(entries[2]["project"] == .string(project))
    #expect(entries.allSatisfy { ($0["microseconds"]?.int64Value ?? -1) >= 0 })
    #expect(entries.allSatisfy { $0["time"]?.stringValue?.count == 24 })
  }

  @Test func `a mask that is stored is marked`() async throws {
    let entries = try await logged { client in
      let project = try client.emptiedProject()
      let path = "/groups/\(project)/integrations/WEBHOOK"
      let created = try await client.send("POST", path, .object(Sample.body("WEBHOOK")))
      let url = try #require(created.results[0]["url"])
      let put = try await client.send(
        "PUT",
        path,
        .object(Sample.body("WEBHOOK", ["url": url]))
      )
      #expect(put.status == 200)
      let stored = try client.simulator.world.integration(of: project, type: "WEBHOOK")
      #expect(stored?["url"] == url)
    }
    #expect(entries.map { $0["maskStored"] } == [nil, .some(.bool(true))])
  }

  @Test func `no secret, header or body is in it`() async throws {
    try await withTemporaryFolder { folder in
      let log = "\(folder)/requests.jsonl"
      var secrets: [String] = [Sample.hex32, Sample.uuid, "abcdefghijklmnopqrstuvwxyz1234"]
      try await withSimulator({ $0.requestLog = log }) { client in
        let project = try client.emptiedProject()
        for type in Sample.bodies.keys {
          let path = "/groups/\(project)/integrations/\(type)"
          _ = try await client.send("POST", path, .object(Sample.body(type)))
          _ = try await client.send("PUT", path, ["type": .string(type), "apiKey": "bad-secret"])
        }
        let credentials = client.simulator.credentials
        secrets += [credentials.privateKey, credentials.accessToken, "bad-secret", "Bearer"]
      }
      let text = try String(contentsOfFile: log, encoding: .utf8)
      #expect(text.split(separator: "\n").count == 2 * Sample.bodies.count)
      #expect(secrets.filter { text.contains($0) } == [])
      let mode = try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
  }

  @Test func `it is appended to, and lines of many requests do not mix`() async throws {
    try await withTemporaryFolder { folder in
      let log = "\(folder)/requests.jsonl"
      for _ in 0..<2 {
        try await withSimulator({ $0.requestLog = log }) { client in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...100 {
              group.addTask { _ = try await client.get("/groups?pageNum=\(number)&x=%22%0A") }
            }
            try await group.waitForAll()
          }
        }
      }
      let entries = try logEntries(log)
      #expect(entries.count == 200)
      let queries = Set(entries.compactMap { $0["query"]?.stringValue })
      #expect(queries == Set((1...100).map { "pageNum=\($0)&x=%22%0A" }))
    }
  }

  @Test func `a line is there before its answer is`() async throws {
    try await withTemporaryFolder { folder in
      let log = "\(folder)/requests.jsonl"
      try await withSimulator({ $0.requestLog = log }) { client in
        for count in 1...20 {
          _ = try await client.get("/orgs")
          #expect(try logEntries(log).count == count)
        }
      }
    }
  }

  @Test func `a log that cannot be written stops the start`() async throws {
    var configuration = SimulatorConfiguration()
    configuration.projects = 1
    configuration.requestLog = "/no/such/folder/log"
    let error = await #expect(throws: SimulatorError.self) {
      _ = try await Simulator.start(configuration)
    }
    #expect(error?.kind == .inaccessibleFile)
    #expect(error?.subject == "/no/such/folder/log")
  }
}
