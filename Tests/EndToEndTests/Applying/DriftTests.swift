import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// What changed between plan and apply holds that project, and no other.
@Suite struct DriftTests {
  @Test func `one project that was edited is held with the field, the others are done`()
    async throws
  {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US")
      let edited = pending[1]
      try atlas.edit("DATADOG", of: edited, ["sendDatabaseMetrics": .bool(true)])
      try atlas.edit("DATADOG", of: edited, ["region": "US5"])
      let apply = try await place.godwit("apply", "move.godwit", "--yes")
      expect(apply, endsWith: 5)
      #expect(apply.text.contains("DATADOG.region"), "\(apply)")
      #expect(apply.text.contains("resume move.godwit --retry failed,held"))
      let run = try await place.document()
      let held = try #require(run.projects(in: "held").first)
      #expect(held.id == edited && run.totals.held == 1)
      #expect(held.reason?.contains("region") == true)
      #expect(run.totals.changed == pending.count - 1)
      #expect(try atlas.writesMade().count == pending.count - 1)
      #expect(try !atlas.writesMade().contains { $0.project == edited })
      #expect(try atlas.projects(inRegion: "US5").contains(edited))
    }
  }

  @Test func `resume with --retry held does it once the edit is undone`() async throws {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US")
      try atlas.edit("DATADOG", of: pending[0], ["region": "AP1"])
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 5)

      // Without the bucket it stays as it is; with it, it is checked again.
      expect(try await place.godwit("resume", "move.godwit", "--yes"), endsWith: 5)
      let still = try await place.godwit("resume", "move.godwit", "--yes", "--retry", "held")
      expect(still, endsWith: 5)

      try atlas.edit("DATADOG", of: pending[0], ["region": "US"])
      let done = try await place.godwit("resume", "move.godwit", "--yes", "--retry", "held")
      expect(done, endsWith: 0)
      let run = try await place.document()
      #expect(run.totals.changed == pending.count && run.totals.held == 0)
      let writes = try atlas.writesMade()
      #expect(writes.count == pending.count && Set(writes.map(\.project)).count == writes.count)
    }
  }

  @Test func `a secret that was exchanged, and an integration that is gone, are drift`()
    async throws
  {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US")
      try atlas.edit("DATADOG", of: pending[0], ["apiKey": "00000000000000000000000000001234"])
      try atlas.world.remove(type: "DATADOG", from: pending[1])
      let apply = try await place.godwit("apply", "move.godwit", "--yes")
      expect(apply, endsWith: 5)
      let held = try await place.document().projects(in: "held")
      #expect(Set(held.map(\.id)) == Set(pending[0...1]))
      #expect(held.first { $0.id == pending[0] }?.reason?.contains("apiKey") == true)
      #expect(held.first { $0.id == pending[1] }?.reason?.contains("DATADOG") == true)
      #expect(!apply.text.contains("00000000000000000000000000001234"))
    }
  }

  @Test func `a project that is where the plan wants it is already so, and not written`()
    async throws
  {
    try await Atlas.with { place, atlas in
      try await place.planMove()
      let pending = try atlas.projects(inRegion: "US")
      try atlas.edit(
        "DATADOG",
        of: pending[0],
        ["region": "EU", "apiKey": .string(Scripts.datadogKey)]
      )
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 0)
      let run = try await place.document()
      #expect(run.totals.changed == pending.count)
      let first = try #require(run.projects.first { $0.id == pending[0] })
      #expect(first.operations.map(\.status) == ["alreadySo"])
      #expect(try atlas.writesMade().count == pending.count - 1)
    }
  }
}
