import GodwitAtlas
import GodwitCore
import Synchronization

/// A client of a scripted server, and what its retries waited.
struct Client: Sendable {
  let connection: AtlasConnection
  let waits: Waits

  var reader: AtlasReader { AtlasReader(connection) }
  var writer: AtlasWriter { AtlasWriter(connection) }

  static let publicKey = "abcdefgh"
  static let privateKey = "00000000-1111-2222-3333-444444445555"
  static let key = AtlasCredential.digest(
    publicKey: publicKey,
    privateKey: SecretValue(privateKey)
  )
  static let token = AtlasCredential.accessToken(SecretValue("token-of-many-letters-9xyz"))
  static let project = ProjectID("0123456789abcdef01234567")

  /// Records waits instead of waiting.
  final class Waits: Sendable {
    private let list = Mutex<[Duration]>([])
    var all: [Duration] { list.withLock { $0 } }
    func note(_ wait: Duration) { list.withLock { $0.append(wait) } }
  }

  /// Runs a script and a client against each other.
  static func with<Result: Sendable>(
    _ credential: AtlasCredential = Client.token,
    _ adjust: (inout AtlasConfiguration) -> Void = { _ in },
    script: @escaping ScriptedServer.Script,
    _ body: (Client, ScriptedServer) async throws -> Result
  ) async throws -> Result {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    return try await with(credential, origin: server.origin, adjust) {
      try await body($0, server)
    }
  }

  /// Runs a client against an origin.
  static func with<Result: Sendable>(
    _ credential: AtlasCredential = Client.token,
    origin: String,
    _ adjust: (inout AtlasConfiguration) -> Void = { _ in },
    _ body: (Client) async throws -> Result
  ) async throws -> Result {
    let waits = Waits()
    var configuration = AtlasConfiguration(
      target: try AtlasTarget(baseURL: origin),
      credential: credential,
      retry: RetryPolicy(random: { 0.5 }, sleep: { waits.note($0) }),
      userAgent: "godwit/test"
    )
    adjust(&configuration)
    return try await AtlasConnection.withConnection(configuration) { connection in
      try await body(Client(connection: connection, waits: waits))
    }
  }
}

/// The error that a call throws; fails the test if it throws none.
func atlasError<Value>(_ call: () async throws -> Value) async throws -> AtlasError {
  do {
    _ = try await call()
  } catch let error as AtlasError {
    return error
  }
  throw NoError()
}

/// A call succeeded that should not have.
struct NoError: Error {}

/// An answer with an empty list.
let emptyList = #"{"links":[],"results":[],"totalCount":0}"#

/// Collects what an observer is told.
final class ExchangeList: Sendable {
  private let list = Mutex<[AtlasExchange]>([])
  var all: [AtlasExchange] { list.withLock { $0 } }
  func add(_ exchange: AtlasExchange) { list.withLock { $0.append(exchange) } }
}
