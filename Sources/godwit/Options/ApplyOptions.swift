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
    ),
    transform: FailureLimit.parse
  )
  var maxFailures: FailureLimit?

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
}
