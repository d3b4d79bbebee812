/// What happens while a run goes on, for whoever shows it.
public enum RunEvent: Sendable, Hashable {
  /// A stage begins, for example `planning`, with so many projects to do.
  case began(stage: String, projects: Int)
  /// A project has ended in a bucket.
  case ended(ProjectOutcome)
  /// A script logged a line.
  case logged(project: String, LogLine)
  /// A remark for people, one line.
  case remark(String)
  /// The stage is over.
  case finished
}

/// Receives events; called from many tasks at once.
public typealias RunObserver = @Sendable (RunEvent) -> Void
