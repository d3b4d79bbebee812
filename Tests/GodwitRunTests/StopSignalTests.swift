import GodwitCore
import Testing

@testable import GodwitRun

@Suite struct StopSignalTests {
  private struct Cut: Error {}

  /// Waits, and says whether it was cut off.
  @Sendable private static func work(_ wait: Duration) async throws(Cut) -> String {
    do { try await Task.sleep(for: wait) } catch { throw Cut() }
    return "done"
  }

  @Test func `without a stop the work is left alone`() async throws {
    let stop = StopSignal()
    let result = try await stop.cancelling { () throws(Cut) in try await Self.work(.zero) }
    #expect(result == "done")
  }

  @Test func `a stop cuts the work off`() async throws {
    let stop = StopSignal()
    stop.stop(.signal(.interrupted))
    await #expect(throws: Cut.self) {
      try await stop.cancelling { () throws(Cut) in try await Self.work(.seconds(600)) }
    }
  }

  @Test func `it gives the work its grace to end`() async throws {
    let stop = StopSignal()
    stop.stop(.signal(.interrupted))
    let result = try await stop.cancelling(after: .seconds(600)) { () throws(Cut) in
      try await Self.work(.milliseconds(300))
    }
    #expect(result == "done")
    await #expect(throws: Cut.self) {
      try await stop.cancelling(after: .milliseconds(20)) { () throws(Cut) in
        try await Self.work(.seconds(600))
      }
    }
  }

  @Test func `the first cause is kept, and the signal beside it`() {
    let stop = StopSignal()
    stop.stop(.trouble(RunError(.init("why"), status: .stoppedEarly)))
    stop.stop(.signal(.terminated))
    stop.stop(.signal(.interrupted))
    guard case .trouble? = stop.cause else {
      Issue.record("another cause")
      return
    }
    #expect(stop.signal == .terminated)
  }
}
