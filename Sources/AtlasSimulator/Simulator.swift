import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// A running simulator: an HTTP server on 127.0.0.1 that answers like the Atlas Administration API.
///
/// It runs until ``stop()``, which has to be called; dropping the value does not end it.
public struct Simulator: Sendable {
  /// Scheme, host and port, for example `http://127.0.0.1:49152`; paths begin with `/api/atlas`.
  public let baseURL: String
  /// The credentials that are accepted.
  public let credentials: SimulatorCredentials

  private let store: WorldStore
  private let tokens: TokenTable
  private let log: RequestLog?
  private let server: Server<LoopBoundChannel>
  private let running: Task<Void, Never>

  /// What the world is called; a world file keeps it, and equal worlds share it.
  public var worldID: String { store.worldID }

  /// The world itself, beside the API.
  public var world: SimulatorWorld { SimulatorWorld(store: store) }

  /// Opens or makes the world, and serves it.
  ///
  /// - Parameter configuration: Which world, on which port, how slow and how faulty.
  /// - Returns: The simulator, once it accepts connections.
  /// - Throws: ``SimulatorError`` if a setting makes no sense, the world file is not one or cannot
  ///   be used, the request log cannot be written, or the port is taken.
  public static func start(
    _ configuration: SimulatorConfiguration
  ) async throws(SimulatorError) -> Simulator {
    try configuration.check()
    let store = try openWorld(configuration)
    do {
      return try await serve(store, configuration)
    } catch {
      store.close()
      throw error
    }
  }

  /// Makes the world of a file anew, as it was first made; everything done to it is lost.
  ///
  /// - Parameters:
  ///   - worldFile: The path; if there is a file, it must be a world that nobody has open.
  ///   - projects: How many projects the world gets.
  ///   - seed: What it is made from.
  /// - Throws: ``SimulatorError`` if the file is not a world, is in use, or cannot be written.
  public static func reset(
    worldFile: String,
    projects: Int,
    seed: UInt64
  ) throws(SimulatorError) {
    var configuration = SimulatorConfiguration()
    configuration.projects = projects
    try configuration.check()
    try WorldFile(path: worldFile).reset(projects: projects, seed: seed)
  }

  /// Changes how a service account stands, as a person would in the user interface.
  ///
  /// - Parameters:
  ///   - account: One of ``credentials``.
  ///   - standing: How it stands from now on, until the simulator stops.
  public func set(
    _ account: SimulatorCredentials.ServiceAccount,
    to standing: ServiceAccountStanding
  ) {
    tokens.set(standing, for: account.clientID)
  }

  /// Edits the world of a file, served meanwhile or not.
  ///
  /// - Parameters:
  ///   - worldFile: The path of a world.
  ///   - edit: Gets the world.
  /// - Throws: ``SimulatorError`` if there is no such file or it is not a world, and what `edit`
  ///   throws.
  public static func editWorld(
    ofFile worldFile: String,
    _ edit: (SimulatorWorld) throws(SimulatorError) -> Void
  ) throws(SimulatorError) {
    let store = try WorldFile(path: worldFile).openExisting()
    defer { store.close() }
    try edit(SimulatorWorld(store: store))
  }

  /// Stops accepting, lets the requests that are under way finish, closes the world and the log.
  public func stop() async {
    try? await server.shutdownGracefully()
    await running.value
    log?.finish()
    store.close()
  }

  private static func openWorld(
    _ configuration: SimulatorConfiguration
  ) throws(SimulatorError) -> WorldStore {
    switch configuration.world {
    case .memory:
      try WorldStore.inMemory(projects: configuration.projects, seed: configuration.seed)
    case .file(let path):
      try WorldFile(path: path).open(projects: configuration.projects, seed: configuration.seed)
    }
  }

