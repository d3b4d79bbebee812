import GodwitCore
import Testing

@Suite struct TotalsTests {
  @Test func `the buckets add up to what was selected, or there is a defect`() {
    var totals = Totals(selected: 3)
    #expect(!totals.isBalanced)
    totals[.changed] += 1
    totals[.skipped] += 2
    #expect(totals.isBalanced)
    #expect(totals[.failed] == 0)
    totals[.failed] += 1
    #expect(!totals.isBalanced)
  }

  @Test func `nothing selected is balanced`() {
    #expect(Totals().isBalanced)
  }

  @Test func `a record begins as its plan ended`() {
    let project = Project(id: ProjectID("1"), name: "a", organization: OrganizationID("o"))
    let plan = ProjectPlan(project: project, outcome: .held, reason: "why")
    let record = ProjectRecord(planned: plan)
    #expect(record.outcome == .held)
    #expect(record.reason == "why")
    #expect(record.project == project)
    let settled = OperationStatus.allCases.filter(\.isSettled)
    #expect(settled == [.done, .alreadySo])
  }
}
