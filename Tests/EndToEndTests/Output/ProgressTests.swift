import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// What is shown on stderr while it goes on.
@Suite struct ProgressTests {
  @Test func `on a terminal there is one line that says how far it is`() async throws {
    try await Atlas.with(projects: 60, { $0.latency = .milliseconds(60) }) { place, atlas in
      let terminal = try Terminal()
      let words = [
        Workplace.binary, "plan", "move.lua", "--secret", "apiKey=env:DATADOG_KEY", "--out",
        "move.godwit", "-j", "2",
      ]
      let plan = try await place.shell("exec \"$@\" 2>\(terminal.path)", words)
      expect(plan, endsWith: 0)
      let shown = terminal.shown()
      #expect(shown.contains("60"), "\(shown)")
      #expect(shown.contains("\r"), "the line is drawn over itself")
      #expect(shown.contains("left"), "\(shown)")
      #expect(!plan.text.contains("\u{1b}"))
    }
  }

  @Test func `elsewhere there is none`() async throws {
    try await Atlas.with(projects: 20) { place, _ in
      let plan = try await place.planMove()
      #expect(!plan.errors.contains("\r"))
    }
  }
}
