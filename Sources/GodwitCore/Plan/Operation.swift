/// What a write does.
public enum Verb: String, Sendable, Hashable, CaseIterable {
  /// POST.
  case create
  /// PUT.
  case update
  /// DELETE.
  case delete
  /// PATCH of whether an alert configuration is on.
  case toggle
}

/// How far an operation can be taken back.
public enum Reversibility: String, Sendable, Hashable, CaseIterable {
  /// Going back restores everything.
  case exact
  /// Going back needs a secret that the run file does not hold.
  case withSecret = "with a secret"
  /// Going back takes a person, as OAuth consent does.
  case byPerson = "by a person"
  /// There is no way back.
  case notAtAll = "not at all"
}

/// One field that an operation changes.
public struct FieldChange: Sendable, Hashable {
  /// The field's name.
  public var field: String
  /// What Atlas shows before; `nil` if the field was absent.
  public var before: JSONValue?
  /// What Atlas will show after; `nil` if the field goes away.
  public var after: JSONValue?
  /// Whether it is a secret of which Atlas shows too little to tell whether it changes.
  public var isUnknowable: Bool

  /// Makes a change.
  public init(
    field: String,
    before: JSONValue?,
    after: JSONValue?,
    isUnknowable: Bool = false
  ) {
    self.field = field
    self.before = before
    self.after = after
    self.isUnknowable = isUnknowable
  }
}

/// One write to Atlas, planned: all that is needed to check, send, judge and explain it.
public struct Operation: Sendable, Hashable {
  /// Its place among the operations of its project, from 1.
  public var number: Int
  /// What it does.
  public var verb: Verb
  /// What it writes to.
  public var target: OperationTarget
  /// The image before: the fields as Atlas showed them; `nil` if there was nothing.
  public var before: JSONObject?
  /// The body to send, complete, with secrets as references; `nil` for a delete.
  public var body: JSONObject?
  /// The image that Atlas will show after; `nil` for a delete.
  public var after: JSONObject?
  /// The fields that change, in order.
  public var changes: [FieldChange]
  /// How far it can be taken back.
  public var grade: Reversibility
  /// Secret fields that a delete takes with it and that were not given as escrow.
  public var lostSecrets: [String]
  /// The line of the script that made it.
  public var position: ScriptPosition?

  /// Makes an operation.
  public init(
    number: Int,
    verb: Verb,
    target: OperationTarget,
    before: JSONObject?,
    body: JSONObject?,
    after: JSONObject?,
    changes: [FieldChange],
    grade: Reversibility,
    lostSecrets: [String] = [],
    position: ScriptPosition?
  ) {
    self.number = number
    self.verb = verb
    self.target = target
    self.before = before
    self.body = body
    self.after = after
    self.changes = changes
    self.grade = grade
    self.lostSecrets = lostSecrets
    self.position = position
  }

  /// Makes an operation on an integration.
  public init(
    number: Int,
    verb: Verb,
    type: IntegrationType,
    before: JSONObject?,
    body: JSONObject?,
    after: JSONObject?,
    changes: [FieldChange],
    grade: Reversibility,
    lostSecrets: [String] = [],
    position: ScriptPosition?
  ) {
    self.init(
      number: number,
      verb: verb,
      target: .integration(type),
      before: before,
      body: body,
      after: after,
      changes: changes,
      grade: grade,
      lostSecrets: lostSecrets,
      position: position
    )
  }

  /// What it does and to what, for example `update DATADOG`; a request says both by itself.
  public var words: String {
    target.request.map(\.description) ?? "\(verb.rawValue) \(target)"
  }

  /// The operations whose answers are needed to send it.
  public var pendingValues: Set<PendingValue> {
    body.map { JSONValue.object($0).pendingValues } ?? []
  }

  /// Whether `--accept-irreversible` is needed for it.
  public var isIrreversible: Bool {
    grade == .notAtAll || !lostSecrets.isEmpty
  }

  /// The secrets whose values are needed to send it.
  public var secretNames: Set<String> {
    body.map { JSONValue.object($0).secretNames } ?? []
  }
}
