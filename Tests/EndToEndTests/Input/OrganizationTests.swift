import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Organizations that a plan, an inventory or an automation is narrowed to.
@Suite struct OrganizationTests {
  private func plan(
    _ place: Workplace,
    _ arguments: [String],
    input: GodwitProcess.Input = .nothing
  ) async throws -> Finished {
    try place.write(Scripts.migration("print(project.vars.team)"), to: "s.lua")
    return try await place.start(["plan", "s.lua", "-o", "json"] + arguments, input: input)
      .finished()
  }

  @Test func `an organization that the credentials cannot see is named, with those they see`()
    async throws
  {
    try await Atlas.with(projects: 1) { place, atlas in
      try place.write("for p in atlas.projects{} do print(p.name) end", to: "env.lua")
      try place.write(
        "for p in atlas.projects{ orgId = params.org } do print(p.name) end",
        to: "own.lua"
      )
      let project = try #require(try await plan(place, []).document().projects.first)
      let words = ["no organization \"nonsense\"", "visible: ", project.orgId]
      let wrong = ["MONGODB_ATLAS_ORG_ID": "nonsense"]
      expectRefusal(try await plan(place, ["--org", "nonsense"]), saying: words)
      expectRefusal(
        try await plan(place, ["--org", project.orgId, "--org", "nonsense"]),
        saying: words
      )
      for command in [["plan", "s.lua"], ["inventory"], ["run", "env.lua"]] {
        let finished = try await place.start(command, environment: wrong).finished()
        expectRefusal(finished, saying: words)
      }
      let own = try await place.godwit("run", "own.lua", "--param", "org=nonsense")
      expectRefusal(own, saying: words, status: 3)
      let seen = try await place.godwit("run", "own.lua", "--param", "org=\(project.orgId)")
      expect(seen, endsWith: 0)
      #expect(seen.text.contains(project.name))
    }
  }

  @Test
  func `an organization without projects is an error unless that is allowed, its name is no id`()
    async throws
  {
    try await Atlas.with(projects: 1) { place, atlas in
      try place.write("for o in atlas.orgs() do print(o.id, o.name) end", to: "orgs.lua")
      let orgs = try await place.godwit("run", "orgs.lua").text.split(separator: "\n")
        .map { $0.split(separator: "\t").map(String.init) }.filter { $0.count == 2 }
      let used = try #require(try await plan(place, []).document().projects.first).orgId
      let empty = try #require(orgs.first { $0[0] != used })
      expectRefusal(
        try await plan(place, ["--org", empty[0]]),
        saying: ["no project matches --org \(empty[0])", "--allow-empty"]
      )
      let none = try await plan(place, ["--org", empty[0], "--allow-empty"])
      expect(none, endsWith: 0)
      #expect(try none.document().totals.selected == 0)
      expectRefusal(
        try await plan(place, ["--org", empty[1]]),
        saying: ["no organization \"\(empty[1])\"", "give its id, \(empty[0])"]
      )
    }
  }
}
