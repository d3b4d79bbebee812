import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// The help of every command is golden: a changed flag is seen in review.
@Suite struct HelpTests {
  @Test(arguments: [
    [], ["plan"], ["show"], ["apply"], ["resume"], ["report"], ["runs"], ["runs", "list"],
    ["runs", "copy"], ["runs", "prune"], ["resolve"], ["manual"], ["run"], ["inventory"],
    ["simulator"], ["doctor"], ["trust"],
    ["simulator", "serve"],
    ["simulator", "reset"],
    ["simulator", "person"],
  ])
  func `help is as recorded`(command: [String]) async throws {
    try await Workplace.with { place in
      // What is printed is fitted to the terminal, and there is none here.
      let help = try await place.start(command + ["--help"], environment: ["COLUMNS": "80"])
        .finished()
      expect(help, endsWith: 0)
      #expect(help.errors.isEmpty)
      let name = (["godwit"] + command).joined(separator: "-")
      try Golden.expect(help.text, matches: "\(name).txt")
    }
  }

  @Test func `the version is one line`() async throws {
    try await Workplace.with { place in
      let version = try await place.godwit("--version")
      expect(version, endsWith: 0)
      #expect(version.text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }
  }

  @Test func `without a command there is help, and a wrong one is a usage error`() async throws {
    try await Workplace.with { place in
      let nothing = try await place.godwit()
      expect(nothing, endsWith: 0)
      #expect(nothing.text.contains("godwit plan scripts/datadog-region-move.lua --simulator"))
      let wrong = try await place.godwit("plna", "move.lua")
      expectRefusal(wrong, saying: ["plna"], status: 64)
    }
  }

  @Test func `no flag past a guard has an environment variable`() async throws {
    try await Atlas.with(projects: 6) { place, atlas in
      try await place.planMove()
      for flag in ["YES", "ACCEPT_EXPIRED", "APPLY"] {
        let variables = ["GODWIT_\(flag)": "1"]
        let apply = try await place.godwit("apply", "move.godwit", environment: variables)
        expectRefusal(apply, saying: ["GODWIT_\(flag)", "has no variable"])
      }
      expectRefusal(try await place.godwit("apply", "move.godwit"), saying: ["--yes"])
      #expect(try atlas.writesMade().isEmpty)
    }
  }
}
