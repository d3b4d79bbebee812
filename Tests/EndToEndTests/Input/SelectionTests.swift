import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Which projects a plan is for.
@Suite struct SelectionTests {
  private func plan(
    _ place: Workplace,
    _ arguments: [String],
    input: GodwitProcess.Input = .nothing
  ) async throws -> Finished {
    try place.write(Scripts.migration("print(project.vars.team)"), to: "s.lua")
    return try await place.start(["plan", "s.lua", "-o", "json"] + arguments, input: input)
      .finished()
  }

  @Test func `by id, name, pattern, organization and limit`() async throws {
    try await Atlas.with(projects: 30) { place, atlas in
      let all = try await plan(place, []).document()
      #expect(all.totals.selected == 30)
      let first = try #require(all.projects.first)
      for choice in [first.id, first.name, "\(first.name.prefix(4))*"] {
        let one = try await plan(place, ["--project", choice]).document()
        #expect(one.projects.contains { $0.id == first.id })
        #expect(one.totals.selected < 30)
      }
      let organization = try await plan(place, ["--org", first.orgId]).document()
      #expect(organization.projects.count == all.projects.filter { $0.orgId == first.orgId }.count)
      #expect(organization.target.organisations.map(\.id) == [first.orgId])
      let few = try await plan(place, ["--limit", "3"]).document()
      #expect(few.totals.selected == 3)
      let rest = try await plan(place, ["--exclude", first.name, "--exclude", "a*"]).document()
      #expect(!rest.projects.contains { $0.name == first.name || $0.name.hasPrefix("a") })
      #expect(!rest.projects.isEmpty)
    }
  }

  @Test func `by tag and by integration type`() async throws {
    try await Atlas.with(projects: 40) { place, atlas in
      let having = try await plan(place, ["--has", "DATADOG", "--has", "PAGER_DUTY"]).document()
      let expected = Set(try atlas.world.projectIDs(having: "DATADOG"))
        .intersection(try atlas.world.projectIDs(having: "PAGER_DUTY"))
      #expect(Set(having.projects.map(\.id)) == expected)

      let body = """
        for key, value in pairs(project.tags) do return skip(key .. "=" .. value) end
        """
      try place.write(Scripts.migration(body), to: "tags.lua")
      let tags = try await place.godwit("plan", "tags.lua", "-o", "json").document()
      let tag = try #require(tags.projects.compactMap(\.reason).first)
      let tagged = try await plan(place, ["--tag", tag]).document()
      #expect(tagged.totals.selected >= tags.projects.filter { $0.reason == tag }.count)
      #expect(tagged.totals.selected < 40)
    }
  }

  @Test(arguments: [1, 5, 1000])
  func `a limit counts the projects that have the type, in the order of the listing`(
    limit: Int
  ) async throws {
    try await Atlas.with(projects: 60) { place, atlas in
      let having = try await plan(place, ["--has", "DATADOG"]).document().projects.map(\.id)
      try #require(having.count > 5 && having.count < 60)
      let few = try await plan(place, ["--has", "DATADOG", "--limit", "\(limit)", "-j", "4"])
        .document()
      #expect(few.projects.map(\.id) == Array(having.prefix(limit)))
      #expect(few.totals.selected == min(limit, having.count))
    }
  }

  @Test func `what is wrong is a JSON line where log lines are`() async throws {
    try await Atlas.with(projects: 1) { place, _ in
      let finished = try await plan(place, ["--project", "nobody", "--log-format", "json"])
      expect(finished, endsWith: 1)
      let line = try #require(finished.errors.split(separator: "\n").last)
      let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
      #expect(object["level"] == "error")
      #expect(object["message"]?.contains("\"nobody\"") == true)
      #expect(object["advice"] != nil)
    }
  }

  @Test func `filters that leave none are 0 selected, and that is well`() async throws {
    try await Atlas.with(projects: 5) { place, _ in
      try place.write(Scripts.migration("return"), to: "s.lua")
      for filter in [["--tag", "no=such", "--allow-empty"], ["--exclude", "*"]] {
        let finished = try await place.start(
          ["plan", "s.lua", "--detailed-exitcode"] + filter
        ).finished()
        expect(finished, endsWith: 0)
        #expect(finished.text.contains("Totals: 0 selected = 0 changed"))
        #expect(finished.text.contains("No project is left to plan."))
        #expect(!finished.text.contains("godwit apply"))
      }
    }
  }

