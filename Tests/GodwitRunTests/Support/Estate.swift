import AtlasSimulator
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import GodwitScript
import LuaVM
import Synchronization
import TestSupport

@testable import GodwitRun

/// An estate in a simulator, planned and applied by the engine itself, with real run files.
struct Estate: Sendable {
  let folder: TemporaryFolder
  let running: RunningSimulator

  static let key = String(repeating: "0123456789abcdef", count: 2).dropLast(4) + "77e0"
  static let secrets: [SecretReference: SecretValue] = [
    SecretReference(name: "apiKey"): SecretValue(String(key))
  ]

  /// The region move, which every test here is about.
  static let move = """
    return {
      name = "move",
      may = { update = { "DATADOG" } },
      params = { apiKey = { type = "secret" } },
      migrate = function(project, params)
        local datadog = project.integrations:get("DATADOG")
        if not datadog then return skip("no Datadog integration") end
        if datadog.region == "EU" and datadog.apiKey:matches(params.apiKey) then
          return skip("in EU already")
        end
        project.integrations:update("DATADOG", { region = "EU", apiKey = params.apiKey })
      end,
    }
    """

  /// The same with a `verify`.
  static let verified = move.replacing(
    "migrate =",
    with: """
      verify = function(project, params)
        local datadog = project.integrations:get("DATADOG")
        assert(datadog.region == "EU", "the region is " .. datadog.region)
        assert(datadog.apiKey:matches(params.apiKey), "the key is another one")
      end,
      migrate =
      """
  )

  static let uuid = "11111111-2222-4333-8444-5555555577e0"

  static func with(
    _ adjust: (inout SimulatorConfiguration) -> Void = { _ in },
    client: (inout AtlasConfiguration) -> Void = { _ in },
    _ body: (Estate) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      try await RunningSimulator.with(folder, adjust, client: client) { running in
        try await body(Estate(folder: folder, running: running))
      }
    }
  }

  private static func values(_ text: String) -> [String: String] {
    var values = ["apiKey": String(key)]
    if text.contains("params.uuid") || text.contains("p.uuid") { values["uuid"] = uuid }
    if text.contains("params.long") { values["long"] = String(repeating: "x", count: 600) }
    if text.contains("p.url") { values["url"] = "https://hooks.example.com/services/abcdef01/wxyz" }
    return values
  }

  static func migration(_ text: String) async throws -> Migration {
    try await Migration(
      ScriptSource(path: "test.lua", text: Array(text.utf8)),
      pool: LuaThreadPool(width: 1)
    )
  }

  /// Plans a script into a run file of this name.
  @discardableResult func plan(
    _ text: String = move,
    to name: String = "a.godwit",
    stop: StopSignal = StopSignal(),
    parallelism: Int = 16,
    failureLimit: Int = .max,
    reader: AtlasReader? = nil,
    selection choose: (inout Selection) -> Void = { _ in },
    observe: @escaping RunObserver = { _ in },
    secretInputs: (@Sendable () -> [SecretInput])? = nil
  ) async throws -> RunInfo {
    let migration = try await Self.migration(text)
    let fingerprints = Self.values(text).mapValues { SecretValue($0).fingerprint }
    var selection = Selection()
    choose(&selection)
    let file = try RunFile.create(
      at: folder.file(name),
      sources: migration.source.texts,
      key: Array(0..<32)
    )
    defer { try? file.close() }
    var run = PlanRun(
      file: file,
      reader: reader ?? running.reader,
      selection: selection,
      migration: migration,
      inputs: ScriptInputs(secretNames: Set(fingerprints.keys)),
      policy: DraftPolicy(
        may: migration.may,
        fingerprints: fingerprints,
        acceptsSilentAlerts: true
      ),
      parallelism: parallelism,
      stop: stop,
      observe: observe
    )
    run.secretInputs = secretInputs
    run.failureLimit = { _ in failureLimit }
    return try await run.run(
      RunInfo(
        id: name,
        createdSeconds: 0,
        phase: .planned,
        toolVersion: "test",
        script: ScriptInfo(
          path: "test.lua",
          name: migration.name,
          summary: "",
          sha256: migration.source.sha256,
          hasVerify: migration.hasVerify
        ),
        target: RunTarget(
          baseURL: running.simulator.baseURL,
          credentialKind: "",
          credentialTail: ""
        )
      )
    )
  }

  /// Applies, or goes on with, a run file of this name.
  @discardableResult func apply(
    _ text: String = move,
    _ name: String = "a.godwit",
    retrying: Set<ProjectOutcome> = [],
    stop: StopSignal = StopSignal(),
    parallelism: Int = 16,
    settle: Duration = .milliseconds(250),
    failureLimit: Int = 1_000_000,
    connection: AtlasConnection? = nil,
    observe: @escaping RunObserver = { _ in },
    clock: @escaping @Sendable () -> Int64 = RunFile.systemClock
  ) async throws -> StopSignal.Cause? {
    let file = try RunFile.openForApplying(folder.file(name), clock: clock)
    defer { try? file.close() }
    let connection = connection ?? running.connection
    let migration = try await Self.migration(text)
    let values = Self.values(text).mapValues { SecretValue($0) }
    let verifier = ProjectVerifier(
      migration: migration,
      inputs: ScriptInputs(secretNames: Set(values.keys)),
      fingerprints: values.mapValues(\.fingerprint)
    )
    let run = ApplyRun(
      file: file,
      reader: AtlasReader(connection),
      writer: AtlasWriter(connection),
      secrets: { reference, _ in values[reference.name] },
      verifier: migration.hasVerify ? verifier : nil,
      parallelism: parallelism,
      settle: settle,
      failureLimit: failureLimit,
      stop: stop,
      observe: observe
    )
    return try await run.run(retrying: retrying)
  }

  /// The totals of a run file.
  func totals(_ name: String = "a.godwit") throws -> Totals {
    let file = try RunFile.openForReading(folder.file(name))
    defer { try? file.close() }
    return try file.totals()
  }

  /// The head of a run file.
  func info(_ name: String = "a.godwit") throws -> RunInfo {
    let file = try RunFile.openForReading(folder.file(name))
    defer { try? file.close() }
    return try file.info()
  }

  /// All projects of a run file.
  func records(_ name: String = "a.godwit") throws -> [ProjectRecord] {
    let file = try RunFile.openForReading(folder.file(name))
    defer { try? file.close() }
    var records: [ProjectRecord] = []
    try file.forEachRecord { records.append($0) }
    return records
  }
}

/// Collects events.
final class Witness: Sendable {
  private let seen = Mutex<[RunEvent]>([])

  var events: [RunEvent] { seen.withLock { $0 } }

  var observe: RunObserver { { event in self.seen.withLock { $0.append(event) } } }

  /// How many projects have ended.
  var ended: Int {
    events.count { if case .ended = $0 { true } else { false } }
  }
}
