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

  @Test func `a column that differs from its parameter by case only is refused`() async throws {
    try await Atlas.with(projects: 2) { place, atlas in
      let id = try atlas.world.projectIDs()[0]
      try place.write("id,Region\n\(id),EU\n", to: "t.csv")
      let params = "params = { region = { type = \"string\", default = \"US\" } }"
      try place.write(
        "return { name = \"n\", \(params), migrate = function() end }",
        to: "region.lua"
      )
      expectRefusal(
        try await place.godwit("plan", "region.lua", "--targets", "t.csv"),
        saying: ["a column \"Region\"", "called region"]
      )
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `a column one letter off a parameter is refused, any other is a variable`()
    async throws
  {
    try await Atlas.with(projects: 2) { place, atlas in
      let id = try atlas.world.projectIDs()[0]
      try place.write(
        Scripts.migration(
          params: "{ channel = { type = \"string\", optional = true } }",
          "print(project.vars.chanel, project.vars.team)"
        ),
        to: "channel.lua"
      )
      try place.write("id,chanel,team\n\(id),#a,blue\n", to: "t.csv")
      expectRefusal(
        try await place.godwit("plan", "channel.lua", "--targets", "t.csv"),
        saying: ["a column \"chanel\"", "called channel"]
      )
      #expect(try atlas.requests().isEmpty)
      let typed = ["plan", "channel.lua", "--targets", "t.csv", "--param", "channel=#b"]
      expect(try await place.start(typed).finished(), endsWith: 0)
      try place.write("id,channel,team\n\(id),#a,blue\n", to: "t.csv")
      expect(try await place.godwit("plan", "channel.lua", "--targets", "t.csv"), endsWith: 0)
    }
  }

  @Test(arguments: [
    "id", "name", "project", "projectId", "Project ID", "PROJECT_NAME", "\"group-id\"",
    "# ours\n\nname",
  ])
  func `a column of projects may have a header`(header: String) async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let ids = try atlas.world.projectIDs()
      try place.write("\(header)\n\(ids[0])\n \"\(ids[1])\" \r\n", to: "t.txt")
      let chosen = try await plan(place, ["--targets", "t.txt"]).document()
      #expect(chosen.projects.map(\.id).sorted() == ids[0...1].sorted())
      #expect(chosen.totals.notFound == 0)
    }
  }

  @Test func `a project whose name only begins as a header does is a project`() async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let id = try atlas.world.projectIDs()[0]
      try place.write("project-1\n\(id)\nname\n", to: "t.txt")
      let chosen = try await plan(place, ["--targets", "t.txt"])
      expect(chosen, endsWith: 3)
      let missing = try chosen.document().projects(in: "notFound").map(\.name)
      #expect(missing.sorted() == ["name", "project-1"])
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
      for filter in [["--tag", "no=such"], ["--exclude", "*"]] {
        let finished = try await place.start(
          ["plan", "s.lua", "--detailed-exitcode"] + filter
        ).finished()
        expect(finished, endsWith: 0)
        #expect(finished.text.contains("Totals: 0 selected = 0 changed"))
        #expect(finished.text.contains("No project was selected."))
        #expect(!finished.text.contains("godwit apply"))
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

  @Test func `targets are lines or CSV, from a file or stdin`() async throws {
    try await Atlas.with(projects: 6) { place, atlas in
      let ids = try atlas.world.projectIDs()
      let lines = "# chosen, by hand\n\(ids[0])\r\n\n  \(ids[1])  \n"
      try place.write(lines, to: "t.txt")
      let rows = "\u{FEFF}# from the wiki\n\nproject,team\n\(ids[2]),\"a, b\"\n\(ids[3]),\n"
      try place.write(rows, to: "t.csv")
      let fromLines = try await plan(place, ["--targets", "t.txt"]).document()
      #expect(fromLines.projects.map(\.id).sorted() == ids[0...1].sorted())
      let fromRows = try await plan(place, ["--targets", "t.csv", "--out", "a.godwit"]).document()
      #expect(fromRows.projects.map(\.id).sorted() == ids[2...3].sorted())
      let shown = try await place.godwit("show", "a.godwit", "--project", ids[2])
      #expect(shown.text.contains("team=a, b"))
      let fromInput = try await plan(place, ["--targets", "-"], input: .text(rows)).document()
      #expect(fromInput.totals.selected == 2)
    }
  }

  @Test(arguments: [
    ("--targets", "missing.csv", "no targets file missing.csv"),
    ("--targets", "twice.txt", "twice"),
    ("--targets", "empty.txt", "names no projects"),
    ("--targets", "comments.txt", "names no projects"),
    ("--targets", "header.csv", "names no projects"),
    ("--targets", "hole.csv", "row 3: the first column is empty"),
    ("--targets", "latin.txt", "not UTF-8"), ("--targets", ".", "."),
    ("--targets", "wide.csv", "row 3: 3 cells under 2 columns"),
    ("--targets", "narrow.csv", "row 2: 1 cells under 2 columns"),
    ("--targets", "twice.csv", "two columns named \"team\""),
    ("--targets", "nameless.csv", "column 2 has no name"),
  ])
  func `a targets file that cannot be used is refused`(
    flag: String,
    file: String,
    words: String
  ) async throws {
    try await Atlas.with(projects: 2) { place, atlas in
      try place.write("a\nb\na\n", to: "twice.txt")
      try place.write("", to: "empty.txt")
      try place.write("# nothing\n", to: "comments.txt")
      try place.write("id,team\n", to: "header.csv")
      try place.write("id,team\na,x\n,y\n", to: "hole.csv")
      try place.write("id,team\na,x\nb,y,z\n", to: "wide.csv")
      try place.write("id,team\na\n", to: "narrow.csv")
      try place.write("id,team, team\na,x,y\n", to: "twice.csv")
      try place.write("id,,team\na,x,y\n", to: "nameless.csv")
      try Data([0xE4, 0xF6, 0x0A]).write(to: place.folder.appending(path: "latin.txt"))
      expectRefusal(try await plan(place, [flag, file]), saying: [words])
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test(arguments: [
    (["--tag", "prod"], "--tag takes KEY=VALUE"),
    (["--limit", "0"], "--limit takes a number from 1 on"),
    (["--has", "DATADGO"], "did you mean \"DATADOG\"?"),
    (["-j", "0"], "--parallelism takes a number from 1 to 256"),
    (["-j", "257"], "--parallelism takes a number from 1 to 256"),
    (["--expires", "soon"], "--expires"),
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
