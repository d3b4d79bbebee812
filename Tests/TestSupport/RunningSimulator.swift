public import AtlasSimulator
public import GodwitAtlas
internal import GodwitCore

/// A simulator for the time of a test, with its request log and a client.
public struct RunningSimulator: Sendable {
  /// The simulator.
  public let simulator: Simulator
  /// A connection with the owner's key.
  public let connection: AtlasConnection
  /// The path of the request log.
  public let logPath: String

  /// What was asked of it so far.
  public var requests: [LoggedRequest] { LoggedRequest.read(logPath) }
  /// The world beside the API.
  public var world: SimulatorWorld { simulator.world }
  /// Reads over the connection.
  public var reader: AtlasReader { AtlasReader(connection) }
  /// Writes over the connection.
  public var writer: AtlasWriter { AtlasWriter(connection) }

  /// How a client of a simulator is set up: no waits to speak of between attempts.
  public static func configuration(
    for simulator: Simulator,
    privateKey: String? = nil
  ) throws -> AtlasConfiguration {
    let target = try AtlasTarget(baseURL: simulator.baseURL)
    return AtlasConfiguration(
      target: target,
      credential: .digest(
        publicKey: simulator.credentials.publicKey,
        privateKey: SecretValue(privateKey ?? simulator.credentials.privateKey)
      ),
      parallelism: 16,
      retry: RetryPolicy(
        base: .milliseconds(1),
        cap: .milliseconds(2),
        retryAfterCap: .milliseconds(2),
        reserve: 10_000
      )
    )
  }

  /// Starts a simulator and a client for the time of a call.
  ///
  /// - Parameters:
  ///   - folder: where the request log goes.
  ///   - adjust: changes the simulator's settings; 40 projects in memory unless changed.
  ///   - client: changes the client's settings.
  ///   - body: uses them.
  /// - Returns: what `body` returns.
  /// - Throws: what starting the simulator throws, and what `body` throws.
  public static func with<Result: Sendable>(
    _ folder: TemporaryFolder,
    _ adjust: (inout SimulatorConfiguration) -> Void = { _ in },
    client: (inout AtlasConfiguration) -> Void = { _ in },
    _ body: (RunningSimulator) async throws -> Result
  ) async throws -> Result {
    var configuration = SimulatorConfiguration()
    configuration.projects = 40
    configuration.requestLog = folder.file("requests.jsonl")
    adjust(&configuration)
    let simulator = try await Simulator.start(configuration)
    do {
      var settings = try Self.configuration(for: simulator)
      client(&settings)
      let connection = AtlasConnection(settings)
      let result: Result
      do {
        result = try await body(
          RunningSimulator(
            simulator: simulator,
            connection: connection,
            logPath: folder.file("requests.jsonl")
          )
        )
      } catch {
        await connection.shutdown()
        throw error
      }
      await connection.shutdown()
      await simulator.stop()
      return result
    } catch {
      await simulator.stop()
      throw error
    }
  }
}
