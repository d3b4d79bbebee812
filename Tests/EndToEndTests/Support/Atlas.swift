import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// One line of the simulator's request log.
struct RequestLine: Decodable, Sendable {
  var method: String
  var path: String
  var status: Int?
  var authentication: String
  var challenge: String?
  var project: String?
  var type: String?
  var mutation: String?
  var fault: String?
  var maskStored: Bool?

  /// Whether it is for the integrations of a project.
  var isForProject: Bool { project != nil && challenge == nil }
}

/// A simulated Atlas on a real socket, in the test process.
struct Atlas: Sendable {
  let simulator: Simulator
  let logFile: URL

  var world: SimulatorWorld { simulator.world }

  /// What the owner's key needs in the environment.
  var ownerEnvironment: [String: String] { environment(of: simulator.credentials.owner) }

  /// What the key that may only read needs in the environment.
  var readOnlyEnvironment: [String: String] { environment(of: simulator.credentials.readOnly) }

  private func environment(of key: SimulatorCredentials.APIKey) -> [String: String] {
    [
      "MONGODB_ATLAS_BASE_URL": simulator.baseURL,
      "MONGODB_ATLAS_PUBLIC_API_KEY": key.publicKey,
      "MONGODB_ATLAS_PRIVATE_API_KEY": key.privateKey,
    ]
  }

  /// What a service account needs in the environment, without the owner's key.
  func environment(of account: SimulatorCredentials.ServiceAccount) -> [String: String] {
    [
      "MONGODB_ATLAS_PUBLIC_API_KEY": "", "MONGODB_ATLAS_PRIVATE_API_KEY": "",
      "MONGODB_ATLAS_CLIENT_ID": account.clientID,
      "MONGODB_ATLAS_CLIENT_SECRET": account.clientSecret,
    ]
  }

  /// All requests so far.
  func requests() throws -> [RequestLine] {
    let text = String(decoding: try Data(contentsOf: logFile), as: UTF8.self)
    // The last line may be half written by the time that it is read.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return try lines.map { try JSONDecoder().decode(RequestLine.self, from: Data($0.utf8)) }
  }

  /// The writes that changed the world.
  func writesMade() throws -> [RequestLine] { try requests().filter { $0.mutation == "made" } }

  /// The requests that were made during a piece of work.
  func requests<Result>(
    during work: () async throws -> Result
  ) async throws -> (result: Result, requests: [RequestLine]) {
    let before = try requests().count
    let result = try await work()
    return (result, Array(try requests().dropFirst(before)))
  }

  /// The projects whose Datadog integration is in a region.
  func projects(inRegion region: String) throws -> [String] {
    try world.projectIDs(having: "DATADOG").filter {
      try world.integration(of: $0, type: "DATADOG")?["region"] == .string(region)
    }
  }

  /// Changes some fields of an integration, as a person would.
  func edit(_ type: String, of project: String, _ changes: JSONObject) throws {
    var fields = try #require(try world.integration(of: project, type: type))
    for (name, value) in changes { fields[name] = value }
    try world.replace(fields, type: type, in: project)
  }

  /// Starts an Atlas and a workplace whose environment has the owner's key, for the time of a test.
  ///
  /// At its end the request log is searched for stored masks: whatever was tested, there are none.
  static func with<Result>(
    projects: Int = 20,
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (Workplace, Atlas) async throws -> Result
  ) async throws -> Result {
    try await Workplace.with { place in
      let log = place.captures.appending(path: "requests.jsonl")
      var configuration = SimulatorConfiguration()
      configuration.projects = projects
      configuration.requestLog = log.path
      configure(&configuration)
      let atlas = Atlas(simulator: try await Simulator.start(configuration), logFile: log)
      var place = place
      place.environment.merge(atlas.ownerEnvironment) { $1 }
      place.environment["DATADOG_KEY"] = Scripts.datadogKey
      do {
        let result = try await body(place, atlas)
        await atlas.simulator.stop()
        #expect(try atlas.requests().allSatisfy { $0.maskStored != true })
        return result
      } catch {
        await atlas.simulator.stop()
        throw error
      }
    }
  }
}

extension Workplace {
  /// Plans the move of Datadog from US to EU into a file.
  @discardableResult
  func planMove(
    _ file: String = "move.godwit",
    script: String = "move.lua",
    _ more: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Finished {
    let words = ["plan", script, "--secret", "apiKey=env:DATADOG_KEY", "--out", file] + more
    let plan = try await start(words).finished()
    expect(plan, endsWith: 0, sourceLocation: sourceLocation)
    return plan
  }
}
