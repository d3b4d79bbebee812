import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// `--accept-drift`: what was held for drift is planned again, shown, asked about and applied.
@Suite struct AcceptDriftTests {
  /// Plans the move and edits two of its projects: one that the script still moves, one that it skips.
  private static func drifted(
    _ body: (Workplace, Atlas, _ pending: [String]) async throws -> Void
  ) async throws {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US")
      try #require(pending.count > 3)
      let sends = try Self.sendsMetrics(atlas, pending[0])
      try atlas.edit("DATADOG", of: pending[0], ["sendDatabaseMetrics": .bool(!sends)])
      try atlas.edit("DATADOG", of: pending[1], ["region": "AP1"])
      try await body(place, atlas, pending)
    }
  }

  private static func sendsMetrics(_ atlas: Atlas, _ project: String) throws -> Bool {
    try atlas.world.integration(of: project, type: "DATADOG")?["sendDatabaseMetrics"] == true
  }

  @Test(arguments: ["apply", "resume"])
  func `drifted projects are planned again into a run of their own, and applied`(
    verb: String
  ) async throws {
    try await Self.drifted { place, atlas, pending in
      let edit = try Self.sendsMetrics(atlas, pending[0])
      if verb == "resume" {
        let held = try await place.godwit("apply", "move.godwit", "--yes")
        expect(held, endsWith: 5)
        #expect(held.text.contains("godwit resume move.godwit --accept-drift"))
      }
      let ended = try await place.godwit(verb, "move.godwit", "--yes", "--accept-drift")
      expect(ended, endsWith: 0)
      #expect(ended.text.contains("what drifted in "))

      let first = try await place.document()
      #expect(first.totals.held == 2 && first.totals.changed == pending.count - 2)
      let again = try await place.document(of: "move-drift-1.godwit")
      #expect(again.totals.changed == 1 && again.totals.skipped == 1)
      #expect(again.projects(in: "changed").map(\.id) == [pending[0]])
      #expect(try atlas.projects(inRegion: "AP1").contains(pending[1]), "left as it was edited")
      let writes = try atlas.writesMade()
      #expect(writes.count == pending.count - 1)
      #expect(Set(writes.map(\.project)).count == writes.count, "each write once")
      #expect(try Self.sendsMetrics(atlas, pending[0]) == edit, "what was edited is kept")
    }
  }

  @Test func `a stop while the report is printed ends it before anything is planned again`()
    async throws
  {
    try await Self.drifted { place, atlas, pending in
      let pipe = try FullPipe(at: place.captures.appending(path: "stdout").path)
      let apply = try place.start(
        ["apply", "move.godwit", "--yes", "--accept-drift"],
        output: .file(pipe.path)
      )
      #expect(try await eventually { try atlas.writesMade().count == pending.count - 2 })
      // It has come to the report.
      #expect(try await eventually { apply.isBlockedByPipe })
      apply.send(SIGINT)
      #expect(try await eventually { apply.errorsSoFar.contains("Stopping") })
      pipe.drain()
      expect(try await apply.finished(), endsWith: 130)
      #expect(try atlas.writesMade().count == pending.count - 2)
      #expect(!place.exists("move-drift-1.godwit"))
    }
  }

  @Test func `the new plan is shown and asked about by its own number`() async throws {
    try await Self.drifted { place, atlas, pending in
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 5)
      let terminal = try Terminal()
      let resume = try place.start(
        ["resume", "move.godwit", "--accept-drift"],
        input: .terminal(terminal)
      )
      #expect(try await eventually { resume.errorsSoFar.contains("Type 1 to go on: ") })
      terminal.type("2\n")
      let declined = try await resume.finished()
      expect(declined, endsWith: 5)
      #expect(declined.errors.contains("nothing was sent"))
      #expect(try atlas.writesMade().count == pending.count - 2)
    }
  }

  @Test func `what cannot be planned again stays held, and is told`() async throws {
    try await Self.drifted { place, atlas, pending in
      var place = place
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 5)
      place.environment["DATADOG_KEY"] = nil
      let resume = try await place.godwit("resume", "move.godwit", "--yes", "--accept-drift")
      expect(resume, endsWith: 5)
      #expect(resume.errors.contains("DATADOG_KEY"))
      #expect(!place.exists("move-drift-1.godwit"))
      #expect(try atlas.writesMade().count == pending.count - 2)
    }
  }
}
