import AtlasSimulator
import GodwitAtlas
import GodwitCore
import TestSupport
import Testing

@testable import GodwitRun

/// Never more projects fail or stay in doubt than the limit allows.
@Suite struct FailureBudgetTests {
  @Test(arguments: 0..<200)
  func `the limit holds at any parallelism, order and share of failures`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let limit = Int.random(in: 1...40, using: &random)
    let parallelism = Int.random(in: 1...64, using: &random)
    let share = Double.random(in: 0...1, using: &random)
    var budget = FailureBudget(limit: limit)
    var left = 200
    while true {
      while left > 0, budget.unsettled < parallelism, budget.allowsAnother {
        left -= 1
        budget.begin()
      }
      #expect(budget.failed + budget.inDoubt + budget.unsettled <= limit)
      guard budget.unsettled > 0 else { break }
      let isBad = Double.random(in: 0..<1, using: &random) < share
      let bad: ProjectOutcome = Bool.random(using: &random) ? .failed : .inDoubt
      budget.settle(isBad ? bad : Bool.random(using: &random) ? .changed : nil)
    }
    #expect(left == 0 || budget.isSpent, "it stops for no other reason")
  }

  @Test func `a limit of one goes project by project, and a high one slows nothing down`() {
    var one = FailureBudget(limit: 1)
    one.begin()
    #expect(!one.allowsAnother)
    one.settle(.held)
    #expect(one.allowsAnother)
    var high = FailureBudget(limit: 100)
    for _ in 1...64 { high.begin() }
    #expect(high.allowsAnother)
  }

  @Test(arguments: [
    (3, 0, "3 projects failed"), (1, 0, "1 project failed"), (0, 10, "10 projects came into doubt"),
    (2, 1, "2 projects failed and 1 came into doubt"),
  ])
  func `the words agree with the totals`(failed: Int, inDoubt: Int, words: String) {
    var budget = FailureBudget(limit: 20)
    for outcome in Array(repeating: ProjectOutcome.failed, count: failed)
      + Array(repeating: .inDoubt, count: inDoubt)
    {
      budget.begin()
      budget.settle(outcome)
    }
    #expect(budget.spentWords == words)
  }

  /// What goes wrong in a run, by the fault that the simulator is given.
  private static let troubles = [
    "400 for a read-only key", "500-before,on=writes,rate=0.5", "closed-before,on=writes,rate=0.7",
    "not-kept,rate=0.6",
  ]

  @Test(arguments: 0..<8)
  func `no run exceeds its limit, whatever fails`(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let trouble = Self.troubles[Int(seed) % Self.troubles.count]
    let limit = Int.random(in: 1...12, using: &random)
    let parallelism = Int.random(in: 1...40, using: &random)
    let faults = [try? FaultRule(parsing: trouble)].compactMap(\.self)
    try await TemporaryFolder.with { folder in
      let world: (inout SimulatorConfiguration) -> Void = {
        $0.world = .file(folder.file("world.db"))
        $0.projects = 60
      }
      _ = try await RunningSimulator.with(folder, world) {
        try await Estate(folder: folder, running: $0).plan()
      }
      let disturbed: (inout SimulatorConfiguration) -> Void = {
        world(&$0)
        $0.faults = faults
      }
      try await RunningSimulator.with(folder, disturbed) { running in
        let estate = Estate(folder: folder, running: running)
        var settings = try RunningSimulator.configuration(for: running.simulator)
        if faults.isEmpty {
          let key = running.simulator.credentials.readOnly
          settings.credential = .digest(
            publicKey: key.publicKey,
            privateKey: SecretValue(key.privateKey)
          )
        }
        try await AtlasConnection.withConnection(settings) { connection in
          _ = try await estate.apply(
            parallelism: parallelism,
            settle: .milliseconds(1),
            failureLimit: limit,
            connection: connection
          )
        }
        let totals = try estate.totals()
        #expect(totals.isBalanced)
        #expect(
          totals[.failed] + totals[.inDoubt] <= limit,
          "\(trouble) -j \(parallelism) --max-failures \(limit)"
        )
      }
    }
  }
}
