import ArgumentParser
import AtlasSimulator
import Foundation
import GodwitCore
import GodwitRun

/// `godwit simulator`.
struct SimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulator",
    abstract: "Serve a local Atlas to rehearse against, or make its world anew.",
    subcommands: [
      SimulatorServeCommand.self, SimulatorResetCommand.self, SimulatorPersonCommand.self,
    ],
    defaultSubcommand: SimulatorServeCommand.self
  )
}

/// Which world a simulator has.
struct WorldOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("How many projects a new world gets.", valueName: "n")
  )
  var projects: Int = 200

  @Option(name: .long, help: ArgumentHelp("What a new world is made from.", valueName: "s"))
  var seed: UInt64 = 1
}

/// `godwit simulator serve`.
struct SimulatorServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a local Atlas on a loopback port until Ctrl-C.",
    discussion: """
      Without --world the world is in memory. It prints its base URL and its credentials as the \
      environment variables that godwit reads.
      """
  )

  @Option(
    name: .long,
    help: ArgumentHelp("The world's file; made on first use.", valueName: "file")
  )
  var world: String?

  @OptionGroup var options: WorldOptions

  @Option(name: .long, help: ArgumentHelp("The port; 0 is any free one.", valueName: "port"))
  var port: Int = 0

  @Option(
    name: .long,
    help: ArgumentHelp("How long each request takes, for example 20ms.", valueName: "duration")
  )
  var latency: Delay = Delay(milliseconds: 0)

  @Option(
    name: .customLong("fail-rate"),
    help: ArgumentHelp("The share of requests that fail, 0 to 1.", valueName: "share")
  )
  var failRate: Double = 0

  @Option(
    name: .customLong("token-lifetime"),
    help: ArgumentHelp(
      "How long tokens of service accounts are good (default: 1h).",
      valueName: "duration"
    )
  )
  var tokenLifetime: Span?

  @Option(
    name: .customLong("fault"),
    help: ArgumentHelp(
      "Requests that go wrong, for example closed-after,rate=0.05 (repeatable).",
      valueName: "rule"
    )
  )
  var fault: [String] = []

  @Option(
    name: .customLong("faults"),
    help: ArgumentHelp("A file of such rules, one on a line.", valueName: "file")
  )
  var faultsFile: String?

  @Option(
    name: .customLong("request-log"),
    help: ArgumentHelp("Append a JSON line for each request.", valueName: "file")
  )
  var requestLog: String?

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    try await Console.run(output) {
      var configuration = SimulatorConfiguration()
      if let world { configuration.world = .file(world) }
      configuration.projects = options.projects
      configuration.seed = options.seed
      configuration.port = port
      configuration.latency = .milliseconds(latency.milliseconds)
      configuration.failRate = failRate
      if let tokenLifetime { configuration.tokenLifetime = .seconds(tokenLifetime.seconds) }
      configuration.faults = try faultRules()
      configuration.requestLog = requestLog
      let simulator: Simulator
      do throws(SimulatorError) { simulator = try await Simulator.start(configuration) } catch {
        throw RunError(Diagnostic(simulatorError: error))
      }
      printAccess(simulator)
      await waitForStop()
      await simulator.stop()
      return .success
    }
  }

  /// The rules of the flags, then those of the file.
  private func faultRules() throws -> [FaultRule] {
    let file = try faultsFile.map { path in
      String(decoding: try InputFile.contents(of: path, called: "faults file"), as: UTF8.self)
    }
    do throws(SimulatorError) {
      var rules: [FaultRule] = []
      for text in fault { rules.append(try FaultRule(parsing: text)) }
      if let file { rules += try FaultRule.rules(parsing: file) }
      return rules
    } catch {
      throw RunError(Diagnostic(simulatorError: error))
    }
  }

  private func printAccess(_ simulator: Simulator) {
    let credentials = simulator.credentials
    if output.output == .json {
      let object: JSONObject = [
        "baseURL": .string(simulator.baseURL), "worldID": .string(simulator.worldID),
        "publicKey": .string(credentials.publicKey), "privateKey": .string(credentials.privateKey),
        "readOnlyPublicKey": .string(credentials.readOnly.publicKey),
        "readOnlyPrivateKey": .string(credentials.readOnly.privateKey),
        "accessToken": .string(credentials.accessToken),
        "clientID": .string(credentials.serviceAccount.clientID),
        "clientSecret": .string(credentials.serviceAccount.clientSecret),
        "readOnlyClientID": .string(credentials.readOnlyServiceAccount.clientID),
        "readOnlyClientSecret": .string(credentials.readOnlyServiceAccount.clientSecret),
      ]
      Console.output(JSONValue.object(object).encodedString() + "\n")
      return
    }
    let account = credentials.serviceAccount
    let reader = credentials.readOnlyServiceAccount
    Console.output(
      """
      # A simulated Atlas is listening; Ctrl-C ends it. To use it, in another terminal:
      export MONGODB_ATLAS_BASE_URL=\(simulator.baseURL)
      export MONGODB_ATLAS_PUBLIC_API_KEY=\(credentials.publicKey)
      export MONGODB_ATLAS_PRIVATE_API_KEY=\(credentials.privateKey)
      # A key that may only read: \(credentials.readOnly.publicKey) \(credentials.readOnly.privateKey)
      # An access token (MONGODB_ATLAS_ACCESS_TOKEN): \(credentials.accessToken)
      # A service account (MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET):
      #   \(account.clientID) \(account.clientSecret)
      # A service account that may only read:
      #   \(reader.clientID) \(reader.clientSecret)

      """
    )
  }

  /// Waits for Ctrl-C, SIGTERM or SIGHUP.
  private func waitForStop() async {
    let stop = StopSignal()
    let (stops, continuation) = AsyncStream<Void>.makeStream()
    let signals = Signals(stop: stop)
    signals.onStop { continuation.yield() }
    for await _ in stops { break }
    withExtendedLifetime(signals) {}
  }
}

/// `godwit simulator reset`.
struct SimulatorResetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset",
    abstract: "Make a simulator's world anew; what was done in it is lost."
  )

  @Option(name: .long, help: ArgumentHelp("The world's file.", valueName: "file"))
  var world: String = AtlasSession.defaultWorld

  @OptionGroup var options: WorldOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    try await Console.run(output) {
      if world == AtlasSession.defaultWorld { try RunFolder.prepare() }
      do throws(SimulatorError) {
        try Simulator.reset(worldFile: world, projects: options.projects, seed: options.seed)
      } catch {
        throw RunError(Diagnostic(simulatorError: error))
      }
      Console.output(
        "\(world): a new world of \(options.projects) projects from seed \(options.seed).\n"
      )
      return .success
    }
  }
}
