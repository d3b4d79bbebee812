import AtlasSimulator
import GodwitCore
import TestSupport
import Testing

@testable import GodwitRun

/// A migration with operations of all kinds, undisturbed: what the sweeps under kills and faults
/// build on.
@Suite struct EverythingTests {
  @Test func `each kind of operation is planned and made once`() async throws {
    try await Estate.with({ $0.projects = 60 }) { estate in
      try await estate.plan(Estate.everything)
      let kinds = try estate.plannedKinds()
      #expect(Set(kinds.keys) == Set(Estate.kinds.keys))
      for (kind, least) in Estate.kinds { #expect(kinds[kind, default: 0] >= least, "\(kind)") }
      try await estate.apply(Estate.everything)
      let totals = try estate.totals()
      #expect(totals[.failed] + totals[.inDoubt] + totals[.held] + totals[.notStarted] == 0)
      #expect(estate.running.requests.madeWrites == (try estate.plannedWrites()))
      #expect(!estate.running.requests.contains { $0.storesMask })
    }
  }
}
