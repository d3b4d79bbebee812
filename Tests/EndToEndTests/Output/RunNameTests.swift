import AtlasSimulator
import Foundation
import Testing

/// Naming runs that are kept, and removing them.
@Suite struct RunNameTests {
  private static let unchanged = "return { name = \"none\", migrate = function() end }"

  /// Plans into the folder of runs.
  private static func plan(_ place: Workplace, _ script: String) async throws -> String {
    let before = Set(place.filesOfRuns())
    let plan = try await place.godwit("plan", script, "--secret", "apiKey=env:DATADOG_KEY")
    expect(plan, endsWith: 0)
    let file = try #require(Set(place.filesOfRuns()).subtracting(before).first)
    return String(file.dropLast(".godwit".count))
  }

  @Test func `a run is named by latest and by a beginning that no other run has`() async throws {
    try await Atlas.with(projects: 5) { place, _ in
      let missing = try await place.godwit("show", "latest")
      expectRefusal(missing, saying: ["latest"])
      let first = try await Self.plan(place, "move.lua")
      let second = try await Self.plan(place, "move.lua")
      for name in ["latest", second, String(second.dropLast())] {
        let show = try await place.godwit("show", name)
        expect(show, endsWith: 0)
        #expect(show.text.contains("Godwit plan  "))
      }
      let shared = String(zip(first, second).prefix { $0 == $1 }.map(\.0))
      expectRefusal(
        try await place.godwit("show", shared),
        saying: ["fits 2 runs", first, second, "give more of the name"]
      )
      expectRefusal(try await place.godwit("show", "nothing-like-it"), saying: ["nothing-like-it"])
    }
  }

  @Test func `prune removes what has no open work, asks, and leaves what has`() async throws {
    try await Atlas.with(projects: 20) { place, _ in
      try place.write(Self.unchanged, to: "none.lua")
      let pending = try await Self.plan(place, "move.lua")
      let done = try await Self.plan(place, "move.lua")
      expect(try await place.godwit("apply", done, "--yes"), endsWith: 0)
      let nothing = try await place.godwit("plan", "none.lua")
      expect(nothing, endsWith: 0)

      let young = try await place.godwit("runs", "prune", "--yes")
      expect(young, endsWith: 0)
      #expect(young.text.contains("No run to remove"))
      let unasked = try await place.godwit("runs", "prune", "--older-than", "0s")
      expect(unasked, endsWith: 1)
      #expect(unasked.errors.contains("add --yes"))
      #expect(place.filesOfRuns().count == 3)
      let pruned = try await place.godwit("runs", "prune", "--older-than", "0s", "--yes")
      expect(pruned, endsWith: 0)
      #expect(pruned.text.contains("finished") && pruned.text.contains("plan without changes"))
      #expect(place.filesOfRuns() == ["\(pending).godwit"])
    }
  }
}
