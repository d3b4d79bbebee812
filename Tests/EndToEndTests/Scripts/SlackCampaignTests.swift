import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Slack from legacy tokens to OAuth2, over many projects and with people in between.
@Suite struct SlackCampaignTests {
  private let script = ShippedScript(
    name: "slack-legacy-to-oauth",
    inputs: ["--param", "channel=#mongodb"]
  )

  /// Makes every project's Slack a legacy one.
  private func makeLegacy(_ atlas: Atlas) throws {
    let having = Set(try atlas.world.projectIDs(having: "SLACK"))
    for (index, project) in try atlas.world.projectIDs().enumerated() {
      if having.contains(project) { try atlas.world.remove(type: "SLACK", from: project) }
      try atlas.world.add(
        ["apiToken": .string("xoxp-\(10_000_000_000 + index)"), "channelName": "#old"],
        type: "SLACK",
        to: project
      )
    }
  }

  @Test func `300 projects, a third done by people each time, until none is left`() async throws {
    let world = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).db").path
    defer {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: world + end) }
    }
    try await Atlas.with(projects: 300, { $0.world = .file(world) }) { place, atlas in
      try place.copyScripts()
      try makeLegacy(atlas)
      var left = 300
      var round = 0
      while left > 0 {
        round += 1
        let run = "round-\(round).godwit"
        let plan = try await place.start(script.plan(to: run)).finished()
        expect(plan, endsWith: 0)
        let totals = try plan.document().totals
        #expect(totals.manual == left)
        #expect(totals.changed == (round == 1 ? 0 : 100))
        if totals.changed > 0 {
          let apply = try await place.godwit("apply", run, "--yes")
          expect(apply, endsWith: 0)
        }
        let tasks = try await place.godwit("manual", run, "-o", "csv")
        expect(tasks, endsWith: 0)
        #expect(tasks.text.split(separator: "\r\n").count == left + 1)
        try place.write(tasks.text, to: "tasks.csv")
        let person = try await place.godwit(
          "simulator",
          "person",
          "--tasks",
          "tasks.csv",
          "--world",
          world,
          "--limit",
          "100"
        )
        expect(person, endsWith: 0)
        #expect(person.text == "100 done, 0 left.\n")
        left -= 100
      }
      let last = try await place.start(script.plan(to: "last.godwit")).finished()
      #expect(try last.document().totals.changed == 100)
      expect(try await place.godwit("apply", "last.godwit", "--yes"), endsWith: 0)
      let empty = try await place.start(script.plan(to: "empty.godwit")).finished()
      let totals = try empty.document().totals
      #expect((totals.changed, totals.manual, totals.skipped) == (0, 0, 300))
      #expect(try atlas.writesMade().count == 300)
      for project in try atlas.world.projectIDs() {
        let slack = try atlas.world.integration(of: project, type: "SLACK")
        #expect(slack?["channelName"] == "#mongodb")
      }
    }
  }

  @Test func `a task that the stand-in cannot do is told and left`() async throws {
    try await Workplace.with { place in
      expect(
        try await place.godwit(
          "simulator",
          "reset",
          "--world",
          "w.db",
          "--projects",
          "5",
          "--seed",
          "1"
        ),
        endsWith: 0
      )
      try place.write("id,type,title\nabc,,\"Ask, then decide\"\n", to: "tasks.csv")
      let person = try await place.godwit(
        "simulator",
        "person",
        "--tasks",
        "tasks.csv",
        "--world",
        "w.db"
      )
      expect(person, endsWith: 3)
      #expect(person.text == "0 done, 1 left.\n")
      #expect(person.errors.contains("\"Ask, then decide\" in project abc"))
    }
  }

  @Test(arguments: [
    ("id,title\na,b\n", "w.db", "has no columns id, type and title"),
    ("id,type,title\na,SLACK,b\n", "w.db", "The world has no such project"),
    ("id,type,title\na,SLACK,b\n", "none.db", "There is no such world"),
  ])
  func `what the stand-in cannot read is refused`(
    tasks: String,
    world: String,
    words: String
  ) async throws {
    try await Workplace.with { place in
      _ = try await place.godwit("simulator", "reset", "--world", "w.db", "--projects", "2")
      try place.write(tasks, to: "tasks.csv")
      let person = try await place.godwit(
        "simulator",
        "person",
        "--tasks",
        "tasks.csv",
        "--world",
        world
      )
      expectRefusal(person, saying: [words])
      #expect(!place.exists("none.db"))
    }
  }
}
