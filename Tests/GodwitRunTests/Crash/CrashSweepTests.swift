import AtlasSimulator
import Foundation
import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

/// The program is killed with SIGKILL before and after every commit and every request of an apply,
/// and while the server is at work, one child process for each point; then it resumes.
///
/// Some points unless `GODWIT_CRASH_SWEEP=all` is set, as `scripts/dev/crash-sweep` does.
@Suite(.serialized) struct CrashSweepTests {
  private static let settings = ProcessInfo.processInfo.environment
  private static let isWhole = settings["GODWIT_CRASH_SWEEP"] == "all"
  /// How many points are tried of a sweep that is not whole.
  private static let sample = settings["GODWIT_CI"] == "1" ? 60 : 10

  /// What a sweep starts from at each point: the same world and the same plan.
  private struct Stage {
    let folder: TemporaryFolder
    let port: Int
    let environment: [String: String]
    /// The world of an apply that nobody disturbed.
    let world: String
    let writes: [String: Int]
    /// How many points that apply passed.
    let points: Int
  }

  private static func simulator(
    _ folder: TemporaryFolder,
    port: Int
  ) async throws -> Simulator {
    var configuration = SimulatorConfiguration()
    configuration.world = .file(folder.file("world.db"))
    configuration.projects = 60
    configuration.port = port
    configuration.latency = .milliseconds(10)
    configuration.requestLog = folder.file("requests.jsonl")
    // The listener of the one before may take a moment to be gone.
    for _ in 0..<50 {
      do { return try await Simulator.start(configuration) } catch {
        guard error.kind == .portUnavailable, port != 0 else { throw error }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    return try await Simulator.start(configuration)
  }

  /// A simulator on a port that nobody gets for an outgoing connection while it is down.
  private static func simulatorOnLastingPort(
    _ folder: TemporaryFolder
  ) async throws -> (Simulator, Int) {
    var random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
    for _ in 0..<5 {
      let port = Int.random(in: 10_000...30_000, using: &random)
      if let simulator = try? await simulator(folder, port: port) { return (simulator, port) }
    }
    let port = Int.random(in: 10_000...30_000, using: &random)
    return (try await simulator(folder, port: port), port)
  }

  private static func copy(_ folder: TemporaryFolder, _ from: String, _ to: String) throws {
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: folder.file(to + end))
    }
    try FileManager.default.copyItem(atPath: folder.file(from), toPath: folder.file(to))
  }

  /// Plans, and applies once without a disturbance to see what that takes.
  private static func stage(_ folder: TemporaryFolder) async throws -> Stage {
    try Data(Estate.everything.utf8).write(to: URL(fileURLWithPath: folder.file("all.lua")))
    var (simulator, port) = try await simulatorOnLastingPort(folder)
    let environment = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path,
      "MONGODB_ATLAS_BASE_URL": simulator.baseURL,
      "MONGODB_ATLAS_PUBLIC_API_KEY": simulator.credentials.publicKey,
      "MONGODB_ATLAS_PRIVATE_API_KEY": simulator.credentials.privateKey,
      "KEY": String(Estate.key), "UUID_KEY": Estate.uuid,
    ]
    let godwit = GodwitProcess(folder: folder.path, environment: environment)
    let plan = try await godwit.run([
      "plan", "all.lua", "--out", "plan.godwit", "--secret", "apiKey=env:KEY", "--secret",
      "uuid=env:UUID_KEY", "--accept-silent-alerts",
    ])
    try #require(plan.status == 0, "\(plan.errors)")
    await simulator.stop()
    try copy(folder, "world.db", "before.db")
    try copy(folder, "plan.godwit", "a.godwit")

