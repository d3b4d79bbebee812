import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// The question before the first write.
@Suite struct QuestionTests {
  @Test func `without a terminal and without --yes nothing is sent`() async throws {
    try await Atlas.with(projects: 6) { place, atlas in
      try await place.planMove()
      let before = try atlas.requests().count
      for input in [GodwitProcess.Input.nothing, .text("5\n")] {
        let apply = try await place.godwit("apply", "move.godwit", input: input)
        expectRefusal(apply, saying: ["not a terminal", "nothing was sent", "--yes"])
      }
      #expect(try atlas.requests().count == before)
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 0)
    }
  }

  @Test(arguments: ["y", "yes", "", "0", "7 ", "17"])
  func `another answer than the number declines`(answer: String) async throws {
    try await Atlas.with(projects: 6) { place, atlas in
      try await place.planMove()
      let before = try atlas.requests().count
      let pending = try atlas.projects(inRegion: "US").count
      try #require(pending != 7 && pending != 17)
      let terminal = try Terminal()
      let apply = try place.start(["apply", "move.godwit"], input: .terminal(terminal))
      #expect(try await eventually { apply.errorsSoFar.contains("Type \(pending) to go on: ") })
      terminal.type(answer + "\n")
      let finished = try await apply.finished()
      expect(finished, endsWith: 1)
      #expect(finished.errors.contains("not applied"))
      #expect(finished.errors.contains(atlas.simulator.baseURL))
      #expect(finished.errors.contains(String(atlas.simulator.credentials.publicKey.suffix(4))))
      #expect(finished.text.contains("Godwit plan"), "it shows the plan before it asks")
      #expect(try atlas.requests().count == before)
      #expect(try await place.document().totals.changed == pending)
    }
  }

  @Test func `the number applies, as in resume`() async throws {
    try await Atlas.with(projects: 8) { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US")
      try atlas.edit("DATADOG", of: pending[0], ["region": "AP1"])
      let terminal = try Terminal()
      let apply = try place.start(["apply", "move.godwit"], input: .terminal(terminal))
      #expect(try await eventually { apply.errorsSoFar.contains("to go on: ") })
      terminal.type("\(pending.count)\n")
      expect(try await apply.finished(), endsWith: 5)

      try atlas.edit("DATADOG", of: pending[0], ["region": "US"])
      let resume = try place.start(
        ["resume", "move.godwit", "--retry", "held"],
        input: .terminal(terminal)
      )
      #expect(try await eventually { resume.errorsSoFar.contains("Type 1 to go on: ") })
      terminal.type("1\n")
      expect(try await resume.finished(), endsWith: 0)
      #expect(try atlas.projects(inRegion: "US").isEmpty)
    }
  }

  private static let moveScript = [
    "apply", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out", "b.godwit",
  ]
  private static let stops: [(arguments: [String], signal: Int32, status: Int32)] = [
    (["apply", "move.godwit"], SIGINT, 130), (["apply", "move.godwit"], SIGTERM, 143),
    (moveScript, SIGINT, 130), (moveScript, SIGHUP, 129),
  ]

  @Test(arguments: stops)
  func `Ctrl-C at the question sends nothing and leaves the plan as it was`(
    arguments: [String],
    signal: Int32,
    status: Int32
  ) async throws {
    try await Atlas.with(projects: 6) { place, atlas in
      try await place.planMove()
      let terminal = try Terminal()
      let apply = try place.start(arguments, input: .terminal(terminal))
      #expect(try await eventually { apply.errorsSoFar.contains("to go on: ") })
      apply.send(signal)
      let finished = try await apply.finished()
      expect(finished, endsWith: status)
      #expect(finished.errors.contains("nothing was sent"))
      #expect(try atlas.writesMade().isEmpty)
      let run = try #require(arguments.last)
      #expect(!place.exists(run + "-wal") && !place.exists(run + "-shm"))
      expect(try await place.godwit("apply", run, "--yes"), endsWith: 0)
    }
  }

  @Test func `the end of input at the question declines`() async throws {
    try await Atlas.with(projects: 6) { place, atlas in
      try await place.planMove()
      let terminal = try Terminal()
      let apply = try place.start(["apply", "move.godwit"], input: .terminal(terminal))
      #expect(try await eventually { apply.errorsSoFar.contains("to go on: ") })
      terminal.type("\u{4}")
      let finished = try await apply.finished()
      expect(finished, endsWith: 1)
      #expect(try atlas.writesMade().isEmpty)
    }
  }
}
