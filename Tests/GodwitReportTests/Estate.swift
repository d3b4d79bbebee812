import GodwitCore

@testable import GodwitReport

/// Runs made by hand, with a bit of everything, for tests to report on.
enum Estate {
  static let script = "scripts/datadog-region-move.lua"

  static let organizations: [(id: String, name: String)] = [
    ("5f0000000000000000000001", "Acme Payments"),
    ("5f0000000000000000000002", "Acme Retail"),
    ("5f0000000000000000000003", "Acme Data"),
    ("5f0000000000000000000004", "Acme Sandbox"),
  ]

  static func info(phase: RunInfo.Phase = .planned) -> RunInfo {
    let counts = [80, 60, 40, 20]
    return RunInfo(
      id: "2026-11-21-1504-datadog-region-move-7f3a",
      createdSeconds: 1_795_273_440,
      phase: phase,
      toolVersion: "0.1.0",
      script: ScriptInfo(
        path: script,
        name: "datadog-region-move",
        summary: "Move Datadog integrations from one Datadog site to another",
        sha256: String(repeating: "ab", count: 32),
        hasVerify: true
      ),
      target: RunTarget(
        baseURL: "https://cloud.mongodb.com",
        credentialKind: "API key",
        credentialTail: "wxyz",
        organizations: zip(organizations, counts).map { organization, count in
          RunTarget.OrganizationCount(
            id: OrganizationID(organization.id),
            name: organization.name,
            projects: count
          )
        }
      ),
      parameters: ["from": "US", "to": "EU"],
      secrets: [
        SecretInput(
          name: "apiKey",
          reference: "env:DATADOG_KEY",
          fingerprint: SecretFingerprint(head: "", tail: "77e0", length: 32),
          keyedHash: nil
        )
      ],
      selection: "--tag env=prod",
      refusedBySelect: 3,
      filteredOut: 12,
      remarks: [
        "Atlas' alert notifications keep copies of keys of their own; this script leaves them as"
          + " they are"
      ]
    )
  }

  /// A project whose id and organization follow from its number.
  static func project(_ number: Int, name: String? = nil) -> Project {
    let areas = ["billing", "checkout", "ledger", "payments", "search", "shipping"]
    let stages = ["dev", "prod", "staging"]
    let digits = String(number, radix: 16)
    let id = "64" + String(repeating: "0", count: 22 - digits.count) + digits
    let made = "\(areas[number % areas.count])-\(stages[number % stages.count])-\(number)"
    return Project(
      id: ProjectID(id),
      name: name ?? made,
      organization: OrganizationID(organizations[number % organizations.count].id)
    )
  }

  static func position(_ line: Int) -> ScriptPosition {
    ScriptPosition(file: script, line: line)
  }

  static func mask(_ tail: String) -> JSONValue {
    .masked(MaskedValue(tail: tail, length: tail.isEmpty ? nil : 32))
  }

  /// The operation of the Datadog script, on a project that shows a key with this tail.
  static func move(tail: String, from: JSONValue? = "US") -> Operation {
    Operation(
      number: 1,
      verb: .update,
      type: "DATADOG",
      before: ["apiKey": mask(tail), "region": from ?? "US"],
      body: ["apiKey": .secret(SecretReference(name: "apiKey")), "region": "EU"],
      after: ["apiKey": mask("77e0"), "region": "EU"],
      changes: [
        FieldChange(field: "region", before: from, after: "EU"),
        FieldChange(field: "apiKey", before: mask(tail), after: mask("77e0")),
      ],
      grade: .withSecret,
      position: position(41)
    )
  }

  /// An operation that takes a secret with it.
  static func removal(tail: String) -> Operation {
    Operation(
      number: 1,
      verb: .delete,
      type: "FLOWDOCK",
      before: ["flowName": "alerts", "apiToken": mask(tail)],
      body: nil,
      after: nil,
      changes: [
        FieldChange(field: "flowName", before: "alerts", after: nil),
        FieldChange(field: "apiToken", before: mask(tail), after: nil),
      ],
      grade: .withSecret,
      lostSecrets: ["apiToken"],
      position: position(52)
    )
  }

