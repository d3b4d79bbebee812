import GodwitAtlas
import GodwitCore
import GodwitJournal
import Testing

@testable import GodwitRun

/// Writes of alert configurations and by path, as a machine carries them out.
@Suite struct TargetTests {
  private static let id = AlertConfigurationID("a1")
  private static let ends = ["note done 1, settled changed", "end changed"]

  private static func alert(
    _ id: String = "a1",
    enabled: Bool = true,
    notifier: String = "n1"
  ) -> AlertConfiguration {
    AlertConfiguration(
      id: AlertConfigurationID(id),
      fields: [
        "eventTypeName": "HOST_DOWN", "enabled": .bool(enabled),
        "notifications": [["typeName": "GROUP", "notifierId": .string(notifier)]],
      ]
    )
  }

  private static func target(_ id: AlertConfigurationID?) -> OperationTarget {
    .alert(AlertTarget(id: id, eventTypeName: "HOST_DOWN"))
  }

  private static func operation(
    _ verb: Verb,
    _ target: OperationTarget,
    number: Int = 1,
    before: JSONObject? = nil,
    body: JSONObject?,
    after: JSONObject?
  ) -> Operation {
    Operation(
      number: number,
      verb: verb,
      target: target,
      before: before,
      body: body,
      after: after,
      changes: [],
      grade: .exact,
      position: nil
    )
  }

  /// Turns the alert off by a PUT.
  private static let update = operation(
    .update,
    target(id),
    before: alert().fields,
    body: ["notifications": [["typeName": "GROUP", "notifierId": "n1"]], "enabled": false],
    after: alert(enabled: false).fields
  )
  private static let create = operation(
    .create,
    target(nil),
    body: alert().fields,
    after: alert().fields
  )
  private static let post = operation(
    .create,
    .request(RequestTarget(method: "POST", path: "/teams")),
    body: ["name": "x"],
    after: ["name": "x"]
  )
  private static let patch = operation(
    .update,
    .request(RequestTarget(method: "PATCH", path: "/settings")),
    number: 2,
    before: ["team": "old"],
    body: ["team": .pending(PendingValue(operation: 1))],
    after: ["team": .pending(PendingValue(operation: 1))]
  )

  private static func view(
    _ alerts: [AlertConfiguration] = [],
    paths: [String: JSONObject] = [:]
  ) -> Scene.Reply {
    .view(ProjectView(alerts: alerts, paths: paths))
  }

  private static func scene(
    _ operations: [Operation],
    _ replies: [Scene.Reply],
    known: Set<AlertConfigurationID> = [],
    statuses: [OperationStatus] = [],
    intents: [Int: CommittedIntent] = [:],
    answers: [Int: JSONObject] = [:],
    mayLackIntents: Bool = false
  ) -> [String] {
    var scene = Scene(operations: operations, replies: replies)
    scene.mayLackIntents = mayLackIntents
    scene.reads = ReadSet()
    for operation in operations {
      if let id = operation.target.alert?.id { scene.reads.alerts[id] = .some(operation.before) }
      if case .path(let path)? = operation.resource {
        scene.reads.paths[path] = .some(operation.before)
      }
    }
    scene.reads.knownAlerts = known
    scene.statuses = statuses
    scene.intents = intents
    scene.answers = answers
    return scene.play()
  }

  @Test func `an alert is checked, written, and its answer is the outcome`() {
    let trace = Self.scene(
      [Self.update],
      [Self.view([Self.alert()]), .writes(.alert(Self.alert(enabled: false, notifier: "n2")))]
    )
    #expect(trace == ["read", "announce intent 1", "send update alert HOST_DOWN"] + Self.ends)
  }

