/// How far one operation has come.
public enum OperationStatus: String, Sendable, Hashable, CaseIterable {
  /// Planned; nothing was sent.
  case planned
  /// The intent is committed: it may be on its way.
  case sending
  /// Made, and Atlas said so or showed it.
  case done
  /// The project was at the image after already; nothing was sent.
  case alreadySo
  /// Refused by Atlas, or surely not made.
  case failed
  /// Sent, and nobody knows yet whether it was made.
  case inDoubt
  /// Somebody else changed the integration meanwhile; left as it is.
  case held

  /// Whether nothing more has to happen for it.
  public var isSettled: Bool { self == .done || self == .alreadySo }
}

/// One project of a run: its plan, and what became of it.
public struct ProjectRecord: Sendable, Hashable {
  /// One operation with its status.
  public struct OperationRecord: Sendable, Hashable {
    /// What was planned.
    public var operation: Operation
    /// How far it has come.
    public var status: OperationStatus
    /// Whether it was sent again after an attempt to which no answer was kept: it may have been made
    /// twice.
    public var wasRepeated: Bool

    /// Pairs an operation with its status.
    public init(operation: Operation, status: OperationStatus, wasRepeated: Bool = false) {
      self.operation = operation
      self.status = status
      self.wasRepeated = wasRepeated
    }
  }

  /// The plan; its outcome is the one of planning.
  public var plan: ProjectPlan
  /// The bucket that the project is in now.
  public var outcome: ProjectOutcome
  /// Why, in one line, where there is something to say.
  public var reason: String?
  /// What to do about it.
  public var advice: String?
  /// The line of the script that decided it.
  public var position: ScriptPosition?
  /// Whether a person has to say what became of a write, since nothing that Atlas shows tells.
  public var needsPerson: Bool
  /// The operations with their statuses.
  public var operations: [OperationRecord]

  /// Makes a record.
  public init(
    plan: ProjectPlan,
    outcome: ProjectOutcome,
    reason: String?,
    advice: String? = nil,
    position: ScriptPosition? = nil,
    needsPerson: Bool = false,
    operations: [OperationRecord]
  ) {
    self.plan = plan
    self.outcome = outcome
    self.reason = reason
    self.advice = advice
    self.position = position
    self.needsPerson = needsPerson
    self.operations = operations
  }

  /// A record of a plan of which nothing was applied yet.
  public init(planned plan: ProjectPlan) {
    self.init(
      plan: plan,
      outcome: plan.outcome,
      reason: plan.reason,
      advice: plan.advice,
      position: plan.position,
      operations: plan.operations.map { OperationRecord(operation: $0, status: .planned) }
    )
  }

  /// The project.
  public var project: Project { plan.project }
}
