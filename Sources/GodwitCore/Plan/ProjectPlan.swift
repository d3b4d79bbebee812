/// What planning found for one project.
public struct ProjectPlan: Sendable, Hashable {
  /// The project.
  public var project: Project
  /// The bucket that it is in.
  public var outcome: ProjectOutcome
  /// Why it was skipped or held, or what failed: one line.
  public var reason: String?
  /// What to do about a failure.
  public var advice: String?
  /// The line of the script that decided the outcome.
  public var position: ScriptPosition?
  /// The writes, in the order in which they will be made.
  public var operations: [Operation]
  /// What a person has to do.
  public var tasks: [PersonTask]
  /// What the script logged.
  public var logs: [LogLine]
  /// What was read, as apply will check it again.
  public var reads: ReadSet
  /// Secret fields that were supplied and look the same already, by tail.
  public var unchangedSecrets: [UnchangedSecret]
  /// The alert configurations that go through an integration which is deleted.
  public var affectedAlerts: [AffectedAlert]

  /// Makes a plan of a project.
  public init(
    project: Project,
    outcome: ProjectOutcome,
    reason: String? = nil,
    advice: String? = nil,
    position: ScriptPosition? = nil,
    operations: [Operation] = [],
    tasks: [PersonTask] = [],
    logs: [LogLine] = [],
    reads: ReadSet = ReadSet(),
    unchangedSecrets: [UnchangedSecret] = [],
    affectedAlerts: [AffectedAlert] = []
  ) {
    self.project = project
    self.outcome = outcome
    self.reason = reason
    self.advice = advice
    self.position = position
    self.operations = operations
    self.tasks = tasks
    self.logs = logs
    self.reads = reads
    self.unchangedSecrets = unchangedSecrets
    self.affectedAlerts = affectedAlerts
  }
}

/// A secret field that a script supplied and that already shows the same tail and length.
public struct UnchangedSecret: Sendable, Hashable {
  /// The integration type.
  public var type: IntegrationType
  /// The field.
  public var field: String
  /// The last characters by which it was judged.
  public var tail: String

  /// Names a field and the tail that it shows.
  public init(type: IntegrationType, field: String, tail: String) {
    self.type = type
    self.field = field
    self.tail = tail
  }
}

/// A piece of work that only a person can do.
public struct PersonTask: Sendable, Hashable {
  /// What to do, in one line.
  public var title: String
  /// Where to do it.
  public var url: String?
  /// More about it.
  public var detail: String?
  /// The integration type that it is about, if it is about one.
  public var type: IntegrationType?

  /// Makes a task.
  public init(
    title: String,
    url: String? = nil,
    detail: String? = nil,
    type: IntegrationType? = nil
  ) {
    self.title = title
    self.url = url
    self.detail = detail
    self.type = type
  }
}

/// One line that a script logged.
public struct LogLine: Sendable, Hashable {
  /// How important the line is.
  public enum Level: String, Sendable, Hashable, CaseIterable {
    /// Of use when something is looked for.
    case debug
    /// Of use to whoever reads the report.
    case info
    /// Something to look at.
    case warn
    /// Something that is wrong.
    case error
  }

  /// How important it is.
  public var level: Level
  /// What was said.
  public var message: String
  /// The line of the script.
  public var position: ScriptPosition?

  /// Makes a line.
  public init(level: Level, message: String, position: ScriptPosition?) {
    self.level = level
    self.message = message
    self.position = position
  }
}
