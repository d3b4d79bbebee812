import AtlasSimulator
import Foundation
import GodwitAtlas
import GodwitCore
import TestSupport
import Testing

@testable import GodwitRun

/// Projects that wait for Atlas, or for what became of a write.
@Suite struct WaitingTests {
  /// Plans over a server without faults, and lends one with faults and the same world.
  private static func with(
    _ faults: [String],
    planning script: String = Estate.move,
    _ body: (Estate) async throws -> Void
  ) async throws {
    try await with({ _ in faults }, planning: script, body)
  }

  /// The same with faults that depend on which projects are changed.
  private static func with(
    _ faults: ([ProjectID]) -> [String],
    planning script: String,
    _ body: (Estate) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      let world: (inout SimulatorConfiguration) -> Void = {
        $0.projects = 60
        $0.world = .file(folder.file("world.db"))
      }
      var changed: [ProjectID] = []
      try await RunningSimulator.with(folder, world) {
        let estate = Estate(folder: folder, running: $0)
        try await estate.plan(script)
        changed = try estate.records().filter { $0.outcome == .changed }.map(\.project.id)
      }
      let rules = try faults(changed).map { try FaultRule(parsing: $0) }
      try await RunningSimulator.with(
        folder,
        {
          world(&$0)
          $0.faults = rules
        },
        client: { $0.retry.retryAfterCap = RetryPolicy().retryAfterCap }
      ) {
        try await body(Estate(folder: folder, running: $0))
      }
    }
  }

  @Test(arguments: [1, 4])
  func `works on as many projects at once as it may`(parallelism: Int) async throws {
    let fault = "late-before,on=reads,times=\(2 * parallelism),delay=6s"
    try await Self.with([fault]) { estate in
      try await estate.apply(parallelism: parallelism)
      let late = estate.running.requests.filter { $0.fault != nil }
      #expect(late.count == 2 * parallelism)
      #expect(late.mostAtOnce == parallelism)
    }
  }

  @Test func `a project whose read has to wait keeps no place from others, nor from a stop`()
    async throws
  {
    try await Self.with(["503-before,on=reads,times=5,retry-after=120"]) { estate in
      let changes = try estate.totals()[.changed]
      let stop = StopSignal()
      let witness = Witness()
      try await estate.apply(stop: stop, parallelism: 4) { event in
        witness.observe(event)
        if witness.ended == changes - 5 { stop.stop(.signal(.interrupted)) }
      }
      let requests = estate.running.requests
      let waited = Set(requests.filter { $0.status == 503 }.map(\.project))
      let written = Set(requests.writes.map(\.project))
      #expect(waited.count == 5 && written.count == changes - 5 && changes > 20)
      #expect(waited.isDisjoint(with: written), "with four places kept, theirs would come first")
      #expect(try estate.totals()[.notStarted] == 5)
      try await estate.apply()
      #expect(try estate.info().phase == .finished)
    }
  }

  @Test func `a project whose verify has to wait keeps no place either, nor from a stop`()
    async throws
  {
    // The second read of an apply is the one of verify.
    let faults: ([ProjectID]) -> [String] = { projects in
      projects.prefix(5).map { "503-before,on=reads,project=\($0),nth=2,retry-after=120" }
    }
    try await Self.with(faults, planning: Estate.verified) { estate in
      let changes = try estate.totals()[.changed]
      let stop = StopSignal()
      let witness = Witness()
      try await estate.apply(Estate.verified, stop: stop, parallelism: 4) { event in
        witness.observe(event)
        if witness.ended == changes - 5 { stop.stop(.signal(.interrupted)) }
      }
      let requests = estate.running.requests
      #expect(requests.count { $0.status == 503 } == 5 && changes > 20)
      #expect(requests.writes.count == changes)
      #expect(try estate.totals()[.changed] == changes - 5)
      try await estate.apply(Estate.verified)
      #expect(try estate.totals()[.changed] == changes)
      #expect(estate.running.requests.writes.count == changes, "verify alone was left")
      #expect(try estate.info().phase == .finished)
    }
  }

  @Test func `a verify of many reads gets through faults that pass soon`() async throws {
    let script = Estate.verified.replacing(
      "assert(datadog.region",
      with: "for _ = 1, 12 do project.integrations:list() end\n    assert(datadog.region"
    )
    try await Self.with(["500-before,rate=0.1,on=reads"], planning: script) { estate in
      let changes = try estate.totals()[.changed]
      try await estate.apply(script, failureLimit: 1)
      #expect(try estate.totals()[.changed] == changes)
      #expect(estate.running.requests.count { $0.status == 500 } > changes)
    }
  }

  @Test func `a stop ends a verify that takes long, and leaves it to be run again`() async throws {
    let script = Estate.verified.replacing(
      "assert(datadog.region",
      with: "sleep(600)\n    assert(datadog.region"
    )
    try await Self.with([], planning: script) { estate in
      let stop = StopSignal()
      async let cause = estate.apply(script, stop: stop, parallelism: 4)
      #expect(try await eventually { estate.running.requests.writes.count >= 4 })
      stop.stop(.signal(.interrupted))
      let start = ContinuousClock.now
      #expect(try await cause == .signal(.interrupted))
      #expect(.now - start < .seconds(60))
      #expect(try estate.totals()[.changed] == 0)
      let written = try estate.records().filter { $0.reason?.hasPrefix("all operations") == true }
      #expect(written.count == 4 && written.allSatisfy { $0.outcome == .notStarted })
    }
  }

  @Test func `a stop ends planning at once, though a read would wait for minutes`() async throws {
    try await Self.with(["503-before,on=reads,retry-after=120"]) { estate in
      let id = try #require(try estate.records().first?.project.id.text)
      let stop = StopSignal()
      let start = ContinuousClock.now
      let watch = Task {
        try await eventually { estate.running.requests.contains { $0.status == 503 } }
        stop.stop(.signal(.interrupted))
      }
      let error = await #expect(throws: RunError.self) {
        try await estate.plan(to: "b.godwit", stop: stop) { $0.projects = [id] }
      }
      try await watch.value
      #expect(error?.status == .interrupted)
      #expect(.now - start < .seconds(60))
    }
  }

  @Test func `where many have to wait no more are begun`() async throws {
    try await Self.with(["503-before,on=reads,retry-after=120"]) { estate in
      let stop = StopSignal()
      async let cause = estate.apply(stop: stop, parallelism: 2)
      let refusals = { estate.running.requests.count { $0.status == 503 } }
      #expect(try await eventually { refusals() >= 8 })
      // Were there no limit, others would be begun about now.
      try await eventually(within: .milliseconds(300)) { refusals() > 8 + 2 }
      let start = ContinuousClock.now
      stop.stop(.signal(.interrupted))
      #expect(try await cause == .signal(.interrupted))
      #expect(.now - start < .seconds(60), "a stop ends the wait")
      #expect(estate.running.requests.count { $0.status == 503 } <= 8 + 2)
      #expect(try estate.info().phase == .planned, "nothing was begun")
    }
  }

  @Test func `an outage of writes stops the run at the limit, though all are in doubt first`()
    async throws
  {
    try await Self.with(["500-before,on=writes"]) { estate in
      let cause = try await estate.apply(
        parallelism: 2,
        settle: .milliseconds(300),
        failureLimit: 3
      )
      guard case .trouble? = cause else {
        Issue.record("it did not stop")
        return
      }
      #expect(Set(estate.running.requests.writes.map(\.project)).count <= 3)
      #expect(try estate.totals().isBalanced)
    }
  }
}
