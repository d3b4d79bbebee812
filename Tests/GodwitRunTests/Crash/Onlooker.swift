import GodwitCore
import GodwitJournal
import TestSupport
import Testing

@testable import GodwitRun

/// A person who looks what became of the writes of which nothing tells.
///
/// Whether a POST was made is in the simulator's request log, as it would be in the activity feed of a
/// project; no other operation may be left in doubt.
struct Onlooker {
  /// What there is to say of one operation.
  struct Finding {
    var project: ProjectID
    var number: Int
    var isMade: Bool
  }

  /// The run file.
  var path: String
  /// The request log.
  var log: String
  /// Whether the journal has lost commits, so that new alert configurations may be in doubt too.
  var hasLostCommits = false
  /// Whether the run goes on anyhow, so that others may still be in doubt.
  var isOnTheWay = false

  /// Looks at all that is in doubt.
  ///
  /// - Returns: what was found, and what should not be.
  func look() throws -> (findings: [Finding], problems: [String]) {
    let file = try RunFile.openForReading(path)
    defer { try? file.close() }
    let made = LoggedRequest.read(log).madeWrites
    var findings: [Finding] = []
    var problems: [String] = []
    try file.forEachRecord { record in
      for entry in record.operations where [.inDoubt, .sending].contains(entry.status) {
        let operation = entry.operation
        let count = made[operation.logged(in: record.project.id), default: 0]
        let isNewAlert = operation.target.alert.map { $0.id == nil } ?? false
        let isPOST = operation.target.request?.method == "POST" || hasLostCommits && isNewAlert
        if isOnTheWay, !isPOST { continue }
        guard isPOST, count < 2 else {
          let words = "\(record.project.id): \(operation.words)"
          problems.append("\(words) is in doubt, made \(count) times")
          continue
        }
        findings.append(
          Finding(project: record.project.id, number: operation.number, isMade: count == 1)
        )
      }
    }
    return (findings, problems)
  }

  /// Says what was found to the program.
  func settle(by godwit: GodwitProcess) async throws -> (count: Int, problems: [String]) {
    var (findings, problems) = try look()
    for finding in findings {
      let resolve = try await godwit.run([
        "resolve", path, "--project", finding.project.text, "--operation", "\(finding.number)",
        "--as", finding.isMade ? "landed" : "not-landed",
      ])
      if resolve.status != 0 { problems.append("resolve: \(resolve.errors)") }
    }
    return (findings.count, problems)
  }
}

extension Onlooker {
  /// A person says what became of the POSTs that are in doubt in a run file; `false` if none is.
  static func settleDoubt(
    in folder: TemporaryFolder,
    _ name: String = "a.godwit",
    hasLostCommits: Bool = false,
    isOnTheWay: Bool = false
  ) async throws -> Bool {
    let onlooker = Onlooker(
      path: folder.file(name),
      log: folder.file("requests.jsonl"),
      hasLostCommits: hasLostCommits,
      isOnTheWay: isOnTheWay
    )
    let (findings, problems) = try onlooker.look()
    #expect(problems == [])
    let file = try RunFile.openForApplying(folder.file(name))
    defer { try? file.close() }
    for finding in findings {
      _ = try await DoubtResolution(file: file).record(
        isMade: finding.isMade,
        operation: finding.number,
        project: finding.project.text
      )
    }
    return !findings.isEmpty
  }
}
