import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// `godwit inventory -o csv`, and its file as the targets of a migration.
@Suite struct InventoryPipelineTests {
  @Test(arguments: ShippedScriptTests.scripts)
  func `the inventory's CSV is a targets file of every migration that ships`(
    script: ShippedScript
  ) async throws {
    try await script.run(projects: 30) { place, atlas in
      let inventory = try await place.godwit("inventory", "-o", "csv")
      expect(inventory, endsWith: 0)
      try place.write(inventory.text, to: "t.csv")
      let words = script.plan(to: "a.godwit") + ["--targets", "t.csv"]
      let plan = try await place.start(words).finished()
      expect(plan, endsWith: 0)
      let totals = try plan.document().totals
      #expect((totals.selected, totals.failed, totals.notFound) == (30, 0, 0))
      #expect(totals.changed > 0)
    }
  }

  @Test func `no column of the inventory is a parameter of a script that ships`() async throws {
    try await Atlas.with(projects: 1) { place, _ in
      let inventory = try await place.godwit("inventory", "-o", "csv")
      let head = try #require(inventory.text.split(separator: "\r\n").first)
      let columns = head.split(separator: ",").map { $0.lowercased() }
      #expect(columns.count > 8)
      var parameters: Set<String> = []
      for name in try FileManager.default.contentsOfDirectory(atPath: Workplace.scripts.path)
      where name.hasSuffix(".lua") {
        let text = try String(contentsOf: Workplace.scripts.appending(path: name), encoding: .utf8)
        for match in text.matches(of: /(\w+) = \{\s*type = "/) {
          parameters.insert(match.1.lowercased())
        }
        for match in text.matches(of: /params\.(\w+)/) { parameters.insert(match.1.lowercased()) }
      }
      #expect(parameters.isSuperset(of: ["alerts", "type", "region", "channel", "name", "apikey"]))
      // An automation has no targets file: its `name` is a pattern for projects.
      parameters.remove("name")
      #expect(parameters.isDisjoint(with: columns))
      for column in columns {
        let near = parameters.filter { Suggestion.isSlip(column, of: $0) }
        #expect(near.isEmpty, "\(column) is nearly \(near)")
      }
    }
  }
}
