import AtlasSimulator
import GodwitAtlas
import GodwitCore
import GodwitJournal
import Synchronization
import TestSupport
import Testing

@testable import GodwitRun

/// Counts how often a clock is looked at.
private final class Looks: Sendable {
  private let count = Mutex<Int64>(0)

  func next() -> Int64 {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

/// Runs over a server that fails, and runs that are stopped.
@Suite struct FaultsTests {
  /// The world after an undisturbed run over 80 projects.
  private static func undisturbed(_ script: String) async throws -> String {
    var world = ""
    try await Estate.with({ $0.projects = 80 }) { estate in
      try await estate.plan(script)
      try await estate.apply(script)
      world = try estate.running.world.fingerprint()
    }
    return world
  }

  @Test(arguments: [0.05, 0.3], [Estate.move, Estate.everything])
  func `ends in the undisturbed world with every write made once`(
    rate: Double,
    script: String
  ) async throws {
    let world = try await Self.undisturbed(script)
    try await TemporaryFolder.with { folder in
      let file = folder.file("world.db")
      // Planned without faults, applied over a server that has them.
      _ = try await RunningSimulator.with(
        folder,
        {
          $0.projects = 80
          $0.world = .file(file)
        }
      ) {
        try await Estate(folder: folder, running: $0).plan(script)
      }
      let adjust: (inout SimulatorConfiguration) -> Void = {
        $0.world = .file(file)
        $0.failRate = rate
        $0.seed = 3
      }
      try await RunningSimulator.with(folder, adjust, client: { $0.retry.attempts = 3 }) {
        running in
        let estate = Estate(folder: folder, running: running)
        var rounds = 0
        while try estate.info().phase != .finished || estate.totals()[.failed] > 0 {
          rounds += 1
          try #require(rounds < 40)
          try await estate.apply(script, retrying: [.failed])
          _ = try await Onlooker.settleDoubt(in: folder, isOnTheWay: true)
          #expect(try estate.totals().isBalanced)
          #expect(try estate.totals()[.held] == 0)
        }
        #expect(try running.world.fingerprint() == world)
        try Self.expectOnce(estate)
      }
    }
  }

  /// Each write was made once; if twice, it is recorded as repeated.
  private static func expectOnce(_ estate: Estate) throws {
    let planned = try estate.plannedWrites()
    let made = estate.running.requests.madeWrites
    #expect(Set(made.keys) == Set(planned.keys))
    var repeated: Set<String> = []
    for record in try estate.records() where record.operations.contains(where: \.wasRepeated) {
      repeated.insert(record.project.id.text)
    }
    for (write, count) in made where count != planned[write] {
      #expect(repeated.contains { write.contains($0) }, "\(write) was made \(count) times")
    }
    #expect(!estate.running.requests.contains { $0.storesMask })
  }

  @Test func `too many failures stop it early`() async throws {
    try await Estate.with({ $0.projects = 120 }) { estate in
      try await estate.plan()
      let changed = try estate.records().filter { $0.outcome == .changed }
      let readOnly = estate.running.simulator.credentials.readOnly
      var settings = try RunningSimulator.configuration(for: estate.running.simulator)
      settings.credential = .digest(
        publicKey: readOnly.publicKey,
        privateKey: SecretValue(readOnly.privateKey)
      )
      _ = try await AtlasConnection.withConnection(settings) { connection in
        let cause = try await estate.apply(parallelism: 4, failureLimit: 6, connection: connection)
        guard case .trouble(let error)? = cause else {
          Issue.record("it did not stop")
          return
        }
        #expect(error.status == .stoppedEarly)
        #expect(error.diagnostic.summary.contains("stopped after 6 projects failed"))
      }
      let totals = try estate.totals()
      #expect(totals.isBalanced)
      #expect(totals[.failed] == 6)
      #expect(totals[.notStarted] == changed.count - totals[.failed])
      #expect(try await estate.apply(retrying: [.failed]) == nil)
      #expect(try estate.totals()[.changed] == changed.count)
    }
  }

  @Test func `writes share the run's retries, so that an outage is not multiplied`() async throws {
    let reserve = 4
    try await Estate.with(
      {
        $0.projects = 60
        $0.faults = [try? FaultRule(parsing: "500-before,on=writes,delay=0s")].compactMap(\.self)
      },
      client: {
        $0.retry.reserve = reserve
        $0.retry.share = 0
      }
    ) { estate in
      try await estate.plan()
      let changed = try estate.totals()[.changed]
      try #require(changed > 10)
      try await estate.apply(settle: .milliseconds(20))
      #expect(estate.running.requests.writes.count == changed + reserve)
      #expect(try estate.totals()[.failed] == changed)
      let unpaid = try estate.records().filter { $0.advice?.contains("too many requests") ?? false }
      // Without the budget it takes two retries to fail.
      #expect(unpaid.count >= changed - reserve / 2)
    }
  }

  @Test func `a system clock that is set back or forward changes nothing`() async throws {
    let world = try await Self.undisturbed(Estate.everything)
    let faults = try ["closed-after", "closed-before"].map {
      try FaultRule(parsing: "\($0),rate=0.1,on=writes")
    }
    try await Estate.with({
      $0.projects = 80
      $0.faults = faults
    }) { estate in
      try await estate.plan(Estate.everything)
      // Each command is an hour before the one that came before it, or a day after; and within one
      // the clock goes back at every look.
      let offsets: [Int64] = [0, -3_600_000, 86_400_000, -86_400_000 * 400]
      var rounds = 0
      while try estate.info().phase != .finished || estate.totals()[.failed] > 0 {
        try #require(rounds < 40)
        let start = RunFile.systemClock() + offsets[rounds % offsets.count]
        let looks = Looks()
        let stop = StopSignal()
        let witness = Witness()
        rounds += 1
        try await estate.apply(
          Estate.everything,
          retrying: [.failed],
          stop: stop,
          observe: { [rounds] event in
            witness.observe(event)
            if witness.ended == 30, rounds < 4 { stop.stop(.signal(.interrupted)) }
          },
          clock: { start - looks.next() * 1_000 }
        )
        _ = try await Onlooker.settleDoubt(in: estate.folder, isOnTheWay: true)
        #expect(try estate.totals().isBalanced)
        #expect(try estate.totals()[.held] == 0)
      }
      #expect(rounds > 2)
      #expect(try estate.running.world.fingerprint() == world)
      try Self.expectOnce(estate)
    }
  }

  @Test func `a stop finishes what is in flight, and resuming does the rest`() async throws {
    try await Estate.with({
      $0.projects = 120
      $0.latency = .milliseconds(4)
    }) { estate in
      try await estate.plan(Estate.everything)
      let changed = try estate.totals()[.changed]
      var rounds = 0
      while try estate.info().phase != .finished {
        rounds += 1
        try #require(rounds < 30)
        let stop = StopSignal()
        let witness = Witness()
        let cause = try await estate.apply(Estate.everything, stop: stop, parallelism: 8) { event in
          witness.observe(event)
          if witness.ended == 10 { stop.stop(.signal(.interrupted)) }
        }
        if cause != nil { #expect(cause == .signal(.interrupted)) }
        let totals = try estate.totals()
        #expect(totals.isBalanced)
        #expect(totals[.inDoubt] == 0)
        for record in try estate.records() {
          #expect(record.operations.allSatisfy { $0.status == .done || $0.status == .planned })
        }
      }
      #expect(rounds > 2)
      #expect(try estate.totals()[.changed] == changed)
      #expect(estate.running.requests.madeWrites == (try estate.plannedWrites()))
    }
  }

  @Test func `whoever lost the lease sends nothing more`() async throws {
    try await Estate.with({
      $0.projects = 120
      $0.latency = .milliseconds(4)
    }) { estate in
      try await estate.plan()
      let path = estate.folder.file("a.godwit")
      let witness = Witness()
      let cause = try await estate.apply(parallelism: 4) { event in
        witness.observe(event)
        if witness.ended == 5 { try? LeaseThief.steal(path) }
      }
      guard case .trouble(let error)? = cause else {
        Issue.record("it did not stop")
        return
      }
      #expect(error.status == .stoppedEarly)
      #expect(error.diagnostic.line.contains("another process has taken this run over"))
      #expect(estate.running.requests.writes.count < 20)
    }
  }

  @Test func `a run whose last commits are lost is read back before anything is sent`()
    async throws
  {
    try await Estate.with { estate in
      try await estate.plan(Estate.everything)
      try estate.folder.copy("a.godwit", to: "before")
      try await estate.apply(Estate.everything)
      let world = try estate.running.world.fingerprint()
      let writes = estate.running.requests.writes.count
      try LeaseThief.forgetClean(estate.folder.file("before"))
      try await estate.apply(Estate.everything, "before")
      // Of what cannot be told from what others made, a person tells.
      #expect(try estate.totals("before")[.inDoubt] > 0)
      var rounds = 0
      while try await Onlooker.settleDoubt(in: estate.folder, "before", hasLostCommits: true) {
        rounds += 1
        try #require(rounds < 10)
        try await estate.apply(Estate.everything, "before")
      }
      #expect(rounds > 0)
      #expect(try estate.running.world.fingerprint() == world)
      #expect(estate.running.requests.writes.count == writes)
      let totals = try estate.totals("before")
      #expect(totals[.held] == 0)
      #expect(totals[.changed] == (try estate.totals()[.changed]))
    }
  }
}
