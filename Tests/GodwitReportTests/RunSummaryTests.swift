import GodwitCore
import Testing

@testable import GodwitReport

@Suite
struct RunSummaryTests {
  @Test
  func `totals balance in a plan and after it was applied`() {
    for records in [Estate.planned(), Estate.applied()] {
      let totals = Estate.summary(records).totals
      #expect(totals.isBalanced)
      #expect(totals.selected == 200)
    }
  }

  @Test
  func `any mixture of outcomes balances`() {
    var generator = Dice(state: 7)
    for _ in 0..<50 {
      let count = Int.random(in: 0...80, using: &generator)
      let records = (0..<count).map { number -> ProjectRecord in
        let planned = ProjectOutcome.allCases.randomElement(using: &generator) ?? .changed
        let now = ProjectOutcome.allCases.randomElement(using: &generator) ?? .changed
        var record = ProjectRecord(
          planned: ProjectPlan(
            project: Estate.project(number),
            outcome: planned,
            operations: planned == .changed ? [Estate.move(tail: Estate.tail(number))] : []
          )
        )
        record.outcome = now
        return record
      }
      let summary = Estate.summary(records)
      #expect(summary.totals.isBalanced)
      #expect(
        summary.groups.reduce(0) { $0 + $1.count }
          == records.count { $0.plan.outcome == .changed }
      )
      #expect(!RunText.applied(summary).contains("defect"))
    }
  }

  @Test
  func `the order in which projects are added does not show`() {
    let records = Estate.applied()
    var generator = Dice(state: 3)
    let expected = RunText.plan(Estate.summary(records))
    for _ in 0..<5 {
      #expect(RunText.plan(Estate.summary(records.shuffled(using: &generator))) == expected)
    }
  }

  @Test
  func `equal changes are one group, commonest first`() {
    let groups = Estate.summary(Estate.planned()).groups
    #expect(groups.map(\.count) == [83, 2, 1])
    #expect(groups[0].operations.map(\.verb) == [.update])
    #expect(groups[0].outcomes == [.changed: 83])
  }

  @Test
  func `a group keeps neither images nor bodies, only references to secrets`() {
    for group in Estate.summary(Estate.planned()).groups {
      for operation in group.operations {
        #expect(operation.before == nil)
        #expect(operation.after == nil)
        for (_, value) in operation.body ?? [:] {
          if case .secret = value { continue }
          Issue.record("kept \(value)")
        }
      }
    }
  }

  @Test
  func `the project's own id does not part one cause into many`() {
    let causes = Estate.summary(Estate.planned()).causes(of: .failed)
    #expect(causes.count == 1)
    #expect(causes.first?.names.count == 7)
    #expect(causes.first?.reason.contains("/groups/{project}/") == true)
  }

  @Test
  func `reasons beyond the limit are counted together`() {
    var tally = CauseTally()
    for number in 0..<1500 {
      tally.add(
        ProjectRecord(
          planned: ProjectPlan(
            project: Estate.project(number),
            outcome: .skipped,
            reason: "reason \(number)"
          )
        )
      )
    }
    let causes = tally.sorted
    #expect(tally.count == 1500)
    #expect(causes.count == 1001)
    #expect(causes.first?.reason == CauseTally.otherReasons)
    #expect(causes.first?.names.count == 500)
  }

  @Test
  func `different values are counted up to a limit`() {
    var variants = Variants()
    #expect(variants.phrase == nil)
    variants.add(Estate.mask("0001"))
    #expect(variants.phrase == nil)
    variants.add(Estate.mask("0002"))
    #expect(variants.phrase == "2 different")
    for number in 0..<2000 { variants.add(Estate.mask(Estate.tail(number))) }
    #expect(variants.phrase == "more than 1000 different")
  }
}

/// A repeatable source of chance (SplitMix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
