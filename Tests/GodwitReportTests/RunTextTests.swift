import GodwitCore
import GodwitReport
import Testing

@Suite
struct RunTextTests {
  @Test
  func `a plan reads as recorded`() throws {
    try Golden.expect(RunText.plan(Estate.summary(Estate.planned())), matches: "plan.txt")
  }

  @Test
  func `a plan on a terminal is coloured as recorded`() throws {
    let style = TextStyle(isColored: true, width: 80)
    let text = RunText.plan(Estate.summary(Estate.planned()), style: style)
    try Golden.expect(text, matches: "plan-colored.txt")
  }

  @Test
  func `a plan with nothing to do reads as recorded`() throws {
    let records = Estate.planned().filter { $0.outcome == .unchanged || $0.outcome == .skipped }
    var info = Estate.info()
    info.target.world = RunTarget.World(file: ".godwit/simulator.db", id: "w1")
    info.target.baseURL = "http://127.0.0.1:40123"
    info.remarks = []
    try Golden.expect(RunText.plan(Estate.summary(records, info: info)), matches: "plan-empty.txt")
  }

  @Test
  func `an applied run reads as recorded`() throws {
    let summary = Estate.summary(Estate.applied(), info: Estate.info(phase: .applying))
    try Golden.expect(RunText.applied(summary), matches: "applied.txt")
  }

  @Test
  func `one project reads as recorded`() throws {
    var record = Estate.applied()[9]
    record.plan.reads = ReadSet(
      isEverything: true,
      images: [
        "DATADOG": ["apiKey": Estate.mask("1ee7"), "region": "US"], "SLACK": nil,
      ]
    )
    record.plan.logs = [
      LogLine(level: .warn, message: "two keys of one site", position: Estate.position(40))
    ]
    record.plan.project.tags = ["env": "prod", "team": "payments"]
    record.plan.tasks = [PersonTask(title: "Tell the team", url: nil, detail: "By mail.")]
    try Golden.expect(RunText.project(record, info: Estate.info()), matches: "project.txt")
  }

  @Test
  func `all projects of a group are found by a second pass`() throws {
    let records = Estate.applied()
    let summary = Estate.summary(records, info: Estate.info(phase: .applying))
    let group = try #require(GroupReport(2, in: summary))
    let lines = records.filter(group.contains).map(group.line)
    #expect(lines.count == 2)
    try Golden.expect(group.head() + lines.joined(), matches: "group.txt")
    #expect(GroupReport(0, in: summary) == nil)
    #expect(GroupReport(4, in: summary) == nil)
  }

  @Test
  func `the question names target, changes and what to type`() {
    let question = RunText.question(Estate.summary(Estate.planned()))
    #expect(
      question == """
        200 projects in 4 organizations: Acme Payments (80), Acme Retail (60), Acme Data (40),
        Acme Sandbox (20)
        1 change cannot be taken back.
        Apply 87 changes to 86 projects at https://cloud.mongodb.com with API key ****wxyz? \
        Type 87 to go on: 
        """
    )
  }

  @Test
  func `a question can be about a part of what is pending`() {
    let question = RunText.question(Estate.summary(Estate.applied()), changes: 1, projects: 1)
    #expect(question.hasSuffix("with API key ****wxyz? Type 1 to go on: "))
    #expect(question.contains("Apply 1 change to 1 project at "))
  }

  @Test
  func `pending is what was not made and can be`() {
    let summary = Estate.summary(Estate.applied())
    #expect(summary.pendingProjects == 8)
    #expect(summary.pendingOperations == 9)
    #expect(summary.pendingIrreversible == 1)
  }

  @Test(arguments: [nil, 20, 60, 80, 100, 200])
  func `no line ends with a space, and none is wider than 100 columns`(width: Int?) {
    let style = TextStyle(width: width)
    let texts = [
      RunText.plan(Estate.summary(Estate.planned()), style: style),
      RunText.applied(Estate.summary(Estate.applied()), style: style),
      RunText.project(Estate.applied()[9], info: Estate.info(), style: style),
    ]
    for line in texts.joined().split(separator: "\n", omittingEmptySubsequences: false) {
      #expect(!line.hasSuffix(" "), "\(line)")
      if line.hasPrefix("Totals: ") || (width ?? 100) < 80 { continue }
      #expect(line.count <= 100, "\(line)")
    }
  }

  @Test
  func `one project on one line`() {
    #expect(
      RunText.line(Estate.applied()[29])
        == "  in doubt     billing-dev-30                        PUT DATADOG: no answer within 30 s,"
        + " and reading back failed\n"
    )
    #expect(
      RunText.line(Estate.planned()[0])
        == "  changed      checkout-prod-1                       ~ DATADOG\n"
    )
  }

  @Test
  func `totals that do not balance are called a defect`() {
    var summary = Estate.summary(Estate.planned())
    summary.selected += 1
    #expect(!summary.totals.isBalanced)
    #expect(RunText.totals(summary).contains("defect"))
    #expect(!RunText.totals(Estate.summary(Estate.planned())).contains("defect"))
  }

  @Test
  func `more groups and reasons than can be read are counted`() {
    let records = (1...200).map { number -> ProjectRecord in
      let project = Estate.project(number)
      if number.isMultiple(of: 2) {
        let move = Estate.move(tail: "0000", from: .string("R\(number)"))
        return ProjectRecord(
          planned: ProjectPlan(project: project, outcome: .changed, operations: [move])
        )
      }
      return ProjectRecord(
        planned: ProjectPlan(project: project, outcome: .skipped, reason: "reason \(number)")
      )
    }
    let text = RunText.plan(Estate.summary(records))
    #expect(text.contains("60 more groups with 60 projects; show each of them with --group 41"))
    #expect(text.contains("   80  for 80 other reasons"))
    #expect(text.split(separator: "\n").count < 400)
  }
}
