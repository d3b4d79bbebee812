import AtlasSimulator
import GodwitCore
import TestSupport
import Testing

@testable import GodwitAtlas

/// Alert configurations, FLOWDOCK and plain resources against a server that judges and masks as
/// Atlas does.
@Suite struct AlertSimulatorTests {
  private static let secrets: SecretResolver = { _ in
    SecretValue("0123456789abcdef0123456789ab77e0")
  }

  private static func with(
    _ adjust: (inout SimulatorConfiguration) -> Void = { _ in },
    client: (inout AtlasConfiguration) -> Void = { _ in },
    _ body: (RunningSimulator) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      try await RunningSimulator.with(folder, adjust, client: client, body)
    }
  }

  @Test(arguments: [APIGeneration.v2, .v1])
  func `reads what the world holds, and no secret of it`(generation: APIGeneration) async throws {
    try await Self.with({
      $0.projects = 150
      $0.v1Masking = .clear
    }) { running in
      var large = 0
      var types: Set<IntegrationType> = []
      for project in try running.world.projectIDs() {
        let stored = try running.world.alertConfigurations(of: project)
        let read = try await running.reader.alertConfigurations(
          of: ProjectID(project),
          through: generation
        )
        #expect(read.map(\.id.text) == stored.map { $0["id"]?.stringValue })
        if read.count > 100 { large += 1 }
        for alert in read { types.formUnion(alert.integrationTypes) }
        let text = "\(read)"
        for notification in stored.flatMap({ $0["notifications"]?.arrayValue ?? [] }) {
          let notification = notification.objectValue ?? [:]
          let rule = try #require(GodwitCore.NotificationRules.rule(of: notification))
          for field in rule.secretFields {
            guard let secret = notification[field.name]?.stringValue else { continue }
            #expect(!text.contains(secret), "\(rule.typeName).\(field.name)")
          }
        }
      }
      #expect(large == 1)
      #expect(types.contains("FLOWDOCK") == (generation == .v1))
      #expect(types.isSuperset(of: ["DATADOG", "SLACK", "WEBHOOK", "PAGER_DUTY"]))
    }
  }

  @Test(arguments: SimulatorConfiguration.V1Masking.allCases)
  func `both generations show the same configuration, however they mask`(
    masking: SimulatorConfiguration.V1Masking
  ) async throws {
    try await Self.with({ $0.v1Masking = masking }) { running in
      var compared = 0
      for project in try running.world.projectIDs() {
        let id = ProjectID(project)
        let newer = try await running.reader.alertConfigurations(of: id)
        let older = try await running.reader.alertConfigurations(of: id, through: .v1)
        for (left, right) in zip(newer, older) where !right.integrationTypes.contains("FLOWDOCK") {
          #expect(AlertComparison.changes(from: left.fields, to: right.fields) == [])
          compared += 1
        }
      }
      #expect(compared > 100)
    }
  }

  @Test func `creates, replaces with what is stored, turns off and deletes`() async throws {
    try await Self.with { running in
      let project = try #require(try await running.reader.projects().first).id
      let body: JSONObject = [
        "enabled": true, "eventTypeName": "NO_PRIMARY",
        "notifications": [
          [
            "typeName": "DATADOG", "datadogApiKey": .secret(SecretReference(name: "k")),
            "datadogRegion": "EU",
          ],
          ["typeName": "GROUP", "emailEnabled": true, "roles": ["GROUP_OWNER"]],
        ],
      ]
      let writer = running.writer
      let made = try #require(
        try await writer.createAlertConfiguration(
          in: project,
          body: body,
          secrets: Self.secrets
        )
      )
      #expect(made.integrationTypes == ["DATADOG"])
      let mask = JSONValue.masked(MaskedValue(tail: "77e0", length: 32))
      #expect(made.notifications[0]["datadogApiKey"] == mask)

      // What a masked field has a notifierId for is left out, and Atlas keeps it.
      var datadog = made.notifications[0]
      datadog["datadogApiKey"] = nil
      datadog["datadogRegion"] = "US3"
      let next = made.fields.removing { name, _ in
        AlertConfiguration.readOnlyKeys.contains(name)
      }.merging(["notifications": [.object(datadog), .object(made.notifications[1])]])
      let replaced = try #require(
        try await writer.updateAlertConfiguration(
          made.id,
          in: project,
          body: next,
          secrets: Self.secrets
        )
      )
      #expect(
        AlertComparison.changes(from: made.fields, to: replaced.fields)
          == [
            FieldChange(
              field: "notifications[DATADOG].datadogRegion",
              before: "EU",
              after: "US3"
            )
          ]
      )
      #expect(replaced.notifierIDs.isDisjoint(with: made.notifierIDs))
      let off = try await writer.setAlertConfiguration(made.id, enabled: false, in: project)
      #expect(off?.isEnabled == false)
      #expect(off?.notifierIDs == replaced.notifierIDs)
      #expect(try await running.reader.alertConfiguration(made.id, of: project) == off)
      try await writer.deleteAlertConfiguration(made.id, in: project)
      #expect(try await running.reader.alertConfiguration(made.id, of: project) == nil)
      let gone = try await atlasError {
        try await writer.deleteAlertConfiguration(made.id, in: project)
      }
      #expect(gone.isAlertConfigurationNotFound)
      #expect(gone.arrival == .refused)
      #expect(!running.requests.contains { $0.storesMask })
      #expect(running.requests.madeWrites.values.allSatisfy { $0 == 1 })
    }
  }

  @Test func `Flowdock is read and deleted through v1.0, and listed by it alone`() async throws {
    try await Self.with({ $0.projects = 200 }) { running in
      let id = try #require(try running.world.projectIDs(having: "FLOWDOCK").first)
      let project = ProjectID(id)
      let stored = try #require(try running.world.integration(of: id, type: "FLOWDOCK"))
      let read = try #require(
        try await running.reader.integration(of: project, type: "FLOWDOCK")
      )
      let token = try #require(stored["apiToken"]?.stringValue)
      #expect(read.fields["apiToken"] == .masked(SecretDisplay.tail.mask(token)))
      let listed = try await running.reader.integrations(of: project)
      #expect(!listed.contains { $0.type == "FLOWDOCK" })
      try await running.writer.delete("FLOWDOCK", in: project)
      #expect(try await running.reader.integration(of: project, type: "FLOWDOCK") == nil)
      let again = try await atlasError {
        try await running.writer.delete("FLOWDOCK", in: project)
      }
      #expect(again.isIntegrationNotConfigured)
      let paths = running.requests.filter { $0.type == "FLOWDOCK" }.map(\.path)
      #expect(paths.allSatisfy { $0.hasPrefix("/api/atlas/v1.0/groups/") })
    }
  }

  @Test func `HipChat is listed, read and deleted through v2`() async throws {
    try await Self.with({ $0.projects = 200 }) { running in
      let id = try #require(try running.world.projectIDs(having: "HIP_CHAT").first)
      let project = ProjectID(id)
      let listed = try await running.reader.integrations(of: project)
      let found = try #require(listed.first { $0.type == "HIP_CHAT" })
      #expect(try await running.reader.integration(of: project, type: "HIP_CHAT") == found)
      try await running.writer.delete("HIP_CHAT", in: project)
      #expect(try await running.reader.integration(of: project, type: "HIP_CHAT") == nil)
    }
  }

  @Test func `reads and writes what has no method of its own`() async throws {
    try await Self.with { running in
      let project = try #require(try await running.reader.projects().first).id
      let before = try await running.reader.get(path: "/auditLog", in: project)
      #expect(before.objectValue?["enabled"] == false)
      let after = try await running.writer.request(
        .patch,
        path: "/auditLog",
        body: ["enabled": true],
        secrets: { _ in nil },
        in: project
      )
      #expect(after?.objectValue?["enabled"] == true)
      #expect(try await running.reader.get(path: "/auditLog", in: project) == after)
      let names = try await running.reader.get(path: "/alertConfigs/matchers/fieldNames")
      #expect(names.arrayValue?.contains("HOSTNAME") == true)
      let missing = try await atlasError {
        try await running.reader.get(path: "/nonsense", in: project)
      }
      #expect(missing.errorCode == "RESOURCE_NOT_FOUND")
      let list = try await running.reader.get(
        path: "/integrations",
        query: ["itemsPerPage": "5"],
        in: project
      )
      #expect(list.objectValue?["results"] != nil)
      #expect(running.requests.filter { $0.mutationWasMade == true }.count == 1)
    }
  }

  @Test func `all reads of v1.0 show no secret, though it sends them in clear`() async throws {
    try await Self.with({ $0.v1Masking = .clear }, client: { $0.api = .v1 }) { running in
      for project in try running.world.projectIDs() {
        let id = ProjectID(project)
        let whole = try await running.reader.get(path: "/integrations", in: id)
        let listed = try await AtlasReader(running.connection).integrations(of: id)
        let text = "\(whole) \(listed)"
        for type in GodwitCore.IntegrationRules.all {
          guard let stored = try running.world.integration(of: project, type: type.type.text)
          else { continue }
          for field in type.secretFields {
            if let secret = stored[field.name]?.stringValue { #expect(!text.contains(secret)) }
          }
        }
      }
    }
  }
}
