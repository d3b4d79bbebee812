import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Flowdock removed from many projects, some of which would be left without an alert.
@Suite struct FlowdockCampaignTests {
  private let script = ShippedScript(name: "flowdock-removal")
  private static let flowdock: JSONObject = [
    "typeName": "FLOWDOCK", "flowName": "ops", "orgName": "acme",
    "flowdockApiToken": "f10d0c4f10d0c4f10d0c4f10d0c4ffff", "delayMin": 0, "intervalMin": 5,
  ]
  private static let owners: JSONObject = [
    "typeName": "GROUP", "roles": ["GROUP_OWNER"], "emailEnabled": true, "smsEnabled": false,
    "delayMin": 0, "intervalMin": 60,
  ]

  /// Gives every project Flowdock and one alert configuration; the first ones notify nobody else.
  private func prepare(_ atlas: Atlas, silent: Int) throws -> [String] {
    let projects = try atlas.world.projectIDs()
    let having = Set(try atlas.world.projectIDs(having: "FLOWDOCK"))
    for (index, project) in projects.enumerated() {
      if !having.contains(project) {
        try atlas.world.add(
          ["apiToken": "f10d0c4f10d0c4f10d0c4f10d0c4ffff", "flowName": "ops", "orgName": "acme"],
          type: "FLOWDOCK",
          to: project
        )
      }
      for alert in try atlas.world.alertConfigurations(of: project) {
        let text = JSONValue.object(alert).encodedString()
        if text.contains("FLOWDOCK"), let id = alert["id"]?.stringValue {
          try atlas.world.removeAlertConfiguration(id, from: project)
        }
      }
      let others: [JSONValue] = index < silent ? [] : [.object(Self.owners)]
      try atlas.world.addAlertConfiguration(
        [
          "eventTypeName": "NO_PRIMARY", "enabled": true,
          "notifications": .array([.object(Self.flowdock)] + others),
        ],
        to: project
      )
    }
    return Array(projects.prefix(silent))
  }

  @Test func `those that would fall silent are held and listed, the others done`() async throws {
    let (projects, silent) =
      ProcessInfo.processInfo.environment["GODWIT_CI"] == "1" ? (500, 40) : (60, 8)
    try await script.run(projects: projects) { place, atlas in
      let held = try prepare(atlas, silent: silent)
      let plan = try await place.start(script.plan(to: "a.godwit")).finished()
      expect(plan, endsWith: 5)
      let planned = try plan.document()
      #expect(Set(planned.projects(in: "held").map(\.id)) == Set(held))
      #expect(planned.totals.changed == projects - silent)

      let apply = try await place.start([
        "apply", "a.godwit", "--yes", "--accept-irreversible", "-o", "json",
      ]).finished()
      expect(apply, endsWith: 5)
      #expect(try apply.document().totals.changed == projects - silent)
      #expect(Set(try atlas.world.projectIDs(having: "FLOWDOCK")) == Set(held))
      for project in held {
        let alerts = try atlas.world.alertConfigurations(of: project)
        #expect(alerts.contains { JSONValue.object($0).encodedString().contains("FLOWDOCK") })
      }

      let again = try await place.start(script.plan(to: "b.godwit")).finished()
      expect(again, endsWith: 5)
      let left = try again.document().totals
      #expect((left.changed, left.held, left.skipped) == (0, silent, projects - silent))

      var replaced = script
      replaced.inputs = ["--param", "replacement=owners"]
      let rest = try await place.start(replaced.plan(to: "c.godwit")).finished()
      expect(rest, endsWith: 0)
      #expect(try rest.document().totals.changed == silent)
      let last = try await place.godwit("apply", "c.godwit", "--yes", "--accept-irreversible")
      expect(last, endsWith: 0)
      #expect(try atlas.world.projectIDs(having: "FLOWDOCK").isEmpty)
      let empty = try await place.start(replaced.plan(to: "d.godwit")).finished()
      #expect(try empty.document().totals.skipped == projects)
    }
  }
}
