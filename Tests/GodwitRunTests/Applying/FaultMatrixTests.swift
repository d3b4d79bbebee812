import AtlasSimulator
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

/// Every fault of the simulator, alone and all of them mixed: once it is gone and the run was
/// resumed, the world is the undisturbed one, and each write was made once.
///
/// A POST by path, and nothing else, may be left in doubt for a person. Over 500 projects with `GODWIT_CI=1`, over 60 otherwise.
@Suite(.serialized) struct FaultMatrixTests {
  private static let projects =
    ProcessInfo.processInfo.environment["GODWIT_CI"] == "1" ? 500 : 60

  /// How long a write may take to show, by whether the client gives answers up: then a busy machine
  /// may carry out many a write long after, and not only what a fault delays.
  private static func settle(isImpatient: Bool) -> Duration {
    isImpatient ? .seconds(8) : .milliseconds(1500)
  }

  /// The rules of one case, and how many of a hundred requests they hit.
  static let cases: [[String]] =
    // A write that Atlas does not keep fails its project for good.
    Fault.allCases.filter { $0 != .notKept }.map { fault in
      switch fault {
      case .lateBefore: ["late-before,rate=0.05,delay=400ms"]
      case .lateAfter: ["late-after,rate=0.05,delay=400ms"]
      case .slow: ["slow,rate=0.05,on=writes"]
      case .person: ["person,rate=0.05,on=reads"]
      case .accessList: ["ip-list,nth=200"]
      case .maintenance: ["405-maintenance,on=writes,for=1s"]
      case .unavailable: ["503-before,rate=0.05,retry-after=0"]
      case .rateLimited: ["429-before,rate=0.05,retry-after=0"]
      default: ["\(fault.rawValue),rate=0.05"]
      }
    } + [
      // Mixed at 5 in 100 each, but for what ends a run at once.
      Fault.allCases.filter {
        ![.accessList, .maintenance, .person, .notKept].contains($0)
      }.map {
        "\($0.rawValue),rate=0.05,delay=400ms,retry-after=0"
      }
    ]

  /// Texts by project and type of integration, name of resource, or `alert` for all of its alert
  /// configurations.
  private typealias Lines = [String: String]

