import AtlasSimulator
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitRun

/// A connection to Atlas, or to a simulator that was started for it.
struct AtlasSession: Sendable {
  /// The connection.
  let connection: AtlasConnection
  /// The origin that is talked to.
  let baseURL: String
  /// The kind of credential and its last characters.
  let credential: (kind: String, tail: String)
  /// The client id of a service account; `nil` for other credentials.
  let clientID: String?
  /// The world of the simulator that was started; `nil` against Atlas.
  let world: RunTarget.World?

  private let simulator: Simulator?

  /// Where a simulator's world is unless another one is named.
  static let defaultWorld = ".godwit/simulator.db"

  /// Connects as the options say, or the environment.
  ///
  /// - Parameters:
  ///   - options: where to go.
  ///   - knownSecrets: what must not appear in the text of errors.
  /// - Returns: the session, which has to be closed.
  /// - Throws: ``RunError`` if there are no credentials, or the simulator cannot start.
  static func open(
    _ options: ConnectionOptions,
    knownSecrets: [SecretValue] = []
  ) async throws -> AtlasSession {
    if options.usesSimulator {
      return try await openSimulator(
        world: options.world ?? defaultWorld,
        parallelism: options.parallelism,
        knownSecrets: knownSecrets
      )
    }
    let access = try AtlasAccess(options, environment: ProcessInfo.processInfo.environment)
    return AtlasSession(
      target: access.target,
      credential: access.credential,
      parallelism: try FileLimit.parallelism(options.parallelism, hasSimulator: false),
      knownSecrets: knownSecrets,
      world: nil,
      simulator: nil
    )
  }

  /// Connects to what a run was planned against.
  ///
  /// - Throws: ``RunError`` if the options or the world disagree with the run.
  static func open(
    for run: RunInfo,
    _ options: ConnectionOptions,
    knownSecrets: [SecretValue]
  ) async throws -> AtlasSession {
    guard let world = run.target.world else {
      guard !options.usesSimulator else {
        throw RunError(
          Diagnostic(
            "the run was planned against \(run.target.baseURL), and cannot go to a simulator",
            advice: "leave --simulator out"
          )
        )
      }
      var options = options
      options.baseURL = try MachineOrigin(options).checked(against: run)
      return try await open(options, knownSecrets: knownSecrets)
    }
    guard options.baseURL == nil, options.world == nil || options.world == world.file else {
      throw RunError(
        Diagnostic(
          "the run was planned on the simulator's world \(world.file), and goes nowhere else",
          advice: "leave --base-url and --world out"
        )
      )
    }
    guard FileManager.default.fileExists(atPath: world.file) else {
      throw RunError(
        Diagnostic(
          "the simulator's world \(world.file) is gone",
          advice: "run it from the folder in which it was planned, or plan again"
        )
      )
    }
    let session = try await openSimulator(
      world: world.file,
      parallelism: options.parallelism,
      knownSecrets: knownSecrets
    )
    guard session.world?.id == world.id else {
      await session.close()
      throw RunError(
        Diagnostic(
          "the simulator's world \(world.file) is another one than the run was planned on",
          advice: "it was made anew since; plan again"
        )
      )
    }
    return session
  }

  /// Checks that credentials may go where a run says, before anything is done with it.
  ///
  /// - Throws: ``RunError`` if this machine names another server than the run.
  static func check(_ run: RunInfo, _ options: ConnectionOptions) throws {
    guard run.target.world == nil, !options.usesSimulator else { return }
    _ = try MachineOrigin(options).checked(against: run)
  }

  private static func openSimulator(
    world: String,
    parallelism: Int,
    knownSecrets: [SecretValue]
  ) async throws -> AtlasSession {
    let parallelism = try FileLimit.parallelism(parallelism, hasSimulator: true)
    let isNew = !FileManager.default.fileExists(atPath: world)
    if world == defaultWorld { try RunFolder.prepare() }
    var configuration = SimulatorConfiguration()
    configuration.world = .file(world)
    let simulator: Simulator
    do throws(SimulatorError) { simulator = try await Simulator.start(configuration) } catch {
      throw RunError(Diagnostic(simulatorError: error))
    }
    if isNew {
      Console.note(
        "Simulator: made the world \(world) with \(configuration.projects) projects."
          + " It lasts between commands and keeps the keys it is given.\n"
      )
    }
    let target: AtlasTarget
    do throws(AtlasError) { target = try AtlasTarget(baseURL: simulator.baseURL) } catch {
      throw RunError(error)
    }
    return AtlasSession(
      target: target,
      credential: .digest(
        publicKey: simulator.credentials.publicKey,
        privateKey: SecretValue(simulator.credentials.privateKey)
      ),
      parallelism: parallelism,
      knownSecrets: knownSecrets,
      world: RunTarget.World(file: world, id: simulator.worldID),
      simulator: simulator
    )
  }

  private init(
    target: AtlasTarget,
    credential: AtlasCredential,
    parallelism: Int,
    knownSecrets: [SecretValue],
    world: RunTarget.World?,
    simulator: Simulator?
  ) {
    connection = AtlasConnection(
      AtlasConfiguration(
        target: target,
        credential: credential,
        parallelism: parallelism,
        userAgent: "godwit/\(Godwit.version)",
        knownSecrets: knownSecrets
      )
    )
    baseURL = target.baseURL
    self.credential = (credential.kindName, credential.tail)
    clientID = if case .serviceAccount(let id, _) = credential { id } else { nil }
    self.world = world
    self.simulator = simulator
  }

  /// What the head of a run says of it.
  var target: RunTarget {
    RunTarget(
      baseURL: baseURL,
      world: world,
      credentialKind: credential.kind,
      credentialTail: credential.tail
    )
  }

  /// Ends the connection, and the simulator if one was started.
  func close() async {
    await connection.shutdown()
    await simulator?.stop()
  }
}

extension Diagnostic {
  /// What the simulator says to a person.
  init(simulatorError error: SimulatorError) {
    let problem = error.problem.hasSuffix(".") ? String(error.problem.dropLast()) : error.problem
    self.init("\(error.subject): \(problem)", advice: error.advice)
  }
}
