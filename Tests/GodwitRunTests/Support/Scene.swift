import GodwitAtlas
import GodwitCore
@testable import GodwitJournal
@testable import GodwitScript

@testable import GodwitRun

/// One project as a machine meets it: what is known, what Atlas answers, what has to be done.
struct Scene: Sendable {
  /// What Atlas, or the script, answers to the next action.
  enum Reply: Sendable {
    case shows([Integration])
    case view(ProjectView)
    /// Reading fails, and the run has no retries left.
    case readFails(AtlasError)
    /// Reading fails for the moment.
    case readFailsNow(AtlasError)
    case answers(Integration?)
    case writes(WriteAnswer)
    case refuses(AtlasError)
    /// The write waits for its turn, and fails these milliseconds after its intent.
    case refusesLate(AtlasError, milliseconds: Int64)
    case verifies(String?)
    /// `verify` ends, and could not read something.
    case verifiesUnread(String?, AtlasError)
    /// `verify` is not run again, for lack of retries.
    case verifiesNoMore(AtlasError)
    /// The run stops while `verify` is running.
    case stops
  }

  var operations: [Operation] = [Sample.move]
  var reads = ReadSet(images: ["DATADOG": Sample.us.fields])
  var statuses: [OperationStatus] = []
  var intents: [Int: CommittedIntent] = [:]
  var answers: [Int: JSONObject] = [:]
  var unanswered: Set<Int> = []
  var wasSettled = false
  var hasVerify = false
  var mayLackIntents = false
  /// When the process began.
  var start = now - 60_000
  var replies: [Reply] = []

  static let settleMilliseconds: Int64 = 5000
  static let now: Int64 = 1_000_000

  private var machine: ProjectMachine {
    let plan = ProjectPlan(
      project: Project(
        id: ProjectID("5f0000000000000000000001"),
        name: "shop",
        organization: OrganizationID("o")
      ),
      outcome: .changed,
      operations: operations,
      reads: reads
    )
    var record = ProjectRecord(planned: plan)
    for (index, status) in statuses.enumerated() { record.operations[index].status = status }
    record.outcome = .notStarted
    return ProjectMachine(
      RunFile.Pending(
        position: 1,
        record: record,
        intents: intents,
        answers: answers,
        suspects: mayLackIntents ? Set(operations.map(\.number)).subtracting(intents.keys) : [],
        unanswered: unanswered,
        wasSettled: wasSettled
      ),
      hasVerify: hasVerify,
      settleMilliseconds: Self.settleMilliseconds,
      startMilliseconds: start
    )
  }

  /// Plays the scene and says what was done, a line for each action; parking moves the clock.
  func play() -> [String] {
    var machine = machine
    var replies = replies[...]
    var clock = Self.now
    var trace: [String] = []
    var event = ProjectMachine.Event.began
    while trace.count < 60 {
      let action = machine.next(event, at: clock)
      trace.append(Self.text(action))
      switch action {
      case .commit: event = .committed
      case .park(let until, _):
        clock = until
        event = .woke
      case .ended, .leave: return trace + replies.map { "not asked for: \($0)" }
      case .read, .send, .verify:
        guard let reply = replies.popFirst(), let answer = Self.event(reply, to: action) else {
          return trace + ["nothing answers"]
        }
        if case .refusesLate(_, let milliseconds) = reply { clock += milliseconds }
        event = answer
      }
    }
    return trace + ["endless"]
  }

  private static func event(
    _ reply: Reply,
    to action: ProjectMachine.Action
  ) -> ProjectMachine.Event? {
    switch (action, reply) {
    case (.read, .shows(let integrations)): .read(.success(ProjectView(integrations: integrations)))
    case (.read, .view(let view)): .read(.success(view))
    case (.send, .writes(let answer)): .sent(.success(answer))
    case (.read, .readFails(let error)): .read(.failure(error.unpaid))
    case (.read, .readFailsNow(let error)): .read(.failure(error))
    case (.send, .answers(let integration)): .sent(.success(.integration(integration)))
    case (.send, .refuses(let error)), (.send, .refusesLate(let error, _)): .sent(.failure(error))
    case (.verify, .verifies(let reason)):
      .verified(reason.map { ProjectVerifier.Failure(reason: $0) }, unread: nil)
    case (.verify, .verifiesNoMore(let error)): .unverified(error.unpaid)
    case (.verify, .stops): .stopped
    case (.verify, .verifiesUnread(let reason, let error)):
      .verified(reason.map { ProjectVerifier.Failure(reason: $0) }, unread: error)
    default: nil
    }
  }

  private static func text(_ action: ProjectMachine.Action) -> String {
    switch action {
    case .read: "read"
    case .commit(let entries, let announcesWrite):
      (announcesWrite ? "announce " : "note ") + entries.map(text).joined(separator: ", ")
    case .send(let operation, _):
      "send \(operation.words)"
        + (operation.target.request != nil && operation.verb == .update
          ? " " + JSONValue.object(operation.body ?? [:]).encodedString() : "")
    case .park(let until, _): "wait until +\(until - now)"
    case .verify: "verify"
    case .ended(let outcome): "end \(outcome)"
    case .leave(let error): "leave" + (error.map { ": \($0.kind)" } ?? "")
    }
  }