  private static func lines(_ world: SimulatorWorld) throws -> Lines {
    var lines: Lines = [:]
    for line in try world.fingerprint().split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2)
      lines["\(words[0]) \(words[1])", default: ""] += words[2] + "\n"
    }
    return lines
  }

  /// Applies a plan of everything in a world of its own, and says what the world is then.
  private static let undisturbed = Task {
    var world: Lines = [:]
    try await Estate.with({ $0.projects = projects }) { estate in
      try await estate.plan(Estate.everything)
      let kinds = try estate.plannedKinds()
      for (kind, least) in Estate.kinds {
        try #require(kinds[kind, default: 0] >= least, "\(kind)")
      }
      try await estate.apply(Estate.everything)
      world = try lines(estate.running.world)
    }
    return world
  }

  @Test(arguments: cases)
  func `once the fault is gone, resume gives the undisturbed world`(rules: [String]) async throws {
    let expected = try await Self.undisturbed.value
    try await TemporaryFolder.with { folder in
      let world: (inout SimulatorConfiguration) -> Void = {
        $0.world = .file(folder.file("world.db"))
        $0.projects = Self.projects
      }
      _ = try await RunningSimulator.with(folder, world) {
        try await Estate(folder: folder, running: $0).plan(Estate.everything)
      }
      let faults = try rules.map { try FaultRule(parsing: $0) }
      let disturbed: (inout SimulatorConfiguration) -> Void = {
        world(&$0)
        $0.faults = faults
      }
      // A token that is revoked twice in a row is taken for an account that may not, which ends a
      // run, before it has begun too; no other fault may.
      do {
        let isToken = rules == ["token-revoked,rate=0.05"]
        let isImpatient = rules.contains { $0.hasPrefix("late-") || $0.hasPrefix("slow") }
        try await Self.run(folder, disturbed, isImpatient: isImpatient, isToken: isToken)
      } catch let error as RunError {
        let revokes = rules.contains { $0.hasPrefix("token-revoked") }
        #expect(revokes && error.status == .couldNotStart, "\(error)")
      }
      #expect(try Self.totals(folder).isBalanced)
      try await Self.run(folder, world)
      if try await Onlooker.settleDoubt(in: folder) { try await Self.run(folder, world) }
      try Self.expectAllDone(folder, rules)
      try await RunningSimulator.with(folder, world) { running in
        try Self.expect(Self.lines(running.world), toBe: expected, folder)
        try Self.expectOnce(folder, running)
      }
    }
  }

  // MARK: - Parts

  /// Goes on with the run; with a service account where that is asked for.
  ///
  /// An impatient client meets effects that come too late; without faults it would only meet a busy
  /// machine.
  private static func run(
    _ folder: TemporaryFolder,
    _ adjust: (inout SimulatorConfiguration) -> Void,
    isImpatient: Bool = false,
    isToken: Bool = false
  ) async throws {
    try await RunningSimulator.with(
      folder,
      adjust,
      client: { if isImpatient { $0.requestTimeout = .milliseconds(300) } }
    ) { running in
      let estate = Estate(folder: folder, running: running)
      guard isToken else {
        _ = try await estate.apply(
          Estate.everything,
          retrying: [.failed],
          settle: settle(isImpatient: isImpatient)
        )
        return
      }
      var settings = try RunningSimulator.configuration(for: running.simulator)
      let account = running.simulator.credentials.serviceAccount
      settings.credential = .serviceAccount(
        clientID: account.clientID,
        clientSecret: SecretValue(account.clientSecret)
      )
      try await AtlasConnection.withConnection(settings) { connection in
        _ = try await estate.apply(
          Estate.everything,
          retrying: [.failed],
          settle: settle(isImpatient: isImpatient),
          connection: connection
        )
      }
    }
  }

  private static func totals(_ folder: TemporaryFolder) throws -> Totals {
    let file = try RunFile.openForReading(folder.file("a.godwit"))
    defer { try? file.close() }
    return try file.totals()
  }

  private static func records(_ folder: TemporaryFolder) throws -> [ProjectRecord] {
    let file = try RunFile.openForReading(folder.file("a.godwit"))
    defer { try? file.close() }
    var records: [ProjectRecord] = []
    try file.forEachRecord { records.append($0) }
    return records
  }

  /// Nothing failed, nothing is in doubt or not started; held is only what a person edited.
  private static func expectAllDone(_ folder: TemporaryFolder, _ rules: [String]) throws {
    let totals = try totals(folder)
    #expect(totals.isBalanced)
    #expect(totals[.failed] + totals[.inDoubt] + totals[.notStarted] == 0, "\(totals)")
    let hasPerson = rules.contains { $0.hasPrefix("person") }
    #expect((totals[.held] > 0) == hasPerson)
  }

  /// The world is the expected one, but for what people edited: that is as they left it.
  private static func expect(
    _ world: Lines,
    toBe expected: Lines,
    _ folder: TemporaryFolder
  ) throws {
    let edited = Set(
      LoggedRequest.read(folder.file("requests.jsonl"))
        .filter { $0.fault == "person" }.compactMap(\.project)
    )
    var held: Set<String> = []
    // What people edit is integrations; whatever else a project has is as expected, or it is held.
    var free: Set<String> = []
    for record in try records(folder) {
      let project = record.project.id.text
      if record.outcome == .held {
        held.insert(project)
        #expect(edited.contains(project), "\(project) is held: \(record.reason ?? "")")
      }
      let planned = Set(record.operations.compactMap(\.operation.target.integrationType))
      free.formUnion(IntegrationType.editable.subtracting(planned).map { "\(project) \($0)" })
    }
    for key in Set(world.keys).union(expected.keys) where world[key] != expected[key] {
      let words = key.split(separator: " ").map(String.init)
      guard edited.contains(words[0]) else {
        Issue.record("\(key) is \(world[key] ?? "gone"), not \(expected[key] ?? "gone")")
        continue
      }
      #expect(held.contains(words[0]) || free.contains(key), "\(key) is another, and is not held")
    }
  }

  /// Each write was made once; if twice, it is recorded as repeated.
  private static func expectOnce(_ folder: TemporaryFolder, _ running: RunningSimulator) throws {
    let planned = try Estate(folder: folder, running: running).plannedWrites()
    let made = LoggedRequest.read(folder.file("requests.jsonl")).madeWrites
    #expect(Set(made.keys).isSubset(of: planned.keys))
    let repeated = try records(folder).filter { $0.operations.contains(where: \.wasRepeated) }
      .map(\.project.id.text)
    for (write, count) in made where count > planned[write, default: 0] {
      #expect(repeated.contains { write.contains($0) }, "\(write) was made \(count) times")
      #expect(!write.hasSuffix(Estate.post), "\(write) was made \(count) times")
    }
    #expect(!running.requests.contains { $0.storesMask })
  }
}

extension IntegrationType {
  /// What the simulator's person may edit.
  fileprivate static let editable: Set<IntegrationType> = [
    "DATADOG", "PROMETHEUS", "VICTOR_OPS", "SLACK",
  ]
}
