import AtlasSimulator
import Foundation
import GodwitCore
import Testing

@testable import AtlasSimulator

@Suite struct WorldTests {
  private func fingerprint(
    seed: UInt64,
    projects: Int = 100
  ) async throws -> (String, String, SimulatorCredentials) {
    try await withSimulator({
      $0.seed = seed
      $0.projects = projects
    }) { client in
      (
        try client.simulator.world.fingerprint(), client.simulator.worldID,
        client.simulator.credentials
      )
    }
  }

  @Test func `equal seeds and sizes give equal worlds, others do not`() async throws {
    let first = try await fingerprint(seed: 7)
    let again = try await fingerprint(seed: 7)
    #expect(first == again)
    #expect(first.0.split(separator: "\n").count > 100)
    let other = try await fingerprint(seed: 8)
    #expect(first.0 != other.0)
    #expect(first.1 != other.1)
    #expect(first.2 != other.2)
    let larger = try await fingerprint(seed: 7, projects: 101)
    #expect(first.1 != larger.1)
  }

  @Test func `equal seeds and sizes give equal files`() async throws {
    try await withTemporaryFolder { folder in
      for name in ["a", "b"] {
        try Simulator.reset(worldFile: "\(folder)/\(name)", projects: 50, seed: 3)
      }
      #expect(
        FileManager.default.contents(atPath: "\(folder)/a")
          == FileManager.default.contents(atPath: "\(folder)/b")
      )
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }

  @Test func `a world has the mixture of a real estate`() async throws {
    try await withSimulator({ $0.projects = 500 }) { client in
      let world = client.simulator.world
      #expect(try world.projectCount() == 500)
      #expect((275...325).contains(try world.integrationCount(type: "DATADOG")))
      for rule in TypeRules.all {
        #expect(try world.integrationCount(type: rule.type) > 0, "\(rule.type)")
      }
      #expect((1...2).contains(try world.integrationCount(type: "INCIDENT_RELAY")))
      let regions = try world.projectIDs(having: "DATADOG").map { project in
        try world.integration(of: project, type: "DATADOG")?["region"]?.stringValue
      }
      let counts = Dictionary(grouping: regions) { $0 }.mapValues(\.count)
      #expect(Set(counts.keys) == ["US", "EU", "US3", "US5", "AP1", "US1_FED"])
      #expect(counts["US", default: 0] > counts["EU", default: 0])
      #expect(counts["EU", default: 0] > counts["US3", default: 0])
      let slack = try world.projectIDs(having: "SLACK").compactMap { project in
        try world.integration(of: project, type: "SLACK")
      }
      let tokens = Dictionary(grouping: slack) { $0.keys.contains("teamName") }
        .mapValues { $0.compactMap { $0["apiToken"]?.stringValue?.count } }
      #expect(Set(tokens[true] ?? []) == [74])
      #expect((tokens[false] ?? []).allSatisfy { $0 < 40 })
      #expect(tokens[false]?.isEmpty == false)
    }
  }

  @Test func `every integration of a new world could have been written through the API`()
    async throws
  {
    try await withSimulator({ $0.projects = 300 }) { client in
      let world = client.simulator.world
      for rule in TypeRules.all where rule.writing == .free {
        let judge = IntegrationJudge(rule: rule, putSemantics: .replace)
        for project in try world.projectIDs(having: rule.type) {
          let stored = try #require(try world.integration(of: project, type: rule.type))
          let verdict = try judge.verdict(creating: stored)
          #expect(verdict.document == stored.removing { name, _ in name == "id" })
          #expect(!verdict.storesMask)
        }
      }
    }
  }

  @Test func `every alert configuration of a new world could have been written through the API`()
    async throws
  {
    try await withSimulator({ $0.projects = 400 }) { client in
      let world = client.simulator.world
      var types: [String: Int] = [:]
      var silent = 0
      for project in try world.projectIDs() {
        for stored in try world.alertConfigurations(of: project) {
          let notifications = (stored["notifications"]?.arrayValue ?? []).compactMap(\.objectValue)
          let judge = AlertJudge(
            notifications: NotificationJudge(
              takesFlowdock: true,
              stored: Dictionary(
                uniqueKeysWithValues: notifications.map {
                  ($0["notifierId"]?.stringValue ?? "", $0)
                }
              ),
              integrations: [:],
              makeID: { "x" }
            )
          )
          let verdict = try judge.verdict(stored)
          let made = ["id", "created", "updated", "notifications"]
          #expect(
            verdict.document.removing { name, _ in made.contains(name) }
              == stored.removing { name, _ in made.contains(name) }
          )
          let judged = (verdict.document["notifications"]?.arrayValue ?? []).map {
            $0.objectValue?.merging(["notifierId": "x"])
          }
          #expect(judged == notifications.map { $0.merging(["notifierId": "x"]) })
          #expect(!verdict.storesMask)
          let names = notifications.compactMap { $0["typeName"]?.stringValue }
          for name in names { types[name, default: 0] += 1 }
          if Set(names) == ["FLOWDOCK"] { silent += 1 }
        }
      }
      #expect(Set(types.keys) == Set(AtlasSimulator.NotificationRules.all.map(\.typeName)))
      #expect(silent > 0)
      #expect(try world.alertConfigurationCount() > 600)
    }
  }

  @Test func `projects have names, tags and dates as companies have them`() async throws {
    try await withSimulator({ $0.projects = 400 }) { client in
      let projects = try await client.get("/groups?itemsPerPage=500").results
      let tagged = projects.filter { $0["tags"]?.arrayValue?.isEmpty == false }
      #expect(tagged.count > 300 && tagged.count < 400)
      let keys = Set(tagged.flatMap { $0["tags"]?.arrayValue ?? [] }.map { $0["key"]?.stringValue })
      #expect(keys == ["env", "team", "tier"])
      #expect(projects.contains { $0["clusterCount"] == 0 })
      let allowed = Set("-_.(),:&@+'")
      for project in projects {
        let name = try #require(project["name"]?.stringValue)
        #expect((1...64).contains(name.count))
        #expect(name.allSatisfy { $0.isLetter || $0.isNumber || allowed.contains($0) }, "\(name)")
        let created = try #require(project["created"]?.stringValue)
        #expect(created.hasSuffix("Z") && created.hasPrefix("20") && created.count == 20)
      }
    }
  }

  @Test(arguments: [0, 1, 2])
  func `a tiny world is a world too`(projects: Int) async throws {
    try await withSimulator({ $0.projects = projects }) { client in
      let listed = try await client.get("/groups").results
      #expect(listed.count == projects)
      let count = try client.simulator.world.projectCount()
      #expect(count == projects)
    }
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
      (1_714_979_289, "2024-05-06T07:08:09Z", "Mon, 06 May 2024 07:08:09 GMT"),
      (4_107_542_399, "2100-02-28T23:59:59Z", "Sun, 28 Feb 2100 23:59:59 GMT"),
    ] as [(Int64, String, String)]
  )
  func `times are written as ISO 8601 and as HTTP has them`(
    seconds: Int64,
    iso: String,
    http: String
  ) {
    #expect(WallClock.isoText(seconds) == iso)
    #expect(WallClock.httpText(seconds) == http)
  }
}
