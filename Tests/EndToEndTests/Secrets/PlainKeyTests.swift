import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// API v1.0 may show keys in clear, and the answer to a write shows all integrations of a project:
/// none of that is left or printed by any command.
@Suite struct PlainKeyTests {
  /// The secrets of the copies in alert configurations.
  private func addAlerts(_ atlas: Atlas, to search: inout SecretSearch) throws {
    for project in try atlas.world.projectIDs() {
      for alert in try atlas.world.alertConfigurations(of: project) {
        for notification in alert["notifications"]?.arrayValue ?? [] {
          for (name, value) in notification.objectValue ?? [:] {
            let isSecret = name.hasSuffix("ey") || name.hasSuffix("oken") || name.hasSuffix("Url")
            if isSecret, let text = value.stringValue, text.utf8.count >= 12 {
              search.add("\(name) of an alert of \(project)", text)
            }
          }
        }
      }
    }
  }

  @Test func `nothing of migrations, lists and automations holds a key`() async throws {
    try await Atlas.with(projects: 60, { $0.v1Masking = .clear }) { place, atlas in
      var place = place
      try place.copyScripts()
      let key = "99887766554433221100ffeeddccbbaa"
      place.environment["NEW_KEY"] = key
      for project in try atlas.world.projectIDs().prefix(6)
      where try atlas.world.integration(of: project, type: "FLOWDOCK") == nil {
        try atlas.world.add(
          ["apiToken": "f10d0c4f10d0c4f10d0c4f10d0c4abcd", "flowName": "f", "orgName": "o"],
          type: "FLOWDOCK",
          to: project
        )
      }
      var search = SecretSearch()
      search.add("the new key", key)
      try search.add(atlas)
      try addAlerts(atlas, to: &search)
      #expect(search.count > 150)

      let plans: [[String]] = [
        ["scripts/flowdock-removal.lua", "--param", "replacement=owners"],
        ["scripts/opsgenie-to-pagerduty.lua", "--secret", "serviceKey=env:NEW_KEY"],
        [
          "scripts/rotate-key.lua", "--param", "type=DATADOG", "--param", "alerts=move", "--secret",
          "key=env:NEW_KEY",
        ],
      ]
      for (index, words) in plans.enumerated() {
        let file = "\(index).godwit"
        let plan = try await place.start(["plan"] + words + ["--out", file]).finished()
        #expect([0, 3, 5].contains(plan.status), "\(plan)")
        try await place.printEverything(of: file)
        let apply = try await place.start([
          "apply", file, "--yes", "--accept-irreversible", "--log-format", "json",
        ]).finished()
        #expect([0, 3, 5].contains(apply.status), "\(apply)")
        try await place.printEverything(of: file)
        _ = try await place.godwit("manual", file)
      }
      #expect(try atlas.writesMade().count > 30)
      for words in [
        ["inventory", "--has", "FLOWDOCK", "-o", "json"], ["inventory", "-o", "csv"],
        ["run", "scripts/inventory.lua"], ["run", "scripts/audit.lua"], ["doctor"],
      ] {
        let finished = try await place.start(words).finished()
        #expect([0, 3].contains(finished.status), "\(words) \(finished)")
      }
      try search.expectNothing(leftIn: place)
    }
  }
}
