import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// `godwit inventory`.
@Suite struct InventoryTests {
  @Test(arguments: ["text", "csv", "json"])
  func `the inventory of the simulator's world is as recorded`(form: String) async throws {
    try await Workplace.with { place in
      let made = try await place.godwit(
        "simulator",
        "reset",
        "--world",
        "w.db",
        "--projects",
        "25"
      )
      expect(made, endsWith: 0)
      let inventory = try await place.godwit("inventory", "--world", "w.db", "-o", form)
      expect(inventory, endsWith: 0)
      let name = form == "text" ? "txt" : form
      try Golden.expect(inventory.text, matches: "inventory.\(name)")
    }
  }

  private struct Document: Decodable {
    struct Project: Decodable {
      struct Entry: Decodable {
        var type: String
      }
      var id: String
      var integrations: [Entry]?
      var error: String?
    }
    var formatVersion: Int
    var notFound: [String]
    var projects: [Project]
  }

  private func document(_ finished: Finished) throws -> Document {
    try JSONDecoder().decode(Document.self, from: Data(finished.text.utf8))
  }

  @Test func `projects are chosen as for a plan, and a read-only key is enough`() async throws {
    try await Atlas.with(projects: 40) { place, atlas in
      var place = place
      place.environment.merge(atlas.readOnlyEnvironment) { $1 }
      let having = try await place.godwit("inventory", "--has", "DATADOG", "-o", "json")
      expect(having, endsWith: 0)
      #expect(
        try document(having).projects.map(\.id) == (try atlas.world.projectIDs(having: "DATADOG"))
      )
      let flowdock = try await place.godwit("inventory", "--has", "FLOWDOCK", "-o", "json")
      #expect(
        try document(flowdock).projects.map(\.id)
          == (try atlas.world.projectIDs(having: "FLOWDOCK"))
      )
      let one = try #require(try atlas.world.projectIDs(having: "DATADOG").first)
      let key = try atlas.world.integration(of: one, type: "DATADOG")?["apiKey"]?.stringValue
      let tail = String(try #require(key).suffix(4))
      let byTail = try await place.godwit("inventory", "--where-tail", tail, "-o", "json")
      #expect(try document(byTail).projects.map(\.id).contains(one))
      let missing = try await place.godwit(
        "inventory",
        "--project",
        one,
        "--project",
        "nobody",
        "-o",
        "json"
      )
      expect(missing, endsWith: 3)
      #expect(try document(missing).notFound == ["nobody"])
      #expect(try atlas.requests().allSatisfy { $0.method == "GET" })
    }
  }

  @Test func `what is not found is said beside the CSV, which has no line for it`() async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let one = try atlas.world.projectIDs()[0]
      let words = ["inventory", "--project", one, "--project", "no such", "-o", "csv"]
      let inventory = try await place.start(words).finished()
      expect(inventory, endsWith: 3)
      #expect(inventory.text.split(separator: "\r\n").count == 2)
      #expect(inventory.errors.contains("not found: \"no such\""), "\(inventory)")
      let logged = try await place.start(words + ["--log-format", "json"]).finished()
      #expect(logged.errors.contains(#"not found: \"no such\""#), "\(logged)")
    }
  }

  @Test func `no key of the world is printed, in no form`() async throws {
    try await Atlas.with(projects: 60) { place, atlas in
      var secrets: Set<String> = []
      for project in try atlas.world.projectIDs() {
        for rule in IntegrationRules.all {
          guard
            let whole = try atlas.world.integration(of: project, type: rule.type.text)
          else { continue }
          secrets.formUnion(rule.secretFields.compactMap { whole[$0.name]?.stringValue })
        }
      }
      #expect(secrets.count > 60)
      for form in ["text", "csv", "json"] {
        for choice in [[], ["--has", "FLOWDOCK"]] {
          let printed = try await place.start(["inventory", "-o", form] + choice).finished()
          expect(printed, endsWith: 0)
          for secret in secrets { #expect(!printed.text.contains(secret)) }
        }
      }
    }
  }

  @Test func `a wrong tail, a wrong key and Flowdock with a service account are one clear error`()
    async throws
  {
    try await Atlas.with(projects: 6) { place, atlas in
      let short = try await place.godwit("inventory", "--where-tail", "9ab")
      expectRefusal(short, saying: ["--where-tail takes the last four"], status: 64)
      let wrong = try await place.godwit(
        "inventory",
        environment: ["MONGODB_ATLAS_PRIVATE_API_KEY": "wrong"]
      )
      expectRefusal(wrong, saying: ["credentials were not accepted"])
      let account = try await place.godwit(
        "inventory",
        "--has",
        "FLOWDOCK",
        environment: atlas.environment(of: atlas.simulator.credentials.serviceAccount)
      )
      expectRefusal(account, saying: ["takes API keys only", "service account"])
      #expect(account.errors.components(separatedBy: "takes API keys only").count == 3)
    }
  }
}