  /// An operation with a secret that Atlas never shows.
  static func creation() -> Operation {
    Operation(
      number: 2,
      verb: .create,
      type: "PROMETHEUS",
      before: nil,
      body: ["password": .secret(SecretReference(name: "password")), "username": "atlas"],
      after: ["username": "atlas"],
      changes: [
        FieldChange(field: "username", before: nil, after: "atlas"),
        FieldChange(field: "password", before: nil, after: nil, isUnknowable: true),
      ],
      grade: .exact,
      position: position(60)
    )
  }

  static func tail(_ number: Int) -> String {
    let digits = String((number * 7919) % 65_536, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// A plan over 200 projects with something in every bucket.
  static func planned() -> [ProjectRecord] {
    (1...200).map { ProjectRecord(planned: plan($0)) }
  }

  private static func plan(_ number: Int) -> ProjectPlan {
    let project = project(number)
    switch number {
    case 1...83:
      return ProjectPlan(
        project: project,
        outcome: .changed,
        operations: [move(tail: tail(number))]
      )
    case 84, 85:
      return ProjectPlan(
        project: project,
        outcome: .changed,
        operations: [move(tail: tail(number), from: nil)]
      )
    case 86:
      return ProjectPlan(
        project: project,
        outcome: .changed,
        operations: [removal(tail: "c0de"), creation()],
        tasks: [task(project)]
      )
    default: return other(number, project)
    }
  }

  private static func other(_ number: Int, _ project: Project) -> ProjectPlan {
    switch number {
    case 87...98:
      return ProjectPlan(
        project: project,
        outcome: .unchanged,
        unchangedSecrets: [UnchangedSecret(type: "DATADOG", field: "apiKey", tail: "77e0")]
      )
    case 99...101:
      return ProjectPlan(
        project: project,
        outcome: .held,
        reason: "another team looks after this project",
        position: position(33),
        operations: [move(tail: tail(number))]
      )
    case 102...108:
      return ProjectPlan(
        project: project,
        outcome: .failed,
        reason: "GET /groups/\(project.id)/integrations: 403 the credentials may not read it",
        advice: "give the API key the role Project Read Only in these projects",
        position: position(34)
      )
    case 109:
      return ProjectPlan(project: Estate.project(109, name: "paymets-api"), outcome: .notFound)
    case 110, 111: return ProjectPlan(project: project, outcome: .manual, tasks: [task(project)])
    case 112...150:
      return ProjectPlan(
        project: project,
        outcome: .skipped,
        reason: "in EU, not in US",
        position: position(38)
      )
    default:
      return ProjectPlan(
        project: project,
        outcome: .skipped,
        reason: "no Datadog integration",
        position: position(36)
      )
    }
  }

  private static func task(_ project: Project) -> PersonTask {
    PersonTask(
      title: "Authorize Slack for the channel #alerts",
      url: "https://cloud.mongodb.com/v2/\(project.id)#/integrations",
      detail: "Needs a workspace owner."
    )
  }

  /// The same run after apply was stopped: some done, failed, held, in doubt, not begun.
  static func applied() -> [ProjectRecord] {
    planned().enumerated().map { index, record in
      guard record.outcome == .changed else { return record }
      return applied(record, number: index + 1)
    }
  }

  private static func applied(_ record: ProjectRecord, number: Int) -> ProjectRecord {
    var record = record
    func settle(_ outcome: ProjectOutcome, _ status: OperationStatus, _ reason: String? = nil) {
      record.outcome = outcome
      record.reason = reason
      for index in record.operations.indices { record.operations[index].status = status }
    }
    switch number {
    case 5:
      settle(.changed, .alreadySo)
    case 6:
      settle(.changed, .done)
      record.operations[0].wasRepeated = true
    case 10, 11:
      settle(.failed, .failed, "PUT DATADOG: 400 INVALID_API_KEY the key is not known in EU")
      record.advice = "check that the key belongs to the site EU, then resume with --retry failed"
    case 20:
      settle(.held, .planned, "DATADOG.region was \"US\", is \"US3\"")
      record.advice = "plan again, or apply with --accept-drift"
    case 30:
      settle(.inDoubt, .inDoubt, "PUT DATADOG: no answer within 30 s, and reading back failed")
    case 80...86: settle(.notStarted, .planned)
    default: settle(.changed, .done)
    }
    return record
  }

  static func summary(
    _ records: [ProjectRecord],
    info: RunInfo = info()
  ) -> RunSummary {
    var summary = RunSummary(info: info)
    summary.selected = records.count
    for record in records { summary.add(record) }
    return summary
  }
}
