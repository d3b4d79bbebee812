import GodwitCore
import Testing

@testable import GodwitScript

@Suite struct RequestTests {
  private static var world: Memory {
    Memory(
      [Bench.datadog, Bench.slack],
      alerts: AlertBench.all,
      answers: [
        "/auditLog": ["enabled": true, "auditFilter": "{}", "links": []],
        "/accessList": ["results": [["ipAddress": "10.0.0.1"]], "links": []],
        "/hidden": ["apiToken": masked("9abc"), "level": 1],
        "/orgs": ["results": [["id": "o1"]]],
      ]
    )
  }

  private static func plan(
    _ body: String,
    on world: Memory = world
  ) async throws -> ProjectPlan {
    try await Bench.plan(body, on: world) {
      $0.may.requests = Set(
        [
          "POST /teams", "PUT /auditLog", "PATCH /auditLog", "PATCH /hidden", "DELETE /auditLog",
          "DELETE /nothing", "PATCH /gone", "PUT /new/*", "POST /plain",
        ].compactMap { RequestPattern($0) }
      )
    }
  }

  @Test func `reads go to Atlas each time, and cost nothing else`() async throws {
    let world = Self.world
    let plan = try await Self.plan(
      """
      print(project:get("/auditLog").enabled, project:get("/accessList", { itemsPerPage = 5 }).results[1].ipAddress)
      print(project:request{ path = "/auditLog" }.auditFilter, atlas.get("/orgs").results[1].id)
      print(select(2, pcall(project.get, project, "/gone")).status)
      """,
      on: world
    )
    #expect(plan.logs.map(\.message) == ["true\t10.0.0.1", "{}\to1", "404"])
    #expect(
      world.read == [
        "/auditLog", "/accessList [\"itemsPerPage\": \"5\"]", "/auditLog", "/orgs", "/gone",
      ]
    )
    #expect(plan.reads.isEmpty)
  }

  @Test func `a write is recorded with the image that its path had`() async throws {
    let world = Self.world
    let plan = try await Self.plan(
      """
      project:request{ method = "PATCH", path = "/auditLog", body = { enabled = false } }
      print(project:get("/auditLog").enabled, project:get("/auditLog").auditFilter)
      """,
      on: world
    )
    let operation = try #require(plan.operations.first)
    #expect(plan.logs.map(\.message) == ["false\t{}"])
    #expect(plan.verbs == ["PATCH /auditLog"])
    #expect(operation.before == ["enabled": true, "auditFilter": "{}"])
    #expect(operation.body == ["enabled": false])
    #expect(operation.changes == [FieldChange(field: "enabled", before: true, after: false)])
    #expect(operation.grade == .exact)
    #expect(plan.reads.paths["/auditLog"] == .some(["enabled": true, "auditFilter": "{}"]))
    #expect(world.read == ["/auditLog"])
  }

  /// A call, and how far it can be taken back.
  static let grades: [(String, Reversibility)] = [
    ("{ method = 'POST', path = '/teams', body = { name = 'x' } }", .notAtAll),
    ("{ method = 'PUT', path = '/auditLog', body = { enabled = false } }", .exact),
    ("{ method = 'PATCH', path = '/auditLog', body = { more = 1 } }", .notAtAll),
    ("{ method = 'PATCH', path = '/hidden', body = { apiToken = params.token } }", .withSecret),
    ("{ method = 'DELETE', path = '/auditLog' }", .notAtAll),
    ("{ method = 'PUT', path = '/new/thing', body = { a = 1 } }", .notAtAll),
  ]

  @Test(arguments: grades.indices) func `only an image that restores it grades it`(
    index: Int
  ) async throws {
    let (call, grade) = Self.grades[index]
    let plan = try await Self.plan("project:request\(call)")
    #expect(plan.reason == nil)
    #expect(plan.operations.map(\.grade) == [grade])
  }

  static let silent = [
    "project:request{ method = 'PATCH', path = '/auditLog', body = { enabled = true } }"
  ]

  @Test(arguments: silent)
  func `a write that changes nothing is not recorded`(body: String) async throws {
    #expect(try await Self.plan(body).outcome == .unchanged)
  }

  @Test(arguments: [
    "{ method = 'DELETE', path = '/nothing' }",
    "{ method = 'PATCH', path = '/gone', body = { a = 1 } }",
  ])
  func `a PATCH or DELETE of what is not there fails with Atlas' words`(call: String) async throws {
    let plan = try await Self.plan("project:request\(call)")
    #expect(plan.outcome == .failed)
    #expect(plan.reason?.contains(": there is nothing to write to: ") == true)
    #expect(plan.reason?.contains("404") == true)
    #expect(plan.advice?.hasPrefix("check the path") == true)
  }

  @Test func `what a plan deletes itself can be deleted again, and does nothing`() async throws {
    let plan = try await Self.plan(
      """
      project:request{ method = 'DELETE', path = '/auditLog' }
      assert(project:request{ method = 'DELETE', path = '/auditLog' } == false)
      """
    )
    #expect(plan.reason == nil)
    #expect(plan.verbs == ["DELETE /auditLog"])
  }

  @Test func `what only Atlas can give is pending, and can be sent on`() async throws {
    let plan = try await Self.plan(
      """
      project.alerts:disable('\(AlertBench.id)')
      project.alerts:enable('\(AlertBench.id)')
      local team = project:request{ method = "POST", path = "/teams", body = { name = "ops" } }
      print(team, pcall(function() return team.id end))
      local alert = project.alerts:create{ eventTypeName = "HOST_UP", notifications = { {
        typeName = "TEAM", teamId = team, emailEnabled = true, smsEnabled = false } } }
      project:request{ method = "POST", path = "/plain", body = { list = { alert.id, team } } }
      """
    )
    #expect(plan.reason == nil)
    #expect(
      plan.logs.map(\.message) == [
        "<id from operation 2>\tfalse\tbench.lua:5: <id from operation 2> is pending: Atlas gives it"
          + " when the plan is applied, so that id cannot be read now"
      ]
    )
    #expect(plan.verbs == ["POST /teams", "create alert HOST_UP", "POST /plain"])
    #expect(plan.operations.map(\.number) == [1, 2, 3])
    let list: JSONValue = [
      .pending(PendingValue(operation: 2)), .pending(PendingValue(operation: 1)),
    ]
    #expect(plan.operations[2].body == ["list": list])
    #expect(
      AlertBench.notifications(plan.operations[1].body)[0]["teamId"]
        == .pending(PendingValue(operation: 1))
    )
  }

  /// A request on a path that is known, and the write that it is.
  static let known: [(String, String)] = [
    (
      "{ method = 'PUT', path = '/integrations/DATADOG', body = { region = 'EU', apiKey = params.key } }",
      "update DATADOG"
    ),
    ("{ method = 'DELETE', path = '/integrations/datadog' }", "delete DATADOG"),
    ("{ method = 'DELETE', path = '/%69ntegrations/DATADOG' }", "delete DATADOG"),
    (
      "{ method = 'PATCH', path = '/alertConfigs/\(AlertBench.id)', body = { enabled = false } }",
      "toggle alert REPLICATION_OPLOG_WINDOW_RUNNING_OUT"
    ),
    (
      "{ method = 'DELETE', path = '/alertconfigs/\(AlertBench.otherID)' }",
      "delete alert HOST_DOWN"
    ),
  ]

  @Test(arguments: known.indices)
  func `a path that is known meets its rules, however it is written`(index: Int) async throws {
    let (call, words) = Self.known[index]
    let plan = try await Self.plan("project:request\(call)")
    #expect(plan.verbs == [words], "\(plan.reason ?? "")")
    let undeclared = try await Bench.plan("project:request\(call)", on: Self.world) {
      $0.may = May(requests: Set(["DELETE /*/*", "PUT /*/*"].compactMap { RequestPattern($0) }))
    }
    #expect(undeclared.outcome == .failed)
    #expect(undeclared.reason?.hasPrefix("this migration may not ") == true)
  }

  @Test func `known paths are read with what was written laid over`() async throws {
    let plan = try await Self.plan(
      """
      all:delete("SLACK")
      print(project:get("/integrations").totalCount, project:get("/alertConfigs").totalCount)
      print(project:get("/integrations/DATADOG").region)
      print(select(2, pcall(project.get, project, "/integrations/SLACK")).errorCode)
      """
    )
    #expect(plan.logs.map(\.message) == ["1\t2", "US", "INTEGRATION_NOT_CONFIGURED"])
    #expect(plan.reads.isEverything)
  }

  /// A call, then what is said about it.
  static let complaints: [(String, String)] = [
    (
      "project:request{ method = 'POST', path = '/other' }",
      "this migration may not POST /other; declare it: may = { request = { \"POST /other\" } }"
    ),
    (
      "project:get('auditLog')",
      "the path \"auditLog\" does not begin with a slash; paths are relative to the project, for"
        + " example \"/auditLog\""
    ),
    (
      "project:get('/../x')",
      "the path \"/../x\" has a part that is not asked for: \"..\"; give the query apart, and no"
        + " empty parts and no steps such as .."
    ),
    (
      "project:get('/%2e%2e/x')",
      "the path \"/%2e%2e/x\" has a part that is not asked for: \"%2e%2e\"; give the query apart,"
        + " and no empty parts and no steps such as .."
    ),
    ("project.get('/x')", "write project:get with a colon"),
    (
      "project:request{ methd = 'GET', path = '/x' }",
      "request takes no \"methd\"; did you mean \"method\"?"
    ),
    (
      "project:request{ method = 'HEAD', path = '/x' }",
      "request takes a method, not \"HEAD\"; one of GET, POST, PUT, PATCH, DELETE"
    ),
    (
      "atlas.request{ method = 'POST', path = '/groups' }",
      "atlas.request may only read; writes belong to a project: project:request{ method ="
        + " \"POST\", … }"
    ),
    (
      "project:request{ method = 'PATCH', path = '/auditLog', body = { a = '****9abc' } }",
      "PATCH /auditLog.a would be set to the masked value ****9abc; Atlas would store the stars in"
        + " place of the secret: give a secret parameter"
    ),
    (
      "project:request{ method = 'PATCH', path = '/auditLog', body = { apiKey = 'in clear' } }",
      "PATCH /auditLog.apiKey is named like a secret and holds plain text; what a script writes"
        + " lies in the run file: declare a parameter of type \"secret\""
    ),
    ("project:request{ method = 'PATCH', path = '/auditLog' }", "PATCH /auditLog takes a body"),
    (
      "project:request{ method = 'PATCH', path = '/integrations/DATADOG', body = { a = 1 } }",
      "Atlas has no PATCH /integrations/DATADOG"
    ),
  ]

  @Test(arguments: complaints.indices)
  func `a wrong call is told before anything is sent`(index: Int) async throws {
    let (call, complaint) = Self.complaints[index]
    let plan = try await Self.plan(call)
    #expect(plan.reason == complaint)
    #expect(plan.operations.isEmpty)
  }

  @Test func `patterns stand for whole parts of paths`() throws {
    let pattern = try #require(RequestPattern("DELETE /teams/*/users"))
    #expect(pattern.fits("DELETE", ["teams", "t1", "users"]))
    #expect(!pattern.fits("DELETE", ["teams", "t1", "users", "u"]))
    #expect(!pattern.fits("PUT", ["teams", "t1", "users"]))
    for text in ["GET /x", "DELETE", "DELETE x", "DELETE //x", "delete /x", ""] {
      #expect(RequestPattern(text) == nil)
    }
  }
}
