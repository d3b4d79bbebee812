import GRDB
import GodwitCore
import TestSupport

@testable import GodwitJournal

/// What run files of tests are made of.
enum Sample {
  static let key: [UInt8] = Array(0..<32)
  static let sources: [String: [UInt8]] = [
    "move.lua": Array("return {}".utf8), "lib/a.lua": Array("return 1".utf8),
  ]

  static func info(_ id: String = "run-1") -> RunInfo {
    RunInfo(
      id: id,
      createdSeconds: 1_800_000_000,
      phase: .planned,
      toolVersion: "1.0",
      script: ScriptInfo(
        path: "move.lua",
        name: "move",
        summary: "Moves",
        sha256: "00",
        hasVerify: true
      ),
      target: RunTarget(
        baseURL: "http://127.0.0.1:1",
        world: RunTarget.World(file: "w.db", id: "w"),
        credentialKind: "API key",
        credentialTail: "abcd",
        organizations: [.init(id: OrganizationID("o"), name: "Org", projects: 3)]
      ),
      parameters: ["to": "EU", "many": [1, .null, ["a": "b"]]],
      typedParameters: ["to"],
      secrets: [
        SecretInput(
          name: "apiKey",
          reference: "env:K",
          fingerprint: SecretFingerprint(head: "", tail: "9abc", length: 32),
          keyedHash: "ff"
        )
      ],
      escrow: [
        EscrowInput(
          type: "WEBHOOK",
          field: "url",
          secret: SecretInput(
            name: "u",
            reference: "file:u",
            fingerprint: nil,
            keyedHash: nil
          )
        )
      ],
      selection: "--tag env=prod",
      expirySeconds: 60,
      refusedBySelect: 2,
      filteredOut: 3,
      remarks: ["One", "Two"]
    )
  }

  static func project(_ number: Int) -> Project {
    let digits = String(number, radix: 16)
    return Project(
      id: ProjectID(String(repeating: "0", count: 24 - digits.count) + digits),
      name: "project-\(1000 + number)",
      organization: OrganizationID("org-\(number % 3)")
    )
  }

  /// A plan with one update of DATADOG.
  static func changed(_ number: Int, operations: Int = 1) -> ProjectPlan {
    let before: JSONObject = [
      "region": "US", "apiKey": .masked(MaskedValue(tail: "1234", length: 32)),
    ]
    let types: [IntegrationType] = ["DATADOG", "OPS_GENIE", "PAGER_DUTY"]
    return ProjectPlan(
      project: project(number),
      outcome: .changed,
      operations: (0..<operations).map { index in
        Operation(
          number: index + 1,
          verb: .update,
          type: types[index],
          before: before,
          body: before.merging(["apiKey": .secret(SecretReference(name: "apiKey"))]),
          after: before.merging(["region": "EU"]),
          changes: [FieldChange(field: "region", before: "US", after: "EU")],
          grade: .withSecret,
          position: ScriptPosition(file: "move.lua", line: 7)
        )
      },
      reads: ReadSet(images: ["DATADOG": before])
    )
  }

  static func plan(_ number: Int, _ outcome: ProjectOutcome) -> ProjectPlan {
    outcome == .changed
      ? changed(number)
      : ProjectPlan(project: project(number), outcome: outcome, reason: "for \(outcome)")
  }

  /// Writes a complete run file of these plans and closes it.
  static func write(_ plans: [ProjectPlan], to path: String) async throws {
    let file = try RunFile.create(at: path, sources: sources, key: key)
    try await fill(file, plans)
    try await file.finishPlanning(info())
    try file.close()
  }

  static func fill(_ file: RunFile, _ plans: [ProjectPlan]) async throws {
    try await file.add(plans.map(\.project))
    var selected = try await file.selected(after: 0, limit: plans.count)
    selected.sort { $0.position < $1.position }
    let pairs = zip(selected, plans).map { (position: $0.position, plan: $1) }
    try await file.record(pairs, refused: [])
  }

  /// Changes a file behind its back.
  static func edit(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// Looks into a file over a connection of it.
  static func look<Result>(
    _ queue: DatabaseQueue,
    _ body: (Database) throws -> Result
  ) throws -> Result {
    try queue.unsafeRead(body)
  }

  /// Begins a transaction behind a file's back, and undoes it after a call.
  static func during(_ path: String, _ sql: String, _ body: () throws -> Void) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: sql)
      try body()
      try database.execute(sql: "ROLLBACK")
    }
    try queue.close()
  }

  /// Makes a run file with one planned change for each number.
  static func changes(_ count: Int, _ folder: TemporaryFolder) async throws -> String {
    let path = folder.file("a.godwit")
    try await write((1...count).map { changed($0) }, to: path)
    return path
  }

  static let image: JSONObject = [
    "region": "US", "apiKey": .masked(MaskedValue(tail: "1234", length: 32)),
  ]

  static func intent(_ position: Int, isRepeat: Bool = false) -> JournalEntry {
    JournalEntry(
      position: position,
      number: 1,
      event: .intent(image: image, stamp: "s", isRepeat: isRepeat)
    )
  }

  static func outcome(_ position: Int, _ status: OperationStatus = .done) -> JournalEntry {
    JournalEntry(
      position: position,
      number: 1,
      event: .outcome(status, image: image, note: nil)
    )
  }

  static func settled(_ position: Int, _ outcome: ProjectOutcome = .changed) -> JournalEntry {
    JournalEntry(
      position: position,
      event: .settled(outcome, reason: "why", advice: "do", position: nil)
    )
  }
}

/// What a call throws, which must be an error about a run file.
func runFileError(_ body: () async throws -> Void) async throws -> RunFileError {
  do { try await body() } catch let error as RunFileError { return error }
  throw NoRunFileError()
}

struct NoRunFileError: Error {}
