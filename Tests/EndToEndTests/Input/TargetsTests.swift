import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// The file of `--targets`, and its columns.
@Suite struct TargetsTests {
  private func plan(
    _ place: Workplace,
    _ arguments: [String],
    input: GodwitProcess.Input = .nothing
  ) async throws -> Finished {
    try place.write(Scripts.migration("print(project.vars.team)"), to: "s.lua")
    return try await place.start(["plan", "s.lua", "-o", "json"] + arguments, input: input)
      .finished()
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
}
