import ArgumentParser

/// The run file that a command makes.
struct RunFileOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Where to keep the run; never overwrites.", valueName: "file")
  )
  var out: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How long the plan may wait to be applied (default: 24h).",
      valueName: "duration"
    )
  )
  var expires: Span?

  /// How long the plan may wait to be applied, in seconds.
  var expirySeconds: Int64 { (expires ?? Span(seconds: 86_400)).seconds }
}

/// A length of time as typed: `90s`, `30m`, `72h`, `2d`.
struct Span: ExpressibleByArgument, CustomStringConvertible {
  let seconds: Int64

  init(seconds: Int64) {
    self.seconds = seconds
  }

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = argument.last.flatMap({ units[$0] }),
      let number = Int64(argument.dropLast()), number >= 0, number < 1_000_000
    else { return nil }
    seconds = number * unit
  }

  var defaultValueDescription: String { description }

  var description: String {
    for (suffix, length) in [("h", Int64(3600)), ("m", 60)]
    where seconds > 0 && seconds % length == 0 {
      return "\(seconds / length)\(suffix)"
    }
    return "\(seconds)s"
  }
}
