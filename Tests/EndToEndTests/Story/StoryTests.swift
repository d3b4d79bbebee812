import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Plan, apply, and plan again, as somebody does who has just cloned the repository.
@Suite struct StoryTests {
  @Test func `plan, apply, and the second plan is empty`() async throws {
    try await Workplace.with { place in
      let inputs = ["move.lua", "--simulator", "--secret", "apiKey=fake:hex32"]
      let plan = try await place.start(["plan"] + inputs + ["--detailed-exitcode"]).finished()
      expect(plan, endsWith: 2)
      #expect(plan.errors.contains("Simulator: made the world"))
      let command = try #require(plan.text.split(separator: "\n").last)
      #expect(command.hasPrefix("  godwit apply "), "the last line is what to type")
      let run = String(try #require(command.split(separator: " ").last))
      #expect(plan.text.contains("Totals: 200 selected = "))

      let apply = try await place.godwit("apply", run, "--yes")
      expect(apply, endsWith: 0)
      #expect(!apply.text.contains("  godwit resume"))
      let done = try await place.document(of: run)
      #expect(done.totals.changed > 50)
      #expect(done.totals.changed + done.totals.skipped == 200)

      let again = try await place.start(["plan"] + inputs + ["--detailed-exitcode"]).finished()
      expect(again, endsWith: 0)
      #expect(again.text.contains("Nothing to apply: no changes are pending."))
      #expect(!again.errors.contains("Simulator:"), "it says once that the world keeps keys")
    }
  }

  @Test func `apply takes a script too: plans, shows the run, applies`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      let before = try atlas.projects(inRegion: "US").count
      let apply = try await place.godwit(
        "apply",
        "move.lua",
        "--secret",
        "apiKey=env:DATADOG_KEY",
        "--yes",
        "--out",
        "a.godwit"
      )
      expect(apply, endsWith: 0)
      #expect(apply.errors.contains("Planned as a.godwit."))
      #expect(try await place.document(of: "a.godwit").totals.changed == before)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
    }
  }

  @Test func `planning sends GETs only, one for each project`() async throws {
    try await Atlas.with(projects: 30) { place, atlas in
      try await place.planMove()
      let requests = try atlas.requests()
      #expect(requests.allSatisfy { $0.method == "GET" && $0.mutation == nil })
      let ofProjects = requests.filter(\.isForProject)
      #expect(ofProjects.count == 30)
      #expect(Set(ofProjects.compactMap(\.project)).count == 30)
      #expect(requests.filter { $0.challenge != nil }.count == 1, "one challenge for all requests")
    }
  }

  @Test func `a key that may only read is enough to plan`() async throws {
    try await Atlas.with { place, atlas in
      var place = place
      place.environment.merge(atlas.readOnlyEnvironment) { $1 }
      let plan = try await place.planMove()
      #expect(plan.text.contains(" changed"))
    }
  }

  @Test func `applying with a key that may only read fails every project and makes nothing`()
    async throws
  {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let before = try atlas.world.fingerprint()
      let apply = try await place.godwit(
        "apply",
        "move.godwit",
        "--yes",
        environment: atlas.readOnlyEnvironment
      )
      expect(apply, endsWith: 3)
      let changed = try atlas.projects(inRegion: "US").count
      let run = try await place.document()
      #expect(run.totals.failed == changed)
      #expect(run.projects(in: "failed").allSatisfy { $0.reason?.contains("403") == true })
      #expect(apply.text.contains("403"))
      #expect(try atlas.writesMade().isEmpty)
      #expect(try atlas.world.fingerprint() == before)

      let retry = try await place.godwit("resume", "move.godwit", "--retry", "failed", "--yes")
      expect(retry, endsWith: 0)
      #expect(try await place.document().totals.changed == changed)
    }
  }

  @Test func `applying takes two requests for a changed project, one more with verify`()
    async throws
  {
    let bodies = [(try Scripts.move(), 3), (Scripts.withoutVerify(try Scripts.move()), 2)]
    for (script, expected) in bodies {
      try await Atlas.with(projects: 30) { place, atlas in
        try place.write(script, to: "script.lua")
        try await place.planMove(script: "script.lua")
        let changed = try atlas.projects(inRegion: "US").count
        let (apply, requests) = try await atlas.requests {
          try await place.godwit("apply", "move.godwit", "--yes")
        }
        expect(apply, endsWith: 0)
        let ofProjects = requests.filter(\.isForProject)
        #expect(ofProjects.count == changed * expected)
        #expect(ofProjects.filter { $0.mutation == "made" }.count == changed)
        #expect(requests.count - ofProjects.count <= 1, "one challenge, and nothing else")
      }
    }
  }

  @Test func `the totals balance in text and JSON, and say the same`() async throws {
    try await Atlas.with(projects: 40) { place, atlas in
      try place.write(Scripts.everyOutcome, to: "all.lua")
      let words = ["plan", "all.lua", "--project", "*", "--project", "nobody", "--out", "a.godwit"]
      let plan = try await place.start(words).finished()
      expect(plan, endsWith: 3)
      let document = try await place.document(of: "a.godwit")
      let totals = document.totals
      #expect(totals.selected == 41)
      for count in [
        totals.changed, totals.unchanged, totals.skipped, totals.held, totals.manual,
        totals.failed, totals.notFound,
      ] { #expect(count > 0, "\(totals)") }
      let equation =
        "Totals: 41 selected = \(totals.changed) changed + \(totals.unchanged) unchanged"
        + " + \(totals.skipped) skipped + \(totals.held) held + \(totals.manual) manual"
        + " + \(totals.failed) failed + \(totals.notFound) not found\n"
      #expect(plan.text.contains(equation), "\(plan.text)")
      #expect(document.projects.count == 41)
    }
  }
}
