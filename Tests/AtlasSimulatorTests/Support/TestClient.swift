import AsyncHTTPClient
import Foundation
import GodwitCore
import NIOCore
import NIOHTTP1

@testable import AtlasSimulator

/// An answer as it came over the socket.
struct Reply {
  let status: Int
  /// Values by lower-case names.
  let headers: [String: String]
  let text: String

  /// The body as JSON; `null` if it is none.
  var json: JSONValue { (try? JSONValue(parsing: Array(text.utf8))) ?? .null }

  var errorCode: String? { json["errorCode"]?.stringValue }
  var parameters: [JSONValue] { json["parameters"]?.arrayValue ?? [] }
  var results: [JSONValue] { json["results"]?.arrayValue ?? [] }
  var types: [String] { results.compactMap { $0["type"]?.stringValue } }

  /// The addresses of a list by their relation.
  func link(_ rel: String) -> String? {
    json["links"]?.arrayValue?.first { $0["rel"]?.stringValue == rel }?["href"]?.stringValue
  }
}

extension JSONValue {
  /// A member of an object; `nil` if this is none, or has no such member.
  subscript(name: String) -> JSONValue? {
    objectValue?.first { $0.key == name }?.value
  }
}

/// Sends requests over a real socket.
struct TestClient {
  let simulator: Simulator

  static let accept = "application/vnd.atlas.2023-01-01+json"

  /// One client for all tests: as many connections as a test wants, and no retries of its own.
  private static let http: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1000
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// Sends a request with the access token; headers that are `nil` are left out.
  func send(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    headers changes: [String: String?] = [:],
    prefix: String = "/api/atlas/v2"
  ) async throws -> Reply {
    try await send(method, path, bytes: body?.encoded(), headers: changes, prefix: prefix)
  }

  func send(
    _ method: String,
    _ path: String,
    bytes: [UInt8]?,
    headers changes: [String: String?] = [:],
    prefix: String = "/api/atlas/v2"
  ) async throws -> Reply {
    var request = HTTPClientRequest(url: "\(simulator.baseURL)\(prefix)\(path)")
    request.method = HTTPMethod(rawValue: method)
    request.headers.add(name: "Accept", value: Self.accept)
    request.headers.add(
      name: "Authorization",
      value: "Bearer \(simulator.credentials.accessToken)"
    )
    if let bytes {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(bytes)
    }
    for (name, value) in changes {
      request.headers.remove(name: name)
      if let value { request.headers.add(name: name, value: value) }
    }
    let response = try await Self.http.execute(request, timeout: .seconds(120))
    let buffer = try await response.body.collect(upTo: 1 << 26)
    return Reply(
      status: Int(response.status.code),
      headers: Dictionary(
        response.headers.map { ($0.name.lowercased(), $0.value) },
        uniquingKeysWith: { "\($0), \($1)" }
      ),
      text: String(buffer: buffer)
    )
  }

  /// Sends a request with the owner's key to a generation that takes keys only.
  func sendWithKey(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    prefix: String = "/api/atlas/v1.0",
    key: SimulatorCredentials.APIKey? = nil
  ) async throws -> Reply {
    let challenge = try await send("GET", path, headers: ["Authorization": nil], prefix: prefix)
    let text = challenge.headers["www-authenticate"] ?? ""
    let nonce = text.split(separator: "nonce=\"").last?.prefix { $0 != "\"" } ?? ""
    let key = key ?? simulator.credentials.owner
    let secret = MD5.hex("\(key.publicKey):MMS Public API:\(key.privateKey)")
    let request = MD5.hex("\(method):\(prefix)\(path)")
    let response = MD5.hex("\(secret):\(nonce):00000001:c0ffee:auth:\(request)")
    let header =
      #"Digest username="\#(key.publicKey)", realm="MMS Public API", nonce="\#(nonce)", "#
      + #"uri="\#(prefix)\#(path)", cnonce="c0ffee", nc=00000001, qop=auth, "#
      + #"response="\#(response)""#
    return try await send(
      method,
      path,
      body,
      headers: ["Authorization": header, "Accept": "application/json"],
      prefix: prefix
    )
  }

  func get(_ path: String) async throws -> Reply {
    try await send("GET", path)
  }
}

/// Runs a simulator for the time of a test.
func withSimulator<Value>(
  _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
  _ body: (TestClient) async throws -> Value
) async throws -> Value {
  var configuration = SimulatorConfiguration()
  configuration.projects = 40
  configure(&configuration)
  let simulator = try await Simulator.start(configuration)
  do {
    let value = try await body(TestClient(simulator: simulator))
    await simulator.stop()
    return value
  } catch {
    await simulator.stop()
    throw error
  }
}

/// A folder for the time of a test.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("simulator-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  do {
    let value = try await body(folder.path)
    try FileManager.default.removeItem(at: folder)
    return value
  } catch {
    try? FileManager.default.removeItem(at: folder)
    throw error
  }
}

/// The entries of a request log.
func logEntries(_ path: String) throws -> [JSONValue] {
  try String(contentsOfFile: path, encoding: .utf8)
    .split(separator: "\n")
    .map { try JSONValue(parsing: Array($0.utf8)) }
}
