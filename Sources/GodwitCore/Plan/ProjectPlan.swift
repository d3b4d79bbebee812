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
    unchangedSecrets: [UnchangedSecret] = []
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

/// The integrations that a script depended on, as they were when it was planned.
public struct ReadSet: Sendable, Hashable {
  /// Whether the script looked at all of them, so that a new one is drift too.
  public var isEverything: Bool
  /// The image of each type that was looked at; `nil` for one that was not configured.
  public var images: [IntegrationType: JSONObject?]

  /// Makes a set.
  public init(isEverything: Bool = false, images: [IntegrationType: JSONObject?] = [:]) {
    self.isEverything = isEverything
    self.images = images
  }

  /// Whether nothing was read.
  public var isEmpty: Bool { !isEverything && images.isEmpty }

  /// What differs between what was read then and what is there now, one phrase a difference.
  ///
  /// - Parameter current: all integrations of the project as they are now.
  /// - Returns: for example `DATADOG.region was "US", is "EU"`.
  public func drift(to current: [Integration]) -> [String] {
    let now = Dictionary(
      current.map { ($0.type, $0.fields) },
      uniquingKeysWith: { first, _ in first }
    )
    var types = Set(images.keys)
    if isEverything { types.formUnion(now.keys) }
    return types.sorted().flatMap { type in
      Self.drift(of: type, from: images[type] ?? nil, to: now[type])
    }
  }

  private static func drift(
    of type: IntegrationType,
    from before: JSONObject?,
    to now: JSONObject?
  ) -> [String] {
    switch (before, now) {
    case (nil, nil): []
    case (nil, _?): ["\(type) was not configured, and is now"]
    case (_?, nil): ["\(type) was configured, and is not any more"]
    case (let before?, let now?):
      ImageComparison.differences(before, now).map { field in
        "\(type).\(field) was \(shown(before[field])), is \(shown(now[field]))"
      }
    }
  }

  private static func shown(_ value: JSONValue?) -> String {
    switch value {
    case nil: "absent"
    case .masked(let masked)?: masked.description
    case let value?: value.encodedString()
    }
  }
}