    simulator = try await Self.simulator(folder, port: port)
    let logged = environment.merging(["GODWIT_TEST_CRASH_LOG": folder.file("points")]) { $1 }
    let apply = try await GodwitProcess(folder: folder.path, environment: logged).run(apply)
    try #require(apply.status == 0, "\(apply.errors)")
    let world = try simulator.world.fingerprint()
    await simulator.stop()
    let points = try String(contentsOfFile: folder.file("points"), encoding: .utf8)
    return Stage(
      folder: folder,
      port: port,
      environment: environment,
      world: world,
      writes: LoggedRequest.read(folder.file("requests.jsonl")).madeWrites,
      points: points.split(separator: "\n").count
    )
  }

  private static let apply = [
    "apply", "a.godwit", "--yes", "--accept-irreversible", "-j", "8", "--settle", "200ms",
  ]

  /// Kills an apply at a point, resumes, and says what is wrong then; `nil` if nothing is.
  private static func trouble(_ stage: Stage, at point: String) async throws -> String? {
    let folder = stage.folder
    try copy(folder, "before.db", "world.db")
    try copy(folder, "plan.godwit", "a.godwit")
    try? FileManager.default.removeItem(atPath: folder.file("requests.jsonl"))
    let simulator = try await simulator(folder, port: stage.port)
    let trap = stage.environment.merging(["GODWIT_TEST_CRASH_POINT": point]) { $1 }
    let killed = try await GodwitProcess(folder: folder.path, environment: trap).run(apply)
    var problem: String?
    if let status = killed.status, status != 0 { problem = "apply ended with \(status)" }
    if killed.status == nil {
      let godwit = GodwitProcess(folder: folder.path, environment: stage.environment)
      // Killed before it had begun, it is still a plan.
      let file = try RunFile.openForReading(folder.file("a.godwit"))
      let isPlanned = try file.info().phase == .planned
      try file.close()
      let resumed = try await godwit.run([isPlanned ? "apply" : "resume"] + apply.dropFirst())
      if resumed.status != 0 { problem = "resume: \(resumed.errors)" }
    }
    let world = try simulator.world.fingerprint()
    await simulator.stop()
    if world != stage.world { problem = "\(problem ?? ""); the world is another one" }
    let writes = LoggedRequest.read(folder.file("requests.jsonl")).madeWrites
    if writes != stage.writes { problem = "\(problem ?? ""); a write was not made once" }
    return problem.map { "at point \(point): \($0)" }
  }

  @Test(.enabled(if: GodwitProcess.path != nil, "the program godwit was not built"))
  func `killed at any point of an apply, resume gives the undisturbed world`() async throws {
    var random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
    var next: Int?
    var tried = 0
    // A port may be lost to another program while no simulator has it: then it goes on with a plan
    // for another port.
    for _ in 0..<8 {
      let isDone = try await TemporaryFolder.with { folder in
        try await Self.sweep(folder, from: &next, &tried, &random)
      }
      if isDone { return }
    }
    Issue.record("no port was kept for long enough")
  }

  /// Kills and resumes from a point on; `false` if the port was lost.
  private static func sweep(
    _ folder: TemporaryFolder,
    from next: inout Int?,
    _ tried: inout Int,
    _ random: inout SeededRandom
  ) async throws -> Bool {
    let stage = try await stage(folder)
    try #require(stage.points > 300 && stage.writes.count > 60)
    let stride = isWhole ? 1 : max(1, stage.points / sample)
    var point = next ?? Int.random(in: 1...stride, using: &random)
    while point <= stage.points {
      // Every third is killed a little later: within the server's latency, if it was a request.
      let late = tried % 3 == 2 ? "+\(Int.random(in: 2...9, using: &random))ms" : ""
      for trap in isWhole ? ["\(point)", "\(point)+4ms"] : ["\(point)\(late)"] {
        do {
          let trouble = try await trouble(stage, at: trap)
          #expect(trouble == nil, "\(trouble ?? "")")
        } catch let error as SimulatorError where error.kind == .portUnavailable {
          next = point
          return false
        }
        tried += 1
      }
      point += stride
    }
    print("crash sweep: \(tried) kills over \(stage.points) points, \(stage.writes.count) writes")
    return true
  }
}
