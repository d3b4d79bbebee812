import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// `godwit run`, from a script to Atlas.
@Suite struct AutomationStoryTests {
  private static let script = """
    print("project,region")
    local results = atlas.each(atlas.projects(), function(project)
      local datadog = project.integrations:get("DATADOG")
      if not datadog then return end
      print(project.name .. "," .. datadog.region)
      if datadog.region == params.from then
        project.integrations:update("DATADOG", { region = params.to, apiKey = params.apiKey })
      end
    end, { parallel = 8 })
    log.info("%d projects", #results)
    """
  private static let words = [
    "run", "move-all.lua", "--param", "from=US", "--param", "to=EU", "--secret",
    "apiKey=env:DATADOG_KEY",
  ]

  @Test func `it is dry until it is applied, and prints to stdout`() async throws {
    try await Atlas.with(projects: 40) { place, atlas in
      try place.write(Self.script, to: "move-all.lua")
      let us = try atlas.projects(inRegion: "US")
      #expect(!us.isEmpty)
      let dry = try await place.start(Self.words + ["--out", "a.godwit"]).finished()
      expect(dry, endsWith: 0)
      #expect(dry.text.hasPrefix("project,region\n"))
      let count = try atlas.world.integrationCount(type: "DATADOG")
      #expect(dry.text.split(separator: "\n").count == count + 1)
      #expect(dry.errors.contains("godwit apply a.godwit"), "\(dry)")
      #expect(try atlas.writesMade().isEmpty)
      let document = try await place.document(of: "a.godwit")
      #expect(document.totals.changed == us.count)
      expect(try await place.godwit("apply", "a.godwit", "--yes"), endsWith: 0)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
      #expect(try atlas.writesMade().count == us.count)
      let again = try await place.start(Self.words + ["--apply", "--yes"]).finished()
      expect(again, endsWith: 0)
      #expect(try atlas.writesMade().count == us.count)
    }
  }

  @Test func `with --apply it asks, and applies with every guard`() async throws {
    try await Atlas.with(projects: 16) { place, atlas in
      try place.write(Self.script, to: "move-all.lua")
      let refused = try await place.start(Self.words + ["--apply"]).finished()
      expect(refused, endsWith: 1)
      #expect(refused.errors.contains("--yes"))
      #expect(try atlas.writesMade().isEmpty)
      let applied = try await place.start(Self.words + ["--apply", "--yes"]).finished()
      expect(applied, endsWith: 0)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
    }
  }

  @Test func `a script that fails leaves nothing, and a project that fails is told`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      try place.write(
        "for p in atlas.projects() do p.integrations:delete('DATADOG') end error('no')",
        to: "bad.lua"
      )
      let bad = try await place.godwit("run", "bad.lua", "--out", "bad.godwit")
      expect(bad, endsWith: 3)
      #expect(bad.errors.contains("no"))
      #expect(!place.exists("bad.godwit"))
      try place.write(
        """
        local first = true
        atlas.each(atlas.projects(), function(project)
          project.integrations:list()
          if first then first = false error("not this one") end
        end, { parallel = 1 })
        """,
        to: "one.lua"
      )
      let one = try await place.godwit("run", "one.lua", "--out", "one.godwit")
      expect(one, endsWith: 3)
      #expect(one.errors.contains("not this one"), "\(one)")
      #expect(try await place.document(of: "one.godwit").totals.failed == 1)
    }
  }
}