  @Test func `a choice by tag, organization or file that matches none is an error`() async throws {
    try await Atlas.with(projects: 5) { place, _ in
      try place.write("", to: "none.txt")
      for (choice, words) in [
        (["--tag", "env=prdo"], "no project matches --tag env=prdo"),
        (["--project", "nobody-*"], "nobody-*"),
        (["--targets", "none.txt"], "none.txt"),
      ] {
        try expectRefusal(await plan(place, choice), saying: [words])
      }
    }
  }

  @Test func `what select refuses is counted beside`() async throws {
    try await Atlas.with(projects: 5) { place, _ in
      try place.write(
        "return { name = \"n\", select = function() return false end, migrate = function() end }",
        to: "none.lua"
      )
      let finished = try await place.godwit("plan", "none.lua")
      expect(finished, endsWith: 0)
      #expect(finished.text.contains("0 selected"))
      #expect(finished.text.contains("5 refused by the script's select"))
    }
  }

  @Test func `a project that is not found is counted, and alone an error`() async throws {
    try await Atlas.with(projects: 5) { place, atlas in
      let id = try atlas.world.projectIDs()[0]
      let both = try await plan(place, ["--project", id, "--project", "nobody"])
      expect(both, endsWith: 3)
      let totals = try both.document().totals
      #expect((totals.selected, totals.notFound) == (2, 1))
      expectRefusal(try await plan(place, ["--project", "nobody"]), saying: ["\"nobody\""])
      try place.write("nobody\n", to: "t.txt")
      expectRefusal(try await plan(place, ["--targets", "t.txt"]), saying: ["\"nobody\""])
    }
  }

  @Test func `an exact name that two projects have is an error with both`() async throws {
    try await Atlas.with(projects: 200) { place, atlas in
      let all = try await plan(place, []).document()
      let names = Dictionary(grouping: all.projects, by: \.name).filter { $0.value.count > 1 }
      guard let (name, projects) = names.first else {
        Issue.record("the world has no name twice")
        return
      }
      let finished = try await plan(place, ["--project", name])
      expectRefusal(
        finished,
        saying: projects.flatMap { [$0.id, $0.orgId] } + ["give the id"]
      )
      let byID = try await plan(place, ["--project", projects[0].id]).document()
      #expect(byID.projects.map(\.id) == [projects[0].id])
    }
  }

  @Test(arguments: [
    (["--tag", "prod"], "--tag takes KEY=VALUE"),
    (["--limit", "0"], "--limit takes a number from 1 on"),
    (["--has", "DATADGO"], "did you mean \"DATADOG\"?"),
    (["-j", "0"], "--parallelism takes a number from 1 to 256"),
    (["-j", "257"], "--parallelism takes a number from 1 to 256"),
    (["--expires", "soon"], "--expires"),
    (["--param", "a=1", "--param", "a=2"], "--param gives a twice"),
    (["--secret", "k=env:A", "--secret", "k=env:B"], "--secret gives k twice"),
    (
      ["--escrow", "DATADOG.apiKey=env:A", "--escrow", "DATADOG.apiKey=env:B"],
      "--escrow gives DATADOG.apiKey twice"
    ),
    (["--escrow", "DATADOG=env:KEY"], "--escrow takes TYPE.FIELD=REF"),
    (["--simulator", "--base-url", "http://127.0.0.1:1"], "exclude each other"),
    (["--nonsense"], "--nonsense"),
  ])
  func `a flag that makes no sense is a usage error`(
    arguments: [String],
    words: String
  ) async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      expectRefusal(try await plan(place, arguments), saying: [words], status: 64)
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `MONGODB_ATLAS_PROJECT_ID narrows nothing`() async throws {
    try await Atlas.with(projects: 5) { place, atlas in
      var place = place
      place.environment["MONGODB_ATLAS_PROJECT_ID"] = try atlas.world.projectIDs()[0]
      #expect(try await plan(place, []).document().totals.selected == 5)
    }
  }
}
