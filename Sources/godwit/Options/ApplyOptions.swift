import ArgumentParser

/// What `apply` and `resume` take.
struct ApplyOptions: ParsableArguments {
  @Flag(name: .long, help: "Do not ask.")
  var yes = false

  @Option(
    name: .customLong("max-failures"),
    help: ArgumentHelp(
      "Stop once this many projects have failed or are in doubt (default: 10%, at least 10).",
      valueName: "n|n%"
    )
  )
  var maxFailures: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How long a write is given to show before it counts as not made.",
      valueName: "duration"
    )
  )
  var settle: Delay = Delay(milliseconds: 5000)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Stop then: after 90m, at 18:30, or at 2026-11-22T18:30:00Z; resume goes on.",
      valueName: "time"
    )
  )
  var deadline: Deadline?

  @Flag(
    name: .customLong("accept-irreversible"),
    help: "Accept operations that cannot be taken back."
  )
  var acceptIrreversible = false

  @Flag(
    name: .customLong("accept-drift"),
    help: "Plan again what was held for drift, show it, ask, and apply it."
  )
  var acceptDrift = false

  @Flag(name: .customLong("take-over"), help: "Take a run over from another host that has died.")
  var takeOver = false

  mutating func validate() throws {
    if let maxFailures, Self.limit(maxFailures, of: 100) == nil {
      throw ValidationError("--max-failures takes a number or a percentage, for example 5 or 2%.")
    }
  }

  /// The number of failures at which a run over so many projects stops.
  func failureLimit(of projects: Int) -> Int {
    if let maxFailures, let limit = Self.limit(maxFailures, of: projects) { return max(1, limit) }
    return max(10, (projects + 9) / 10)
  }

  private static func limit(_ text: String, of projects: Int) -> Int? {
    guard text.hasSuffix("%") else { return Int(text).flatMap { $0 > 0 ? $0 : nil } }
    guard let share = Double(text.dropLast()), share > 0, share <= 100 else { return nil }
    return Int((Double(projects) * share / 100).rounded(.up))
  }
}
