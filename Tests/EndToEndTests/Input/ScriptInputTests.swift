import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// What is wrong with a script or its parameters is told with its place and the nearest valid one.
@Suite struct ScriptInputTests {
  /// A script in one line, with what is said about it.
  private static let scripts: [(source: String, words: [String])] = [
    ("return {\n  name = \"x\",\n  migrate = function( end,\n}", ["s.lua:3"]),
    ("\u{1b}Lua bytecode", ["bytecode"]),
    ("", ["s.lua"]),
    ("return 5", ["s.lua"]),
    ("return {\n name = \"x\",\n migrat = function() end }", ["s.lua", "migrat", "migrate"]),
    ("return { name = \"x\" }", ["s.lua", "migrate"]),
    ("return { name = \"x\", migrate = 5 }", ["s.lua", "migrate", "function"]),
    (
      "return { name = \"x\", params = { a = { type = \"strnig\" } }, migrate = function() end }",
      ["s.lua", "strnig", "string"]
    ),
    (
      "return { name = \"x\", may = { updaet = { \"DATADOG\" } }, migrate = function() end }",
      ["s.lua", "updaet", "update"]
    ),
    (
      "return { name = \"x\", may = { update = { \"DATADOGG\" } }, migrate = function() end }",
      ["s.lua", "DATADOGG", "DATADOG"]
    ),
    ("local x <close> = nil\nerror(\"at the top\")", ["s.lua:2", "at the top"]),
    ("while true do end", ["s.lua:1"]),
    ("local x = require \"lib.missing\"\nreturn {}", ["lib.missing"]),
  ]

  @Test(arguments: scripts)
  func `a script that is no migration is refused before any request`(
    source: String,
    words: [String]
  ) async throws {
    try await Atlas.with(projects: 1) { place, atlas in
      try place.write(source, to: "s.lua")
      expectRefusal(try await place.godwit("plan", "s.lua"), saying: ["Error: "] + words)
      #expect(try atlas.requests().isEmpty)
      #expect(place.filesOfRuns().isEmpty)
    }
  }

  @Test(arguments: [
    ("missing.lua", "there is no script missing.lua"), (".", "."), ("move", "move"),
  ])
  func `a script that is not there`(path: String, words: String) async throws {
    try await Workplace.with { place in
      expectRefusal(try await place.godwit("plan", path, "--simulator"), saying: [words])
    }
  }

  /// The body of `migrate`, with what is said of every project.
  private static let bodies: [(body: String, words: [String])] = [
    ("project.integrations:get(\"DATADGO\")", ["DATADGO", "DATADOG", "s.lua:6"]),
    ("project.integrations:set(\"DATADOG\", { regoin = \"EU\" })", ["regoin", "region"]),
    ("project.integrations:set(\"DATADOG\", { region = \"UE\" })", ["UE", "EU"]),
    ("project.integrations:set(\"DATADOG\", { region = 5 })", ["region", "s.lua:6"]),
    ("project.integrations:set(\"DATADOG\", { apiKey = \"plain\" })", ["apiKey", "s.lua:6"]),
    ("project.integrations:set(\"OPS_GENIE\", {})", ["OPS_GENIE", "may"]),
    ("return 5", ["s.lua"]),
    ("local x = nil; x.y = 1", ["s.lua:6"]),
  ]

  @Test(arguments: bodies)
  func `a migration that fails in every project ends with 1, its line and its reason`(
    body: String,
    words: [String]
  ) async throws {
    try await Workplace.with { place in
      try place.write(Scripts.migration(may: "{ update = { \"DATADOG\" } }", body), to: "s.lua")
      let words = words + ["Failed: "]
      let plan = try await place.godwit(
        "plan",
        "s.lua",
        "--simulator",
        "--has",
        "DATADOG",
        "--max-failures",
        "100%"
      )
      expect(plan, endsWith: 1)
      #expect(!plan.text.contains("plain"))
      for word in words { #expect(plan.text.contains(word), "\"\(word)\" is not in \(plan)") }
    }
  }

  private static let parameters = """
    { site = { type = "string", choices = { "US", "EU" } }, count = { type = "number", default = 1 },
      dry = { type = "boolean", default = true }, note = { type = "string", optional = true } }
    """

  @Test(arguments: [
    ([], ["missing parameter: site", "--param site=VALUE"]),
    (["--param", "site=UK"], ["site", "\"US\", \"EU\""]),
    (["--param", "site=US", "--param", "count=many"], ["count", "number"]),
    (["--param", "site=US", "--param", "dry=perhaps"], ["dry"]),
    (["--param", "sight=US"], ["--param", "sight", "site"]),
    (["--param", "site=US", "--params-file", "missing.toml"], ["no parameters file missing.toml"]),
    (["--param", "site=US", "--params-file", "broken.toml"], ["broken.toml", "line 2"]),
    (["--param", "site=US", "--params-file", "broken.json"], ["broken.json", "line 2"]),
    (["--param", "site=US", "--params-file", "unknown.toml"], ["unknown.toml", "cuont", "count"]),
    (["--param", "site=US", "--params-file", "nested.toml"], ["nested.toml", "note"]),
    (["--param", "site=US", "--params-file", "wrong.json"], ["count"]),
    (["--param", "site=US", "--params-file", "array.json"], ["array.json"]),
    (["--param", "site=US", "--params-file", "."], ["."]),
  ])
  func `a parameter that is missing, unknown or wrong is named`(
    arguments: [String],
    words: [String]
  ) async throws {
    try await Workplace.with { place in
      try place.write(Scripts.migration(params: Self.parameters, "return"), to: "s.lua")
      try place.write("count = 2\nnote = \n", to: "broken.toml")
      try place.write("{\"count\": 2,\n \"note\" 5}", to: "broken.json")
      try place.write("cuont = 2\n", to: "unknown.toml")
      try place.write("[note]\na = 1\n", to: "nested.toml")
      try place.write("{\"count\": \"many\"}", to: "wrong.json")
      try place.write("[1]", to: "array.json")
      let finished = try await place.start(["plan", "s.lua", "--simulator"] + arguments).finished()
      expectRefusal(finished, saying: words)
    }
  }

  @Test(arguments: ["values.toml", "values.json"])
  func `what is typed is stronger than a column, and that than the file`(
    file: String
  ) async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let body = "print(params.site, params.count, tostring(params.dry), tostring(params.note))"
      try place.write(Scripts.migration(params: Self.parameters, body), to: "s.lua")
      try place.write("site = \"EU\"\ncount = 7\ndry = false\nnote = \"file\"\n", to: "values.toml")
      try place.write(
        "{\"site\": \"EU\", \"count\": 7, \"dry\": false, \"note\": \"file\"}",
        to: "values.json"
      )
      let ids = try atlas.world.projectIDs()
      try place.write("id,site,note\n\(ids[0]),US,row\n\(ids[1]),EU,\n", to: "targets.csv")
      let plan = try await place.godwit(
        "plan",
        "s.lua",
        "--params-file",
        file,
        "--targets",
        "targets.csv",
        "--param",
        "count=3",
        "--out",
        "a.godwit"
      )
      expect(plan, endsWith: 0)
      let first = try await place.godwit("show", "a.godwit", "--project", ids[0])
      #expect(first.text.contains("US 3 false row") || first.text.contains("US\\t3\\tfalse\\trow"))
      let second = try await place.godwit("show", "a.godwit", "--project", ids[1])
      #expect(second.text.contains("EU"))
    }
  }
}
