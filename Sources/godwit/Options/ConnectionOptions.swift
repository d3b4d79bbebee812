import ArgumentParser

/// Where a command goes.
struct ConnectionOptions: ParsableArguments {
  @Flag(
    name: .long,
    help: "Use the built-in simulator: no account, nothing to break; its world lasts."
  )
  var simulator = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The simulator's world (default: .godwit/simulator.db).",
      valueName: "file"
    )
  )
  var world: String?

  @Option(
    name: [.customShort("P"), .long],
    help: ArgumentHelp("The credentials of a profile of the Atlas CLI.", valueName: "name")
  )
  var profile: String?

  @Option(
    name: .customLong("base-url"),
    help: ArgumentHelp("The origin of the API (or MONGODB_ATLAS_BASE_URL).", valueName: "url")
  )
  var baseURL: String?

  @Flag(name: .customLong("allow-http"), help: "Accept plain http beyond this machine.")
  var allowHTTP = false

  @Option(
    name: [.customShort("j"), .long],
    help: ArgumentHelp("How many requests at once, 1 to 256.", valueName: "n")
  )
  var parallelism: Int = 32

  mutating func validate() throws {
    guard 1...256 ~= parallelism else {
      throw ValidationError("--parallelism takes a number from 1 to 256.")
    }
    if world != nil, !simulator, baseURL != nil {
      throw ValidationError(
        "--world names a world of the built-in simulator; leave --base-url out."
      )
    }
    if simulator, baseURL != nil {
      throw ValidationError("--simulator and --base-url exclude each other.")
    }
    if usesSimulator, profile != nil {
      throw ValidationError("The simulator has credentials of its own; leave --profile out.")
    }
  }

  /// How many projects are applied at once: some more than requests may be in flight, so that
  /// their places are not empty while a project waits for a commit.
  var projectsAtOnce: Int { parallelism + parallelism / 4 }

  /// Whether the built-in simulator is meant.
  var usesSimulator: Bool { simulator || world != nil }
}
