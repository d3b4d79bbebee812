/// The bucket that a project is in; every selected project is in exactly one.
public enum ProjectOutcome: String, Sendable, Hashable, CaseIterable {
  /// Has writes: planned ones in a plan, made ones once applied.
  case changed
  /// Nothing to do.
  case unchanged
  /// The script passed it over, with a reason.
  case skipped
  /// A person must decide; none of its writes was made.
  case held
  /// Has tasks for people and no writes.
  case manual
  /// Something went wrong; later writes of it were not made.
  case failed
  /// It was named and does not exist, or is not visible to the credentials.
  case notFound
  /// A write was sent and its outcome is not known.
  case inDoubt
  /// Planned, and not begun.
  case notStarted
}

/// How many projects are in each bucket.
public struct Totals: Sendable, Hashable {
  /// How many were selected, counted when they were selected.
  public var selected: Int
  /// How many are in each bucket, counted as they ended.
  public var counts: [ProjectOutcome: Int]

  /// Starts with nothing counted.
  public init(selected: Int = 0, counts: [ProjectOutcome: Int] = [:]) {
    self.selected = selected
    self.counts = counts
  }

  /// How many are in a bucket.
  public subscript(outcome: ProjectOutcome) -> Int {
    get { counts[outcome] ?? 0 }
    set { counts[outcome] = newValue }
  }

  /// Whether the buckets add up to what was selected; if not, that is a defect of the program.
  public var isBalanced: Bool {
    counts.values.reduce(0, +) == selected
  }
}
