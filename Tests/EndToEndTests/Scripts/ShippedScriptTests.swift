import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Every migration that ships: planned, applied, planned again, and with what goes wrong.
@Suite struct ShippedScriptTests {
  static let newKey = "00112233445566778899aabbccddeeff"
  static let newID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

  static let scripts: [ShippedScript] = [
    ShippedScript(name: "datadog-region-move", secrets: [("apiKey", newKey)]),
    ShippedScript(
      name: "rotate-key",
      inputs: ["--param", "type=PAGER_DUTY"],
      secrets: [("key", newKey)]
    ),
    ShippedScript(
      name: "rotate-key",
      inputs: ["--param", "type=OPS_GENIE"],
      secrets: [("key", newID)]
    ),
    ShippedScript(
      name: "hipchat-removal",
      applyFlags: ["--accept-irreversible"],
      prepare: { atlas in
        for project in try atlas.world.projectIDs().prefix(5)
        where try atlas.world.integration(of: project, type: "HIP_CHAT") == nil {
          try atlas.world.add(
            ["notificationToken": "hipchat-token-hipchat-token-1234", "roomName": "ops"],
            type: "HIP_CHAT",
            to: project
          )
        }
      }
    ),
    ShippedScript(
      name: "webhook-secret-rotation",
      inputs: ["--param", "clearTemplates=true"],
      secrets: [
        ("url", "https://hooks.example.com/atlas/rotated-0123456789abcdef"),
        ("secret", "rotated-webhook-secret-fedcba98"),
      ]
    ),
    ShippedScript(
      name: "datadog-region-move",
      inputs: ["--param", "alerts=move"],
      secrets: [("apiKey", newKey)]
    ),
    ShippedScript(
      name: "rotate-key",
      inputs: ["--param", "type=DATADOG", "--param", "alerts=move"],
      secrets: [("key", newKey)]
    ),
    ShippedScript(
      name: "flowdock-removal",
      inputs: ["--param", "replacement=owners"],
      applyFlags: ["--accept-irreversible"],
      prepare: { atlas in
        let having = Set(try atlas.world.projectIDs(having: "FLOWDOCK"))
        for project in try atlas.world.projectIDs().prefix(8) where !having.contains(project) {
          try atlas.world.add(
            ["apiToken": "f10d0c4f10d0c4f10d0c4f10d0c4ffff", "flowName": "a", "orgName": "b"],
            type: "FLOWDOCK",
            to: project
          )
        }
      }
    ),
    ShippedScript(
      name: "opsgenie-to-pagerduty",
      secrets: [("serviceKey", newKey)],
      applyFlags: ["--accept-irreversible"]
    ),
    ShippedScript(name: "slack-legacy-to-oauth", inputs: ["--param", "channel=#mongodb"]),
  ]

  @Test(arguments: scripts)
  func `planned, applied, and planned again there is nothing left`(
    script: ShippedScript
  ) async throws {
    try await script.run { place, atlas in
      let plan = try await place.start(script.plan(to: "a.godwit")).finished()
      expect(plan, endsWith: 0)
      let planned = try plan.document()
      try #require(planned.totals.changed > 2)
      #expect(try atlas.writesMade().isEmpty)

      let words = ["apply", "a.godwit", "--yes", "-o", "json"] + script.applyFlags
      let apply = try await place.start(words).finished()
      expect(apply, endsWith: 0)
      #expect(try apply.document().totals.changed == planned.totals.changed)
      #expect(try atlas.writesMade().count == planned.operationCount)

      let again = try await place.start(script.plan(to: "b.godwit")).finished()
      expect(again, endsWith: 0)
      #expect(try again.document().totals.changed == 0)
    }
  }

  @Test(arguments: scripts)
  func `with a wrong key nothing is planned`(script: ShippedScript) async throws {
    try await script.run(projects: 3) { place, atlas in
      var place = place
      place.environment["MONGODB_ATLAS_PRIVATE_API_KEY"] = "00000000-0000-4000-8000-000000000000"
      let plan = try await place.start(script.plan(to: "a.godwit")).finished()
      expectRefusal(plan, saying: ["key"])
      #expect(try atlas.requests().count == 2, "one challenge and one answer")
      #expect(!place.exists("a.godwit"))
    }
  }

  @Test(arguments: scripts.filter { !$0.secrets.isEmpty })
  func `without a secret that it needs nothing is asked of Atlas`(
    script: ShippedScript
  ) async throws {
    try await script.run(projects: 3) { place, atlas in
      for secret in script.secrets {
        let words = script.plan(to: "a.godwit", without: secret.name)
        expectRefusal(
          try await place.start(words).finished(),
          saying: ["--secret \(secret.name)=env:VARIABLE"]
        )
      }
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test(arguments: scripts)
  func `with a read-only key it is planned, and apply changes nothing and says so`(
    script: ShippedScript
  ) async throws {
    try await script.run(projects: 20) { place, atlas in
      try await place.start(script.plan(to: "owner.godwit")).finished()
        .expectChanges(in: "owner.godwit")
      var place = place
      place.environment.merge(atlas.readOnlyEnvironment) { $1 }
      let before = try atlas.world.fingerprint()
      let plan = try await place.start(script.plan(to: "a.godwit")).finished()
      expect(plan, endsWith: 0)
      let words =
        ["apply", "a.godwit", "--yes", "-o", "json", "--max-failures", "100"] + script.applyFlags
      let apply = try await place.start(words).finished()
      expect(apply, endsWith: 3)
      let totals = try apply.document().totals
      #expect(totals.changed == 0 && totals.failed > 0)
      #expect(try atlas.world.fingerprint() == before)
      #expect(try atlas.writesMade().isEmpty)
    }
  }
}

extension Finished {
  /// Checks that a plan has changes, so that what is said of applying it means something.
  func expectChanges(in file: String) throws {
    expect(self, endsWith: 0)
    try #require(try document().totals.changed > 0, "\(file) has no changes")
  }
}