  private static func text(_ entry: JournalEntry) -> String {
    let number = entry.number.map { " \($0)" } ?? ""
    switch entry.event {
    case .intent(_, _, let isRepeat): return "intent\(number)" + (isRepeat ? " again" : "")
    case .outcome(let status, _, _): return "\(status)\(number)"
    case .settled(let outcome, let reason, _, _, let needsPerson):
      return "settled \(outcome)" + (reason.map { " (\($0))" } ?? "")
        + (needsPerson ? ", a person has to say" : "")
    case .reopened: return "reopened"
    }
  }
}

extension Integration {
  /// What reading back compares.
  var image: ShownImage { ShownImage(fields: fields, stamp: stamp) }
}

/// Values that scenes are made of.
enum Sample {
  static let oldKey = JSONValue.masked(MaskedValue(tail: "1234", length: 32))
  static let newKey = JSONValue.masked(MaskedValue(tail: "9abc", length: 32))
  static let secret = JSONValue.secret(SecretReference(name: "apiKey"))

  static let us = Integration(
    type: "DATADOG",
    stamp: "1",
    fields: ["region": "US", "apiKey": oldKey]
  )
  static let eu = Integration(
    type: "DATADOG",
    stamp: "2",
    fields: ["region": "EU", "apiKey": newKey]
  )
  static let elsewhere = Integration(
    type: "DATADOG",
    stamp: "3",
    fields: ["region": "AP1", "apiKey": oldKey]
  )
  static let pager = Integration(
    type: "PAGER_DUTY",
    stamp: "7",
    fields: ["serviceKey": newKey, "region": "EU"]
  )
  /// Its password is not shown, so that it looks the same before and after.
  static let prometheus = Integration(
    type: "PROMETHEUS",
    stamp: "5",
    fields: ["username": "u", "enabled": true, "serviceDiscovery": "http"]
  )

  static func operation(
    _ verb: Verb,
    _ number: Int = 1,
    _ type: IntegrationType = "DATADOG",
    before: JSONObject?,
    body: JSONObject?,
    after: JSONObject?
  ) -> Operation {
    Operation(
      number: number,
      verb: verb,
      type: type,
      before: before,
      body: body?.merging(["type": .string(type.text)]),
      after: after,
      changes: [],
      grade: .withSecret,
      position: nil
    )
  }

  static let move = operation(
    .update,
    before: us.fields,
    body: ["region": "EU", "apiKey": secret],
    after: eu.fields
  )
  static let page = create(2)
  static let remove = operation(.delete, before: us.fields, body: nil, after: nil)
  static let rotate = operation(
    .update,
    1,
    "PROMETHEUS",
    before: prometheus.fields,
    body: prometheus.fields.merging(["password": secret]),
    after: prometheus.fields
  )

  static func create(_ number: Int = 1) -> Operation {
    operation(
      .create,
      number,
      "PAGER_DUTY",
      before: nil,
      body: ["serviceKey": secret, "region": "EU"],
      after: pager.fields
    )
  }

  static func intent(
    _ integration: Integration?,
    isRepeat: Bool = false
  ) -> CommittedIntent {
    CommittedIntent(
      image: integration?.fields,
      stamp: integration?.stamp,
      isRepeat: isRepeat
    )
  }

  /// The same integration as another version, or with other fields.
  static func changed(
    _ integration: Integration,
    _ fields: JSONObject = [:],
    stamp: String?
  ) -> Integration {
    Integration(
      type: integration.type,
      stamp: stamp,
      fields: integration.fields.merging(fields)
    )
  }

  static let timeout = AtlasError(kind: .timeout, arrival: .unknown)
  static let badRequest = AtlasError(
    kind: .status,
    status: 400,
    errorCode: "BAD",
    arrival: .refused
  )
  static let conflict = AtlasError(
    kind: .status,
    status: 409,
    errorCode: "INTEGRATION_ALREADY_CONFIGURED",
    arrival: .unknown
  )
  static let notConfigured = AtlasError(
    kind: .status,
    status: 404,
    errorCode: "INTEGRATION_NOT_CONFIGURED",
    arrival: .refused
  )
  /// Asks to be left alone for seven seconds.
  static let busy = AtlasError(
    kind: .status,
    status: 503,
    retryAfter: .seconds(7),
    arrival: .refused
  )
  static let serverError = AtlasError(kind: .status, status: 500, arrival: .unknown)
  static let unreachable = AtlasError(kind: .connect, arrival: .notArrived)
  static let wrongKey = AtlasError(kind: .wrongCredentials, status: 401, arrival: .refused)
  static let cancelled = AtlasError(kind: .cancelled, arrival: .notArrived)
}
