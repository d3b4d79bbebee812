import AtlasSimulator
import Foundation
import GodwitCore
import GodwitJournal
import Synchronization
import TestSupport
import Testing

@testable import GodwitRun

/// The program is killed with SIGKILL before and after every commit and every request of an apply,
/// and while the server is at work, one child process for each point; then it resumes.
///
/// A POST by path that was on its way, and nothing else, is left in doubt, and a person settles it.
/// Some points unless `GODWIT_CRASH_SWEEP=all` is set, as `scripts/dev/crash-sweep` does; then
/// `GODWIT_CRASH_SHARE=1/3` takes a third of them, so that three can run at once.
@Suite(.serialized) struct CrashSweepTests {
  private static let settings = ProcessInfo.processInfo.environment
  private static let isWhole = settings["GODWIT_CRASH_SWEEP"] == "all"
  private static let share: (number: Int, of: Int) = {
    let words = (settings["GODWIT_CRASH_SHARE"] ?? "").split(separator: "/").compactMap { Int($0) }
    return words.count == 2 && words[1] > 0 ? (words[0], words[1]) : (0, 1)
  }()
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
    /// The names of the points that apply passed.
    let points: [Substring]

    /// How many POSTs by path are made.
    var posts: Int { points.count { $0 == "before a POST by path" } }
    /// The indices of the points at which the file is opened, and of those at which it is closed.
    var edges: [Int] {
      let first = points.firstIndex(of: "before a commit") ?? 0
      let last = points.lastIndex(of: "before the checkpoint") ?? points.count
      return Array(0..<first) + Array(last..<points.count)
    }
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
    try requireAllKinds(folder)
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
      points: points.split(separator: "\n")
    )
  }

  /// Without operations of each kind the sweep would show less than it says.
  private static func requireAllKinds(_ folder: TemporaryFolder) throws {
    let file = try RunFile.openForReading(folder.file("plan.godwit"))
    defer { try? file.close() }
    var kinds: [String: Int] = [:]
    try file.forEachRecord { record in
      guard record.plan.outcome == .changed else { return }
      for entry in record.operations { kinds[entry.operation.kindName, default: 0] += 1 }
    }
    for (kind, least) in Estate.kinds { try #require(kinds[kind, default: 0] >= least, "\(kind)") }
  }

  private static let parallelism = 8
  private static let apply = [
    "apply", "a.godwit", "--yes", "--accept-irreversible", "-j", "\(parallelism)",
    "--settle", "200ms", "--max-failures", "100",
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
    var problems: [String] = []
    if let status = killed.status, status != 0 { problems.append("apply ended with \(status)") }
    if killed.status == nil {
      kills.withLock { $0 += 1 }
      problems += try await goOn(stage)
    }
    let world = try simulator.world.fingerprint()
    await simulator.stop()
    if world != stage.world { problems.append("the world is another one") }
    let writes = LoggedRequest.read(folder.file("requests.jsonl")).madeWrites
    if writes != stage.writes { problems.append("a write was not made once") }
    return problems.isEmpty ? nil : "at point \(point): \(problems.joined(separator: "; "))"
  }

  /// Resumes; a person says what became of what is in doubt, and it resumes again.
  private static func goOn(_ stage: Stage) async throws -> [String] {
    let folder = stage.folder
    let godwit = GodwitProcess(folder: folder.path, environment: stage.environment)
    // Killed before it had begun, it is still a plan.
    let file = try RunFile.openForReading(folder.file("a.godwit"))
    let isPlanned = try file.info().phase == .planned
    try file.close()
    var resumed = try await godwit.run([isPlanned ? "apply" : "resume"] + apply.dropFirst())
    guard resumed.status == 6 else {
      return resumed.status == 0 ? [] : ["resume: \(resumed.errors)"]
    }
    let onlooker = Onlooker(path: folder.file("a.godwit"), log: folder.file("requests.jsonl"))
    var (settled, problems) = try await onlooker.settle(by: godwit)
    if settled > parallelism { problems.append("\(settled) were in doubt") }
    resumed = try await godwit.run(["resume"] + apply.dropFirst())
    if resumed.status != 0 { problems.append("resume again: \(resumed.errors)") }
    resolved.withLock { $0 += settled }
    return problems
  }

  /// How often the program was killed.
  private static let kills = Mutex(0)
  /// How many operations a person settled.
  private static let resolved = Mutex(0)

  @Test(.enabled(if: GodwitProcess.path != nil, "the program godwit was not built"))
  func `killed at any point of an apply, resume gives the undisturbed world`() async throws {
    var traps: [String]?
    // A port may be lost to another program while no simulator has it: then it goes on with a plan
    // for another port.
    for _ in 0..<8 {
      let isDone = try await TemporaryFolder.with { folder in
        try await Self.sweep(folder, &traps)
      }
      if isDone { return }
    }
    Issue.record("no port was kept for long enough")
  }

  /// Kills and resumes at each trap that is left; `false` if the port was lost.
  private static func sweep(
    _ folder: TemporaryFolder,
    _ traps: inout [String]?
  ) async throws -> Bool {
    let stage: Stage
    do { stage = try await self.stage(folder) } catch let error as SimulatorError
      where error.kind == .portUnavailable
    {
      return false
    }
    try #require(stage.points.count > 500 && stage.writes.count > 150)
    try #require(stage.posts == stage.writes.count { $0.key.hasSuffix(Estate.post) })
    try #require(stage.posts > 5)
    var left = traps ?? self.traps(stage)
    while let trap = left.last {
      do {
        let trouble = try await trouble(stage, at: trap)
        #expect(trouble == nil, "\(trouble ?? "")")
      } catch let error as SimulatorError where error.kind == .portUnavailable {
        traps = left
        return false
      }
      left.removeLast()
      if left.count % 50 == 0 { print("crash sweep: \(left.count) left") }
    }
    print(
      "crash sweep: \(kills.withLock { $0 }) kills over \(stage.points.count) points,"
        + " \(stage.writes.count) writes, \(resolved.withLock { $0 }) in doubt for a person"
    )
    return true
  }

  /// Where to kill: each point and a little later, or some points, and always some around a POST by
  /// path and while the file is opened and closed.
  private static func traps(_ stage: Stage) -> [String] {
    var random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
    let rounds = isWhole ? 4 : max(1, sample / 20)
    let posts = (0..<rounds).flatMap { _ in
      ["before a POST by path#?", "before a POST by path#?+3ms", "after a POST by path#?"]
        .map { $0.replacing("?", with: "\(Int.random(in: 1...stage.posts, using: &random))") }
    }
    guard !isWhole else {
      let all = posts + stage.points.indices.flatMap { ["\($0 + 1)", "\($0 + 1)+4ms"] }
      return all.indices.filter { $0 % share.of == share.number % share.of }.map { all[$0] }
    }
    let step = max(1, stage.points.count / sample)
    let first = Int.random(in: 1...step, using: &random)
    let edges = stage.edges.shuffled(using: &random).prefix(max(2, sample / 10))
    return posts + edges.map { "\($0 + 1)" }
      + stride(from: first, through: stage.points.count, by: step).enumerated().map {
        // Every third is killed a little later: within the server's latency, if it was a request.
        $0 % 3 == 2 ? "\($1)+\(Int.random(in: 2...9, using: &random))ms" : "\($1)"
      }
  }
}
