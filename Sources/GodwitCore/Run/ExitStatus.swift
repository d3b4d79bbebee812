/// How a command ends, for the shell.
public enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
  /// Done.
  case success = 0
  /// Could not start, or was declined, or planning failed for every project: nothing was written.
  case couldNotStart = 1
  /// With `--detailed-exitcode`: changes are pending.
  case changesPending = 2
  /// Finished; at least one project failed or was not found.
  case projectsFailed = 3
  /// Stopped before the end.
  case stoppedEarly = 4
  /// Projects are held, or a guard stopped before the first write.
  case held = 5
  /// Writes remain whose outcome is not known.
  case inDoubt = 6
  /// With `--detailed-exitcode`: tasks for people remain.
  case tasksPending = 7
  /// The command line is wrong.
  case usage = 64
  /// A defect of the program itself.
  case defect = 70
  /// The terminal went away.
  case hungUp = 129
  /// Ctrl-C.
  case interrupted = 130
  /// SIGTERM.
  case terminated = 143

  private static let precedence: [ExitStatus] = [
    .defect, .hungUp, .interrupted, .terminated, .inDoubt, .stoppedEarly, .projectsFailed, .held,
    .tasksPending, .changesPending, .usage, .couldNotStart,
  ]

  /// The one to end with when several hold.
  public static func worst(_ candidates: Set<ExitStatus>) -> ExitStatus {
    precedence.first { candidates.contains($0) } ?? .success
  }
}
