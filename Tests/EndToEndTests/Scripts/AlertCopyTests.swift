import AtlasSimulator
import Foundation
import GodwitCore
import Testing

/// Copies of keys in alert configurations, which live on wherever the integration went.
@Suite struct AlertCopyTests {
  private static let old = "0ddba110ddba110ddba110ddba1103e8"
  private static let third = "3333333333333333333333333333aaaa"
  private static let new = ShippedScriptTests.newKey

  /// Gives each project an integration with these fields, or none, and one alert configuration with
  /// such a notification; what else it has of alerts goes.
  private func prepare(
    _ atlas: Atlas,
    _ type: String,
    _ projects: [(integration: JSONObject?, notification: JSONObject)]
  ) throws -> [(project: String, alert: String)] {
    try zip(atlas.world.projectIDs(), projects).map { id, wanted in
      for alert in try atlas.world.alertConfigurations(of: id) {
        try atlas.world.removeAlertConfiguration(try #require(alert["id"]?.stringValue), from: id)
      }
      if try atlas.world.integration(of: id, type: type) != nil {
        try atlas.world.remove(type: type, from: id)
      }
      if let fields = wanted.integration { try atlas.world.add(fields, type: type, to: id) }
      let notification = JSONObject(["typeName": .string(type), "delayMin": 0])
        .merging(wanted.notification)
      let alert = try atlas.world.addAlertConfiguration(
        ["eventTypeName": "NO_PRIMARY", "notifications": [.object(notification)]],
        to: id
      )
      return (id, alert)
    }
  }

  private func notification(_ atlas: Atlas, _ project: String) throws -> JSONObject {
    let alerts = try atlas.world.alertConfigurations(of: project)
    return try #require(alerts.first?["notifications"]?.arrayValue?.first?.objectValue)
  }

  private func plan(
    _ place: Workplace,
    _ script: ShippedScript,
    _ more: [String],
    to file: String
  ) async throws -> (document: RunDocument, errors: String) {
    let plan = try await place.start(script.plan(to: file) + more).finished()
    expect(plan, endsWith: 0)
    return (try plan.document(), plan.errors)
  }

  private func skips(_ document: RunDocument, _ reason: String) -> Int {
    document.projects(in: "skipped").count { $0.reason == reason }
  }

  @Test func `alerts that a move between regions left behind are reported and moved later`()
    async throws
  {
    let script = ShippedScript(name: "datadog-region-move", secrets: [("apiKey", Self.new)])
    try await script.run(projects: 5) { place, atlas in
      func datadog(_ region: String, _ key: String = Self.old) -> JSONObject {
        ["apiKey": .string(key), "region": .string(region)]
      }
      let left: JSONObject = ["datadogApiKey": .string(Self.old), "datadogRegion": "US"]
      let made = try prepare(
        atlas,
        "DATADOG",
        [
          (datadog("US"), left), (datadog("EU", Self.third), left), (datadog("US3"), left),
          (nil, left),
          (datadog("US3"), ["datadogApiKey": .string(Self.third), "datadogRegion": "US3"]),
        ]
      )
      let first = try await plan(place, script, [], to: "a.godwit")
      #expect(first.document.totals.changed == 1)
      #expect(
        skips(first.document, "no Datadog integration; alerts ignored")
          == 1
      )
      expect(try await place.godwit("apply", "a.godwit", "--yes"), endsWith: 0)

      let report = try await plan(place, script, ["--param", "alerts=report"], to: "b.godwit")
      #expect(report.document.totals.skipped == 5)
      #expect(skips(report.document, "in EU already; alerts notify US") == 1)
      #expect(skips(report.document, "in US3, not in US") == 1)
      for (index, one) in made.enumerated() {
        #expect(report.errors.contains(one.alert) == (index < 4), "\(report.errors)")
      }

      let move = try await plan(place, script, ["--param", "alerts=move"], to: "c.godwit")
      #expect(move.document.projects(in: "changed").map(\.id) == made.prefix(4).map(\.project))
      expect(try await place.godwit("apply", "c.godwit", "--yes"), endsWith: 0)
      for (index, one) in made.enumerated() {
        let now = try notification(atlas, one.project)
        #expect(now["datadogRegion"] == .string(index < 4 ? "EU" : "US3"))
        #expect(now["datadogApiKey"] == .string(index < 4 ? Self.new : Self.third))
      }
      // Integrations that were elsewhere, or had another key, are as they were.
      #expect(
        try atlas.world.integration(of: made[1].project, type: "DATADOG")?["apiKey"]
          == .string(Self.third)
      )
      let again = try await plan(place, script, ["--param", "alerts=move"], to: "d.godwit")
      #expect(again.document.totals.skipped == 5)
    }
  }

  private static let rotation = ShippedScript(
    name: "rotate-key",
    inputs: ["--param", "type=PAGER_DUTY"],
    secrets: [("key", new)]
  )

  /// The old key, a third one, and none beside an alert's old one, and a third one throughout.
  private func prepareRotation(_ atlas: Atlas) throws -> [(project: String, alert: String)] {
    func integration(_ key: String) -> JSONObject { ["serviceKey": .string(key), "region": "US"] }
    let left: JSONObject = ["serviceKey": .string(Self.old), "region": "US"]
    return try prepare(
      atlas,
      "PAGER_DUTY",
      [
        (integration(Self.old), left), (integration(Self.third), left), (nil, left),
        (integration(Self.third), ["serviceKey": .string(Self.third), "region": "US"]),
      ]
    )
  }

  @Test func `a key that leaked is found in alerts, whatever the integration has`() async throws {
    try await Self.rotation.run(projects: 4) { place, atlas in
      let made = try prepareRotation(atlas)
      func plan(_ alerts: String) async throws -> (document: RunDocument, errors: String) {
        let more = ["--param", "tail=****03e8", "--param", "alerts=\(alerts)"]
        return try await self.plan(place, Self.rotation, more, to: "\(UUID()).godwit")
      }
      let ignore = try await plan("ignore")
      let other = "uses another key than the one that ends in 03e8"
      #expect(ignore.document.totals.changed == 1)
      #expect(skips(ignore.document, other + "; alerts ignored") == 2)
      #expect(
        skips(
          ignore.document,
          "no PAGER_DUTY integration; alerts ignored"
        ) == 1
      )

      let report = try await plan("report")
      #expect(report.document.totals.changed == 1)
      #expect(skips(report.document, other + "; alerts keep another key") == 1)
      #expect(skips(report.document, other) == 1)
      for (index, one) in made.enumerated() {
        #expect(report.errors.contains(one.alert) == (index < 3), "\(report.errors)")
      }

      let words = Self.rotation.plan(to: "move.godwit")
      let move = try await place.start(
        words + ["--param", "tail=03e8", "--param", "alerts=move"]
      ).finished()
      #expect(
        try move.document().projects(in: "changed").map(\.id) == made.prefix(3).map(\.project)
      )
      expect(try await place.godwit("apply", "move.godwit", "--yes"), endsWith: 0)
      for (index, one) in made.enumerated() {
        let key = try notification(atlas, one.project)["serviceKey"]
        #expect(key == .string(index < 3 ? Self.new : Self.third))
      }
      #expect(try await plan("move").document.totals.skipped == 4)
      let left = try await place.godwit("inventory", "--where-tail", "03e8")
      #expect(left.text.contains("No project has what was asked for"), "\(left)")
    }
  }

  @Test(arguments: [
    ("3e8", "tail is \"3e8\": it takes the four characters"),
    ("****3e8", "tail is \"****3e8\": it takes the four characters"),
    ("10003e8", "tail is \"10003e8\": it takes the four characters"),
    ("***8", "tail is \"***8\": it takes the four characters"),
    ("03 8", "tail is \"03 8\": it takes the four characters"),
    ("03E8", "a key here ends in 03e8: write tail as Atlas shows it, not 03E8"),
  ])
  func `an end of a key that cannot be one is refused, and not taken for another key's`(
    tail: String,
    words: String
  ) async throws {
    try await Self.rotation.run(projects: 3) { place, atlas in
      let made = try prepareRotation(atlas)
      for project in made.dropFirst() {
        if try atlas.world.integration(of: project.project, type: "PAGER_DUTY") != nil {
          try atlas.world.remove(type: "PAGER_DUTY", from: project.project)
        }
      }
      let plan = try await place.godwit(
        "plan",
        "scripts/rotate-key.lua",
        "--param",
        "type=PAGER_DUTY",
        "--param",
        "tail=\(tail)",
        "--secret",
        "key=env:SECRET_KEY"
      )
      expect(plan, endsWith: 1)
      let line = plan.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(line.contains(words), "\(plan)")
      #expect(plan.text.contains("3 failed"))
    }
  }
}
