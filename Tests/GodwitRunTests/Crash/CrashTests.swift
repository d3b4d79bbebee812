import AtlasSimulator
import Foundation
import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

/// The program is killed with SIGKILL at random instants while it applies and while it resumes.
///
/// `GODWIT_CRASH_ROUNDS` sets how many kills are made, 8 unless it is set.
@Suite(.serialized) struct CrashTests {
  private static let projects = 50
  static let kills =
    ProcessInfo.processInfo.environment["GODWIT_CRASH_ROUNDS"].flatMap { Int($0) } ?? 8

  private static func godwit(_ estate: Estate) throws -> GodwitProcess {
    let script = estate.folder.file("everything.lua")
    try Data(Estate.everything.utf8).write(to: URL(fileURLWithPath: script))
    let credentials = estate.running.simulator.credentials
    return GodwitProcess(
      folder: estate.folder.path,
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": estate.folder.path,
        "MONGODB_ATLAS_BASE_URL": estate.running.simulator.baseURL,
        "MONGODB_ATLAS_PUBLIC_API_KEY": credentials.publicKey,
        "MONGODB_ATLAS_PRIVATE_API_KEY": credentials.privateKey,
        "KEY": String(Estate.key), "UUID_KEY": Estate.uuid,
      ]
    )
  }

  private static let plan = [
    "plan", "everything.lua", "--out", "a.godwit", "--secret", "apiKey=env:KEY", "--secret",
    "uuid=env:UUID_KEY", "--accept-silent-alerts",
  ]
  private static let apply = [
    "apply", "a.godwit", "--yes", "--accept-irreversible", "-j", "4", "--settle", "1s",
    "--max-failures", "100",
  ]

  /// Goes on with the run, by the command that its phase asks for.
  private static func goOn(
    _ estate: Estate,
    _ godwit: GodwitProcess,
    killedAfter delay: Duration? = nil
  ) async throws -> GodwitProcess.Ending {
    let verb = try estate.info().phase == .planned ? "apply" : "resume"
    return try await godwit.run([verb] + apply.dropFirst(), killedAfter: delay)
  }

  @Test(.enabled(if: GodwitProcess.path != nil, "the program godwit was not built"))
  func `after kills and resumes the world is the undisturbed one and each write was made once`()
    async throws
  {
    let world = try await Self.undisturbed()
    var random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
    var kills = 0
    while kills < Self.kills {
      try await Estate.with({
        $0.projects = Self.projects
        $0.latency = .milliseconds(40)
      }) { estate in
        let godwit = try Self.godwit(estate)
        #expect(try await godwit.run(Self.plan).status == 0)
        var ending = GodwitProcess.Ending(status: nil, errors: "")
        while kills < Self.kills, ending.status == nil {
          let delay = Duration.milliseconds(Int.random(in: 60...900, using: &random))
          ending = try await Self.goOn(estate, godwit, killedAfter: delay)
          if ending.status == nil { kills += 1 }
        }
        if ending.status == nil { ending = try await Self.goOn(estate, godwit) }
        if ending.status == 6 { ending = try await Self.settleAndGoOn(estate, godwit) }
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(try estate.running.world.fingerprint() == world)
        #expect(estate.running.requests.madeWrites == (try estate.plannedWrites()))
        let totals = try estate.totals()
        #expect(totals.isBalanced && totals[.notStarted] == 0 && totals[.inDoubt] == 0)
        #expect(try estate.info().phase == .finished)
        #expect(estate.folder.names.filter { $0.hasPrefix("a.godwit") } == ["a.godwit"])
      }
    }
  }

  /// What becomes of the `-wal` of a process that was killed.
  private enum Loss: CaseIterable {
    case none, whole, bit

    func happen(in folder: TemporaryFolder, _ random: inout SeededRandom) throws {
      let path = folder.file("a.godwit")
      let wal = FileManager.default.contents(atPath: path + "-wal") ?? Data()
      switch self {
      case .none: return
      case .whole:
        for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
      case .bit where wal.isEmpty: return
      case .bit:
        var damaged = wal
        damaged[Int.random(in: 0..<wal.count, using: &random)] ^= 1 << Int.random(in: 0...7)
        try damaged.write(to: URL(fileURLWithPath: path + "-wal"))
      }
    }
  }

  @Test(.enabled(if: GodwitProcess.path != nil, "the program godwit was not built"))
  func `kills that cost commits too end in the undisturbed world, what came twice is recorded`()
    async throws
  {
    let world = try await Self.undisturbed()
    var random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
    var kills = 0
    var settled = 0
    var finished = 0
    var refused = 0
    while kills < Self.kills || finished == 0 {
      try #require(refused < 5 + kills / 5)
      try await Estate.with({
        $0.projects = Self.projects
        $0.latency = .milliseconds(40)
      }) { estate in
        let godwit = try Self.godwit(estate)
        #expect(try await godwit.run(Self.plan).status == 0)
        var ending = GodwitProcess.Ending(status: nil, errors: "")
        var rounds = 0
        while ending.status != 0 {
          rounds += 1
          try #require(rounds < 60, "\(ending.errors)")
          let isKilled = rounds < 6
          let delay = Duration.milliseconds(Int.random(in: 200...1500, using: &random))
          do {
            ending = try await Self.goOn(estate, godwit, killedAfter: isKilled ? delay : nil)
          } catch let error as RunFileError where error.kind == .damaged {
            refused += 1
            return
          }
          switch ending.status {
          case nil:
            kills += 1
            try (Loss.allCases.randomElement(using: &random) ?? .none)
              .happen(in: estate.folder, &random)
          case 6: settled += try await Self.settle(estate, godwit, hasLostCommits: true)
          case 1 where Self.isRefusal(ending.errors):
            refused += 1
            return
          default:
            let troubles = try Self.troubles(estate)
            try #require(ending.status == 0, "\(ending.errors) \(troubles)")
          }
        }
        finished += 1
        #expect(try estate.running.world.fingerprint() == world)
        try Self.expectOnceOrRecorded(estate)
        let totals = try estate.totals()
        #expect(totals.isBalanced && totals[.notStarted] == 0 && totals[.inDoubt] == 0)
        #expect(try estate.info().phase == .finished)
      }
    }
    print(
      "crash tests: \(kills) kills, some of which cost commits; \(finished) runs finished,"
        + " \(refused) files refused, \(settled) in doubt for a person"
    )
  }

  /// What is said of the projects that did not go well.
  private static func troubles(_ estate: Estate) throws -> [String] {
    try estate.records().filter { $0.outcome == .held || $0.outcome == .failed }.map { record in
      let operations = record.operations.map { "\($0.operation.words) \($0.status)" }
      return "\(record.project.name): \(record.reason ?? "") \(operations)"
    }
  }

  /// Whether a file was found to be damaged: the main file may have been written to in the midst of
  /// what the `-wal` has lost, and then nothing is sent any more.
  private static func isRefusal(_ errors: String) -> Bool {
    [
      "the file is damaged", "the plan is not the one that was recorded",
      "the journal does not fit its hashes", "does not fit its journal",
    ].contains { errors.contains($0) }
  }

  private static func expectOnceOrRecorded(_ estate: Estate) throws {
    let planned = try estate.plannedWrites()
    let made = estate.running.requests.madeWrites
    #expect(Set(made.keys) == Set(planned.keys))
    let repeated = try estate.records().filter { $0.operations.contains(where: \.wasRepeated) }
      .map(\.project.id.text)
    for (write, count) in made where count != planned[write] {
      #expect(repeated.contains { write.contains($0) }, "\(write) was made \(count) times")
      #expect(!write.hasPrefix("POST"), "\(write) was made \(count) times")
    }
  }

  /// A person says what became of the POSTs that are in doubt.
  ///
  /// - Returns: how many there were.
  private static func settle(
    _ estate: Estate,
    _ godwit: GodwitProcess,
    hasLostCommits: Bool = false
  ) async throws -> Int {
    let onlooker = Onlooker(
      path: estate.folder.file("a.godwit"),
      log: estate.running.logPath,
      hasLostCommits: hasLostCommits
    )
    let (count, problems) = try await onlooker.settle(by: godwit)
    #expect(problems == [])
    return count
  }

  /// A person says what became of the POSTs that are in doubt, and it goes on.
  private static func settleAndGoOn(
    _ estate: Estate,
    _ godwit: GodwitProcess
  ) async throws -> GodwitProcess.Ending {
    _ = try await settle(estate, godwit)
    return try await goOn(estate, godwit)
  }

  private static func undisturbed() async throws -> String {
    var world = ""
    try await Estate.with({ $0.projects = Self.projects }) { estate in
      try await estate.plan(Estate.everything)
      try await estate.apply(Estate.everything)
      world = try estate.running.world.fingerprint()
    }
    return world
  }
}
