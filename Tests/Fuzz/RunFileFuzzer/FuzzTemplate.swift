import Foundation
import GodwitCore
import TestSupport

@testable import GodwitJournal

/// A run file as the program leaves it, with what lies beside it.
struct FuzzTemplate {
  /// The bytes by the ending of the path: empty, `-wal`, `-shm`.
  var files: [String: Data] = [:]

  /// A run that was planned, one that was applied in part, one that was killed, and one that ended.
  static func all(in folder: String) async throws -> [FuzzTemplate] {
    let path = folder + "/template.godwit"
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
    let file = try RunFile.create(
      at: path,
      sources: ["move.lua": Array("return {}".utf8)],
      key: Array(0..<32),
      clock: { 1_800_000_000_000 }
    )
    let plans = (1...4).map(plan)
    try await file.add(plans.map(\.project))
    let selected = try await file.selected(after: 0, limit: 10)
    try await file.record(zip(selected, plans).map { ($0.position, $1) }, refused: [])
    try await file.finishPlanning(info)
    try file.close()
    var result = [take(path)]
    let applying = try RunFile.openForApplying(path, clock: { 1_800_000_001_000 })
    try await applying.commit([entry(1, .intent(image: image, stamp: "s", isRepeat: false))])
    try await applying.commit([
      entry(1, .outcome(.inDoubt, image: nil, note: "no answer")),
      entry(2, .intent(image: nil, stamp: nil, isRepeat: true)),
    ])
    result.append(take(path))
    try await applying.commit([
      entry(1, .outcome(.done, image: image, note: nil)),
      JournalEntry(
        position: 1,
        event: .settled(.changed, reason: "why", advice: nil, position: nil)
      ),
    ])
    try applying.close()
    result.append(take(path))
    return result
  }

  private static func take(_ path: String) -> FuzzTemplate {
    var template = FuzzTemplate()
    for suffix in ["", "-wal", "-shm"] {
      template.files[suffix] = FileManager.default.contents(atPath: path + suffix)
    }
    return template
  }

  private static func entry(_ position: Int, _ event: JournalEntry.Event) -> JournalEntry {
    JournalEntry(position: position, number: 1, event: event)
  }

  private static let image: JSONObject = [
    "region": "US", "apiKey": .masked(MaskedValue(tail: "1234", length: 32)),
  ]

  private static var info: RunInfo {
    let secret = SecretInput(
      name: "apiKey",
      reference: "env:K",
      fingerprint: SecretFingerprint(head: "", tail: "9abc", length: 32),
      keyedHash: "ff"
    )
    return RunInfo(
      id: "run-1",
      createdSeconds: 1_800_000_000,
      phase: .planned,
      toolVersion: "1.0",
      script: ScriptInfo(
        path: "move.lua",
        name: "move",
        summary: "",
        sha256: "00",
        hasVerify: true
      ),
      target: RunTarget(
        baseURL: "https://cloud.mongodb.com",
        credentialKind: "API key",
        credentialTail: "abcd",
        organizations: [.init(id: OrganizationID("o"), name: "Org", projects: 3)]
      ),
      parameters: ["to": "EU"],
      secrets: [secret],
      escrow: [EscrowInput(type: "WEBHOOK", field: "url", secret: secret)],
      selection: "--tag env=prod",
      remarks: ["One"]
    )
  }

  private static func plan(_ number: Int) -> ProjectPlan {
    let project = Project(
      id: ProjectID("60a1a23eec89025cc100000\(number)"),
      name: "project-\(number)",
      organization: OrganizationID("o")
    )
    guard number < 4 else {
      return ProjectPlan(
        project: project,
        outcome: .manual,
        reason: "by hand",
        tasks: [PersonTask(title: "do it", url: "https://example.com", detail: nil)],
        logs: [LogLine(level: .info, message: "m", position: ScriptPosition(file: "a", line: 3))],
        unchangedSecrets: [UnchangedSecret(type: "DATADOG", field: "apiKey", tail: "9abc")]
      )
    }
    let operation = Operation(
      number: 1,
      verb: .update,
      type: "DATADOG",
      before: image,
      body: image.merging(["apiKey": .secret(SecretReference(name: "apiKey"))]),
      after: image.merging(["region": "EU"]),
      changes: [
        FieldChange(field: "region", before: "US", after: "EU"),
        FieldChange(field: "apiKey", before: image["apiKey"], after: nil, isUnknowable: true),
      ],
      grade: .withSecret,
      position: ScriptPosition(file: "move.lua", line: 7)
    )
    return ProjectPlan(
      project: project,
      outcome: .changed,
      operations: [operation],
      reads: ReadSet(images: ["DATADOG": image])
    )
  }
}
