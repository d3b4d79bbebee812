import GodwitCore

/// Counts the tasks for people by their titles.
struct TaskTally: Sendable {
  /// One title with the projects that have it.
  struct Entry: Sendable {
    var example: PersonTask
    var count = 0
    var names = NameTally()
  }

  private static let limit = 1000
  private var entries: [String: Entry] = [:]
  /// How many tasks there are in all.
  private(set) var count = 0
  /// How many projects have at least one.
  private(set) var projects = 0

  /// Counts the tasks of a project.
  mutating func add(_ record: ProjectRecord) {
    let tasks = record.plan.tasks
    guard !tasks.isEmpty else { return }
    projects += 1
    count += tasks.count
    var seen: Set<String> = []
    for task in tasks {
      let isKnown = entries[task.title] != nil || entries.count < Self.limit
      let title = isKnown ? task.title : "other tasks"
      var entry = entries[title] ?? Entry(example: PersonTask(title: title))
      entry.count += 1
      if seen.insert(title).inserted {
        let isExample = entry.names.add(record.project)
        if isExample, isKnown { entry.example = task }
      }
      entries[title] = entry
    }
  }

  /// The titles, commonest first.
  var sorted: [Entry] {
    entries.values.sorted { left, right in
      if left.count != right.count { return left.count > right.count }
      return left.example.title.bytesPrecede(right.example.title)
    }
  }
}