  /// The rules of a configuration, with the ids of the projects that they name.
  private static func rules(
    of configuration: SimulatorConfiguration,
    in store: WorldStore
  ) throws(SimulatorError) -> [FaultRule] {
    var rules: [FaultRule] = []
    for var rule in configuration.faults {
      if let name = rule.project {
        guard let id = try SimulatorWorld(store: store).projectID(named: name) else {
          throw .invalidFault(rule.faults[0].rawValue, "The world has no project \"\(name)\".")
        }
        rule.project = id
      }
      rules.append(rule)
    }
    if configuration.failRate > 0 { rules.append(FaultRule(failRate: configuration.failRate)) }
    return rules
  }

  private static func serve(
    _ store: WorldStore,
    _ configuration: SimulatorConfiguration
  ) async throws(SimulatorError) -> Simulator {
    var log: RequestLog?
    if let path = configuration.requestLog { log = try RequestLog(path: path) }
    let credentials = SimulatorCredentials(worldID: store.worldID)
    let tokens = TokenTable(
      [credentials.serviceAccount, credentials.readOnlyServiceAccount],
      limits: TokenTable.Limits(
        lifetime: configuration.tokenLifetime,
        requestsPerMinute: configuration.tokenRequestsPerMinute
      )
    )
    let pipeline = RequestPipeline(
      api: AtlasAPI(
        store: store,
        putSemantics: configuration.putSemantics,
        v1Masking: configuration.v1Masking,
        showsFlowdockInV2: configuration.showsFlowdockInV2
      ),
      authenticator: Authenticator(
        credentials: credentials,
        tokens: tokens,
        nonceLifetime: configuration.nonceLifetime,
        now: configuration.now
      ),
      tokenEndpoint: TokenEndpoint(
        tokens: tokens,
        limitForm: configuration.tokenLimitForm,
        now: configuration.now
      ),
      faults: FaultSchedule(
        rules: try rules(of: configuration, in: store),
        seed: configuration.seed
      ),
      log: log,
      latency: TimeAmount(configuration.latency)
    )
    let (ports, port) = AsyncStream<Int?>.makeStream()
    let server = Server(
      childChannelSetup: LoopBoundChannel(
        http: HTTP1Channel { request, writer, channel in
          try await pipeline.respond(to: request, with: writer, on: channel)
        }
      ),
      configuration: ServerConfiguration(
        address: .hostname("127.0.0.1", port: configuration.port),
        backlog: 4096
      ),
      onServerRunning: { channel in port.yield(channel.localAddress?.port) },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "AtlasSimulator") { _ in SwiftLogNoOpLogHandler() }
    )
    let running = Task {
      try? await server.run()
      port.finish()
    }
    for await case let port? in ports {
      return Simulator(
        baseURL: "http://127.0.0.1:\(port)",
        credentials: credentials,
        store: store,
        tokens: tokens,
        log: log,
        server: server,
        running: running
      )
    }
    log?.finish()
    throw SimulatorError(
      kind: .portUnavailable,
      subject: "port \(configuration.port)",
      problem: "The simulator cannot listen on it, most likely since another program does.",
      advice: "Name another port, or 0 for any that is free."
    )
  }
}

extension SimulatorConfiguration {
  /// Refuses settings that make no sense.
  func check() throws(SimulatorError) {
    let problem: (String, String)? =
      if !(0...1).contains(failRate) {
        ("fail rate", "\(failRate) is not a share from 0 to 1.")
      } else if latency < .zero || latency > .seconds(3600) {
        ("latency", "\(latency) is not a time from 0 to an hour.")
      } else if !(0...1_000_000).contains(projects) {
        ("projects", "\(projects) is not a number from 0 to 1,000,000.")
      } else if !(0...65_535).contains(port) {
        ("port", "\(port) is not a port.")
      } else if tokenLifetime < .seconds(1) || tokenLifetime > .seconds(86_400) {
        ("token lifetime", "\(tokenLifetime) is not a time from a second to a day.")
      } else if tokenRequestsPerMinute < 0 {
        ("token limit", "\(tokenRequestsPerMinute) is not a number of requests.")
      } else {
        nil
      }
    guard let (subject, text) = problem else { return }
    throw SimulatorError(
      kind: .invalidSetting,
      subject: subject,
      problem: text,
      advice: "Set it within its limits."
    )
  }
}