  @Test func `a change by others holds it, and so does a notifierId that is gone`() {
    let changed = Self.scene(
      [Self.update],
      [Self.view([Self.alert(enabled: false, notifier: "n9")])]
    )
    #expect(changed.last == "end changed", "somebody did the same")
    var other = Self.alert()
    other.fields["eventTypeName"] = "HOST_UP"
    #expect(Self.scene([Self.update], [Self.view([other])]).last == "end held")
    let anew = Self.scene([Self.update], [Self.view([Self.alert(notifier: "n9")])])
    #expect(anew.last == "end held")
    #expect(anew.contains { $0.contains("notifierId was \"n1\", is absent") })
  }

  @Test func `a lost answer to a PUT is read back`() {
    let made = Self.alert(enabled: false, notifier: "n2")
    let trace = Self.scene(
      [Self.update],
      [Self.view([Self.alert()]), .refuses(Sample.timeout), Self.view([made])]
    )
    #expect(
      trace == [
        "read", "announce intent 1", "send update alert HOST_DOWN", "note inDoubt 1", "read",
      ] + Self.ends
    )
  }

  @Test func `a new alert whose answer is lost is found again by what it is`() {
    let old = Self.alert("old")
    let lost: [Scene.Reply] = [Self.view([old]), .refuses(Sample.timeout)]
    let found = Self.scene([Self.create], lost + [Self.view([old, Self.alert("new")])])
    #expect(found.suffix(3) == ["read"] + Self.ends)
    let two = Self.scene(
      [Self.create],
      lost + [
        Self.view([old, Self.alert("new"), Self.alert("newer")]),
        Self.view([old, Self.alert("new"), Self.alert("newer")]),
      ]
    )
    #expect(two.last == "end inDoubt")
    let none = Self.scene(
      [Self.create],
      lost + [Self.view([old]), Self.view([old]), .writes(.alert(Self.alert("new")))]
    )
    #expect(none.filter { $0 == "send create alert HOST_DOWN" }.count == 2)
    #expect(none.contains("wait until +5000"))
    #expect(none.last == "end changed")
  }

  @Test func `a POST whose answer is lost stays in doubt`() {
    let trace = Self.scene(
      [Self.post],
      [Self.view(), .refuses(Sample.timeout), Self.view(), Self.view()]
    )
    #expect(trace.filter { $0.hasPrefix("send") }.count == 1)
    #expect(trace.contains("wait until +5000"), "a person may look at once, and too early")
    #expect(trace.last == "end inDoubt")
    for operation in [Self.post, Self.create] {
      let unknown = Self.scene([operation], [Self.view()], statuses: [.inDoubt])
      #expect(unknown.last == "end inDoubt", "there is not even an intent")
    }
    let resumed = Self.scene([Self.post], [Self.view()], statuses: [.inDoubt])
    #expect(resumed.last == "end inDoubt")
    #expect(!resumed.contains { $0.hasPrefix("send") })
  }

  @Test func `a POST that is answered without a body is done`() {
    let trace = Self.scene([Self.post], [Self.view(), .writes(.reply(nil))])
    #expect(trace.filter { $0.hasPrefix("send") }.count == 1)
    #expect(trace.suffix(2) == Self.ends)
  }

  @Test func `a POST without an intent is in doubt only where intents may be missing`() {
    let cut = Self.scene([Self.post], [Self.view()], mayLackIntents: true)
    #expect(cut.last == "end inDoubt")
    #expect(!cut.contains { $0.hasPrefix("send") })
    let kept = Self.scene([Self.post], [Self.view(), .writes(.reply(nil))])
    #expect(kept.suffix(2) == Self.ends)
  }

  @Test func `a refused POST fails, even if it says that there is one`() {
    let conflict = AtlasError(kind: .status, status: 409, arrival: .refused)
    let trace = Self.scene([Self.post], [Self.view(), .refuses(conflict)])
    #expect(trace.last == "end failed")
  }

  @Test func `what was pending is filled in from the answer`() {
    let before: JSONObject = ["team": "old"]
    let trace = Self.scene(
      [Self.post, Self.patch],
      [
        Self.view(paths: ["/settings": before]), .writes(.reply(["id": "t1", "name": "x"])),
        .writes(.reply(["team": "t1"])),
      ]
    )
    #expect(trace.contains("send PATCH /settings {\"team\":\"t1\"}"), "\(trace)")
    #expect(trace.last == "end changed")
  }

  @Test func `after a resume it is in the outcome of the operation`() {
    let trace = Self.scene(
      [Self.post, Self.patch],
      [Self.view(paths: ["/settings": ["team": "old"]]), .writes(.reply(nil))],
      statuses: [.done, .planned],
      answers: [1: ["id": "t7"]]
    )
    #expect(trace.contains("send PATCH /settings {\"team\":\"t7\"}"), "\(trace)")
  }

  @Test func `an answer without an id fails what needs it, before it is sent`() {
    let trace = Self.scene(
      [Self.post, Self.patch],
      [Self.view(paths: ["/settings": ["team": "old"]]), .writes(.reply(nil))]
    )
    #expect(trace.last == "end failed")
    #expect(
      trace.contains { $0.contains("the answer to operation 1 has no id, and PATCH /settings") }
    )
    #expect(!trace.contains { $0.hasPrefix("send PATCH") })
  }

  @Test func `a lost answer by path is read back`() {
    let patch = Self.operation(
      .update,
      .request(RequestTarget(method: "PATCH", path: "/auditLog")),
      before: ["enabled": false, "level": 1],
      body: ["enabled": true],
      after: ["enabled": true]
    )
    let before = Self.view(paths: ["/auditLog": ["enabled": false, "level": 1]])
    let after = Self.view(paths: ["/auditLog": ["enabled": true, "level": 1]])
    let landed = Self.scene([patch], [before, .refuses(Sample.timeout), after])
    #expect(landed.suffix(2) == Self.ends)
    let held = Self.scene(
      [patch],
      [Self.view(paths: ["/auditLog": ["enabled": false, "level": 2]])]
    )
    #expect(held.last == "end held")
    #expect(held.contains { $0.contains("/auditLog.level was 1, is 2") })
  }

  @Test(arguments: [nil, [:], ["enabled": true]] as [JSONObject?])
  func `two writes to one path: what the first was answered is not taken for the image`(
    answer: JSONObject?
  ) {
    func patch(_ number: Int, _ body: JSONObject) -> Operation {
      let target = OperationTarget.request(RequestTarget(method: "PATCH", path: "/auditLog"))
      return Self.operation(
        .update,
        target,
        number: number,
        before: ["enabled": false, "level": 1],
        body: body,
        after: body
      )
    }
    let between = Self.view(paths: ["/auditLog": ["enabled": true, "level": 1]])
    let trace = Self.scene(
      [patch(1, ["enabled": true]), patch(2, ["level": 2])],
      [
        Self.view(paths: ["/auditLog": ["enabled": false, "level": 1]]), .writes(.reply(answer)),
        between, .refuses(Sample.timeout), between, between, .writes(.reply(answer)),
      ]
    )
    #expect(trace.count { $0 == "send PATCH /auditLog {\"level\":2}" } == 2, "\(trace)")
    #expect(trace.last == "end changed")
  }

  @Test func `only what a plan depends on is read`() {
    func needs(_ operations: [Operation], _ reads: ReadSet = ReadSet()) -> ReadNeeds {
      let project = Project(
        id: ProjectID("p"),
        name: "p",
        organization: OrganizationID("o")
      )
      let plan = ProjectPlan(
        project: project,
        outcome: .changed,
        operations: operations,
        reads: reads
      )
      return ReadNeeds(ProjectRecord(planned: plan))
    }
    let integration = needs([Sample.move])
    #expect(integration.integrations && !integration.alerts && integration.paths.isEmpty)
    let path = needs([Self.patch])
    #expect(!path.integrations && !path.alerts && path.paths == ["/settings"])
    let alert = needs([Self.update])
    #expect(alert.alerts && !alert.legacyAlerts)
    let flowdock = needs([], ReadSet(images: ["FLOWDOCK": nil]))
    #expect(flowdock.unlisted == ["FLOWDOCK"] && !flowdock.integrations)
  }
}
