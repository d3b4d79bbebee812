import AtlasSimulator
import GodwitAtlas
import GodwitCore
import TestSupport
import Testing

@testable import GodwitRun

/// A write that Atlas accepts and does not keep is a failure.
@Suite struct ContradictionTests {
  private static func alert(_ verb: Verb, _ body: JSONObject, _ after: JSONObject) -> Operation {
    Operation(
      number: 1,
      verb: verb,
      target: .alert(AlertTarget(id: AlertConfigurationID("a1"), eventTypeName: "HOST_DOWN")),
      before: nil,
      body: body,
      after: after,
      changes: [],
      grade: .exact,
      position: nil
    )
  }

  private static func patch(_ body: JSONObject) -> Operation {
    Operation(
      number: 1,
      verb: .update,
      target: .request(RequestTarget(method: "PATCH", path: "/auditLog")),
      before: ["enabled": false],
      body: body,
      after: (["enabled": false] as JSONObject).merging(body),
      changes: [],
      grade: .exact,
      position: nil
    )
  }

  /// Operations, the fields that the answer shows, and the contradictions in words.
  static let cases: [(operation: Operation, shown: JSONObject, words: [String])] = [
    (Sample.move, Sample.eu.fields, []),
    (Sample.move, Sample.eu.fields.merging(["new": true]), []),
    (
      Sample.move, Sample.eu.fields.merging(["region": "US"]),
      [#"region: sent "EU", shows "US""#]
    ),
    (
      Sample.move, Sample.us.fields,
      ["apiKey: sent ****9abc, shows ****1234", #"region: sent "EU", shows "US""#]
    ),
    (Sample.move, ["apiKey": Sample.newKey], [#"region: sent "EU", shows nothing"#]),
    // A secret that Atlas never shows, and one of which it suddenly shows a mask.
    (Sample.rotate, Sample.prometheus.fields, []),
    (Sample.rotate, Sample.prometheus.fields.merging(["password": Sample.oldKey]), []),
    // A field that was cleared and is still shown.
    (
      Sample.operation(
        .update,
        before: ["customEndpoint": "x"],
        body: ["customEndpoint": .null],
        after: [:]
      ),
      ["customEndpoint": "x"], [#"customEndpoint: sent nothing, shows "x""#]
    ),
    (alert(.toggle, ["enabled": true], ["enabled": true]), ["enabled": true], []),
    (
      alert(.toggle, ["enabled": true, "x": 1], ["enabled": true]), ["enabled": false],
      ["enabled: sent true, shows false"]
    ),
    (
      alert(
        .update,
        ["notifications": [["typeName": "EMAIL"]]],
        ["notifications": [["typeName": "EMAIL"]], "id": "a1"]
      ),
      ["notifications": [["typeName": "EMAIL", "notifierId": "n"]]], []
    ),
    (patch(["enabled": true]), ["enabled": true], []),
    (patch(["enabled": true]), [:], []),
    (patch(["enabled": true]), ["other": "anything"], []),
    (
      patch(["filter": ["level": 3]]), ["filter": ["level": 2]],
      ["filter.level: sent 3, shows 2"]
    ),
    (patch(["list": [1, 2]]), ["list": [2, 1]], []),
    (Sample.remove, Sample.us.fields, []),
  ]

  @Test(arguments: cases.indices)
  func `compares what was sent with what the answer shows`(index: Int) {
    let (operation, shown, words) = Self.cases[index]
    #expect(LandingJudge.contradictions(of: operation, in: shown).map(\.words) == words)
  }

  @Test func `fails the project, and sends none of its later operations`() {
    let scene = Scene(
      operations: [Sample.move, Sample.page],
      replies: [
        .shows([Sample.us]),
        .answers(Sample.changed(Sample.eu, ["region": "US"], stamp: "2")),
      ]
    )
    #expect(
      scene.play() == [
        "read", "announce intent 1", "send update DATADOG",
        #"note failed 1, settled failed (update DATADOG: Atlas did not keep region: sent "EU", shows "US")"#,
        "end failed",
      ]
    )
  }

  @Test func `says so over HTTP, for integrations, alerts and paths, and a retry can succeed`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let world: (inout SimulatorConfiguration) -> Void = {
        $0.world = .file(folder.file("world.db"))
        $0.projects = 60
      }
      _ = try await RunningSimulator.with(folder, world) {
        try await Estate(folder: folder, running: $0).plan(Estate.everything)
      }
      let faulty: (inout SimulatorConfiguration) -> Void = {
        world(&$0)
        $0.faults = [FaultRule(.notKept)]
      }
      _ = try await RunningSimulator.with(folder, faulty) {
        _ = try await Estate(folder: folder, running: $0).apply(Estate.everything)
      }
      try await RunningSimulator.with(folder, world) { running in
        let estate = Estate(folder: folder, running: running)
        let failed = try estate.records().filter { $0.outcome == .failed }
        for words in ["update DATADOG: Atlas did not keep", "PATCH /auditLog: Atlas did not keep"] {
          #expect(failed.contains { $0.reason?.hasPrefix(words) == true }, "\(words)")
        }
        #expect(failed.contains { $0.reason?.contains("enabled: sent") == true })
        #expect(try estate.totals().isBalanced)
        // What Atlas kept nothing of is as it was: a retry sends it again.
        try await estate.apply(Estate.everything, retrying: [.failed])
        #expect(try estate.totals()[.failed] == 0)
        #expect(try estate.totals()[.held] == 0)
      }
    }
  }
}
