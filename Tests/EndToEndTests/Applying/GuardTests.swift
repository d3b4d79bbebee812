import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// What stops apply before its first write, and the named way past each.
@Suite struct GuardTests {
  // MARK: - Deletes

  /// A world in which every Datadog integration has one key, so that one escrow fits all.
  private func withOneKey(
    _ body: (Workplace, Atlas, [String]) async throws -> Void
  ) async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      var place = place
      place.environment["OLD_KEY"] = "0123456789abcdef0123456789ab01d5"
      place.environment["WRONG_KEY"] = "0123456789abcdef0123456789ab0bad"
      let projects = try atlas.world.projectIDs(having: "DATADOG")
      for project in projects {
        try atlas.edit(
          "DATADOG",
          of: project,
          ["apiKey": .string(place.environment["OLD_KEY"] ?? "")]
        )
      }
      try place.write(Scripts.delete, to: "delete.lua")
      try await body(place, atlas, projects)
    }
  }

  @Test(arguments: [[], ["--escrow", "DATADOG.apiKey=env:WRONG_KEY"]])
  func `a delete that takes a key with it needs the flag`(escrow: [String]) async throws {
    try await withOneKey { place, atlas, projects in
      let flags = ["--out", "a.godwit", "--accept-silent-alerts"]
      let plan = try await place.start(["plan", "delete.lua"] + flags + escrow).finished()
      expect(plan, endsWith: 0)
      #expect(plan.text.contains("Cannot be taken back: \(projects.count) operations"))
      #expect(plan.text.hasSuffix("  godwit apply a.godwit\n"), "no way past is offered to copy")
      let before = try atlas.requests().count
      let refused = try await place.godwit("apply", "a.godwit", "--yes")
      expectRefusal(
        refused,
        saying: ["cannot be taken back", "nothing was sent", "--escrow", "--accept-irreversible"],
        status: 5
      )
      #expect(try atlas.requests().count == before)
      let apply = try await place.godwit("apply", "a.godwit", "--yes", "--accept-irreversible")
      expect(apply, endsWith: 0)
      #expect(try atlas.world.integrationCount(type: "DATADOG") == 0)
      #expect(try atlas.writesMade().count == projects.count)
    }
  }

  @Test func `a delete whose key is in escrow needs no flag`() async throws {
    try await withOneKey { place, atlas, projects in
      let plan = try await place.godwit(
        "plan",
        "delete.lua",
        "--escrow",
        "DATADOG.apiKey=env:OLD_KEY",
        "--out",
        "a.godwit",
        "--accept-silent-alerts"
      )
      expect(plan, endsWith: 0)
      #expect(plan.text.hasSuffix("  godwit apply a.godwit\n"))
      #expect(plan.text.contains("DATADOG.apiKey"))
      expect(try await place.godwit("apply", "a.godwit", "--yes"), endsWith: 0)
      #expect(try atlas.world.integrationCount(type: "DATADOG") == 0)
    }
  }

  @Test func `an automation's deletes have the same guard, and the same way past`() async throws {
    try await withOneKey { place, atlas, _ in
      let script = "for p in atlas.projects() do p.integrations:delete('DATADOG') end"
      try place.write(script, to: "sweep.lua")
      let words = ["run", "sweep.lua", "--apply", "--yes", "--accept-silent-alerts"]
      let refused = try await place.start(words).finished()
      expect(refused, endsWith: 5)
      #expect(try atlas.writesMade().isEmpty)
      let kept = ["--escrow", "DATADOG.apiKey=env:OLD_KEY", "--expires", "2d", "--out", "a.godwit"]
      expect(try await place.start(words + kept).finished(), endsWith: 0)
      #expect(try atlas.world.integrationCount(type: "DATADOG") == 0)
      #expect(try await place.godwit("show", "a.godwit").text.contains("DATADOG.apiKey = <secret>"))
    }
  }

  @Test(arguments: [
    ("DATADGO.apiKey=env:OLD_KEY", ["DATADGO", "DATADOG"]),
    ("DATADOG.apiKye=env:OLD_KEY", ["apiKye"]), ("DATADOG.region=env:OLD_KEY", ["region"]),
    ("DATADOG.apiKey=env:NOT_SET", ["DATADOG.apiKey", "NOT_SET"]),
  ])
  func `an escrow of what is no secret is refused`(escrow: String, words: [String]) async throws {
    try await withOneKey { place, _, _ in
      let plan = try await place.godwit("plan", "delete.lua", "--escrow", escrow)
      expectRefusal(plan, saying: words)
    }
  }

  // MARK: - Time and phase

  @Test func `an expired plan is refused before anything is sent, or accepted by name`()
    async throws
  {
    try await Atlas.with(projects: 8) { place, atlas in
      try await place.planMove("move.godwit", "--expires", "0s")
      let before = try atlas.requests().count
      // Ages are whole seconds; without --yes and a terminal nothing is applied meanwhile.
      var refused = try await place.godwit("apply", "move.godwit")
      while refused.status == 1 { refused = try await place.godwit("apply", "move.godwit") }
      expectRefusal(refused, saying: ["--accept-expired"], status: 5)
      refused = try await place.godwit("apply", "move.godwit", "--yes")
      expectRefusal(refused, saying: ["plan again"], status: 5)
      #expect(try atlas.requests().count == before)
      let apply = try await place.godwit("apply", "move.godwit", "--yes", "--accept-expired")
      expect(apply, endsWith: 0)
    }
  }

  @Test func `apply on a begun run names resume, on a finished one says so`() async throws {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let early = try await place.godwit("resume", "move.godwit", "--yes")
      expectRefusal(early, saying: ["not begun yet", "godwit apply move.godwit"])
      let stopped = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--max-failures",
        "1",
        "-j",
        "1",
        environment: atlas.readOnlyEnvironment
      )
      expect(stopped, endsWith: 4)
      let again = try await place.godwit("apply", "move.godwit", "--yes")
      expectRefusal(again, saying: ["begun already", "godwit resume move.godwit"])
      let rest = try await place.godwit("resume", "move.godwit", "--yes", "--retry", "failed")
      expect(rest, endsWith: 0)
      let finished = try await place.godwit("apply", "move.godwit", "--yes")
      expect(finished, endsWith: 0)
      #expect(finished.text.contains("finished already"))
      #expect(finished.text.contains("Totals: "))
    }
  }

  // MARK: - Where to

  @Test func `a run planned on the simulator goes nowhere else, and the reverse`() async throws {
    try await Atlas.with(projects: 4) { place, atlas in
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--simulator",
        "--secret",
        "apiKey=fake:hex32",
        "--out",
        "sim.godwit"
      )
      expect(plan, endsWith: 0)
      try await place.planMove()
      let before = try atlas.requests().count
      let away = try await place.godwit(
        "apply",
        "sim.godwit",
        "--yes",
        "--base-url",
        atlas.simulator.baseURL
      )
      expectRefusal(away, saying: ["simulator's world .godwit/simulator.db", "nowhere else"])
      let home = try await place.godwit("apply", "move.godwit", "--yes", "--simulator")
      expectRefusal(home, saying: [atlas.simulator.baseURL, "cannot go to a simulator"])
      let world = try await place.godwit("apply", "move.godwit", "--yes", "--world", "w.db")
      expectRefusal(world, saying: ["cannot go to a simulator"])
      let elsewhere = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--base-url",
        "http://127.0.0.1:1"
      )
      expectRefusal(elsewhere, saying: ["not http://127.0.0.1:1"])
      #expect(try atlas.requests().count == before)
      #expect(!place.exists("w.db"))
      // The same address is no disagreement, and the environment is not asked.
      let same = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--base-url",
        atlas.simulator.baseURL + "/",
        environment: ["MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:1"]
      )
      expect(same, endsWith: 0)
    }
  }

  @Test func `a world that was made anew, or is gone, is refused`() async throws {
    try await Workplace.with { place in
      let plan = try await place.godwit(
        "plan",
        "move.lua",
        "--simulator",
        "--secret",
        "apiKey=fake:hex32",
        "--out",
        "a.godwit"
      )
      expect(plan, endsWith: 0)
      let reset = try await place.godwit("simulator", "reset", "--projects", "9", "--seed", "5")
      expect(reset, endsWith: 0)
      let anew = try await place.godwit("apply", "a.godwit", "--yes")
      expectRefusal(anew, saying: [".godwit/simulator.db", "plan again"])
      try FileManager.default.removeItem(
        at: place.folder.appending(path: ".godwit/simulator.db")
      )
      let gone = try await place.godwit("apply", "a.godwit", "--yes")
      expectRefusal(gone, saying: [".godwit/simulator.db is gone"])
    }
  }

  // MARK: - Secrets

  @Test func `a secret that changed between plan and apply is named, and may be elsewhere`()
    async throws
  {
    try await Atlas.with(projects: 8) { place, atlas in
      try await place.planMove()
      let before = try atlas.requests().count
      let other = ["DATADOG_KEY": "ffffffffffffffffffffffffffffffff"]
      let changed = try await place.godwit("apply", "move.godwit", "--yes", environment: other)
      expectRefusal(changed, saying: ["secret apiKey", "env:DATADOG_KEY", "--secret apiKey="])
      #expect(!changed.errors.contains("ffffffff"))
      let gone = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        environment: ["DATADOG_KEY": ""]
      )
      expectRefusal(gone, saying: ["secret apiKey", "empty"])
      let unknown = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--secret",
        "apiKy=env:DATADOG_KEY"
      )
      expectRefusal(unknown, saying: ["apiKy", "did you mean \"apiKey\"?"])
      #expect(try atlas.requests().count == before)
      try place.write(Scripts.datadogKey, to: "key.txt")
      let moved = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        "--secret",
        "apiKey=file:key.txt",
        environment: other
      )
      expect(moved, endsWith: 0)
    }
  }

  @Test func `a plan without secrets shows what it cannot know and cannot be applied`()
    async throws
  {
    try await Atlas.with(projects: 8) { place, atlas in
      try await place.planMove(
        "move.godwit",
        "--without-secrets"
      )
      let apply = try await place.godwit("apply", "move.godwit", "--yes")
      expectRefusal(apply, saying: ["without secrets", "plan again"])
    }
  }
}
