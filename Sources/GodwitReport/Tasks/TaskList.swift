public import GodwitCore

/// The work of a run that only people can do, with where to do it.
///
/// It grows with the number of tasks.
public struct TaskList: Sendable {
  /// One task of one project.
  public struct Row: Sendable, Hashable {
    /// The project.
    public var project: Project
    /// What to do there.
    public var task: PersonTask

    /// Puts a task with its project.
    public init(project: Project, task: PersonTask) {
      self.project = project
      self.task = task
    }
  }

  let info: RunInfo
  /// The tasks, in the order in which their projects were added.
  public private(set) var rows: [Row] = []

  /// Starts without tasks.
  public init(info: RunInfo) {
    self.info = info
  }

  /// Takes the tasks of one project.
  public mutating func add(_ record: ProjectRecord) {
    rows += record.plan.tasks.map { Row(project: record.project, task: $0) }
  }

  /// The tasks under their titles, in order: commonest title first, then by its bytes.
  var byTitle: [(title: String, rows: [Row])] {
    Dictionary(grouping: rows, by: \.task.title).sorted { left, right in
      if left.value.count != right.value.count { return left.value.count > right.value.count }
      return left.key.bytesPrecede(right.key)
    }
    .map { (title: $0.key, rows: $0.value) }
  }

  /// How many projects have a task.
  var projectCount: Int { Set(rows.map(\.project.id)).count }
}
