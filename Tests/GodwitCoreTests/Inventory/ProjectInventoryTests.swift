import GodwitCore
import Testing

@Suite struct ProjectInventoryTests {
  private static let project = Project(
    id: ProjectID("5f0000000000000000000001"),
    name: "a",
    organization: OrganizationID("5f0000000000000000000002")
  )

  private static func alert(_ id: String, _ notifications: JSONValue...) -> AlertConfiguration {
    AlertConfiguration(
      id: AlertConfigurationID(id),
      fields: ["eventTypeName": "NO_PRIMARY", "notifications": .array(notifications)]
    )
  }

  private static func mask(_ tail: String, _ length: Int? = 32) -> JSONValue {
    .masked(MaskedValue(tail: tail, length: length))
  }

  @Test func `integrations are there with region and what is shown of their keys`() {
    let inventory = ProjectInventory(
      Self.project,
      integrations: [
        Integration(type: "DATADOG", fields: ["apiKey": Self.mask("9abc"), "region": "EU"]),
        Integration(type: "PROMETHEUS", fields: ["username": "u"]),
      ],
      alerts: []
    )
    #expect(inventory.entries.map(\.type) == ["DATADOG", "PROMETHEUS"])
    #expect(inventory.entries.map(\.region) == ["EU", nil])
    #expect(inventory.entries[0].secrets.map(\.field) == ["apiKey"])
    #expect(inventory.entries[1].secrets.isEmpty)
    #expect(inventory.entries.allSatisfy { $0.slack == nil })
  }

  @Test func `an alert has no route if its integration is not there`() {
    let inventory = ProjectInventory(
      Self.project,
      integrations: [Integration(type: "SLACK", fields: [:])],
      alerts: [
        Self.alert("1", ["typeName": "SLACK"], ["typeName": "DATADOG"]),
        Self.alert("2", ["typeName": "FLOWDOCK"], ["typeName": "DATADOG"]),
        Self.alert("3", ["typeName": "SLACK"]), Self.alert("4", ["typeName": "GROUP"]),
        Self.alert(
          "5",
          ["typeName": "DATADOG"],
          ["typeName": "GROUP", "emailEnabled": false, "smsEnabled": false]
        ),
      ]
    )
    #expect(inventory.alertCount == 5)
    let lost = inventory.alertsWithoutRoute
    #expect(lost.map(\.id.text) == ["1", "2", "5"])
    #expect(lost.map(\.types) == [["DATADOG"], ["DATADOG", "FLOWDOCK"], ["DATADOG"]])
    #expect(lost.map(\.isSilent) == [false, true, true])
    #expect(lost.allSatisfy { $0.event == "NO_PRIMARY" })
  }

  @Test(
    arguments: [("9abc", true), ("77e0", true), ("0001", false), ("", false), ("abc", false)]
  )
  func `a tail is found in integrations and in the copies of alerts`(tail: String, isThere: Bool) {
    let inventory = ProjectInventory(
      Self.project,
      integrations: [
        Integration(type: "DATADOG", fields: ["apiKey": Self.mask("9abc"), "note": "0001"]),
        Integration(type: "NEW", fields: ["key": Self.mask("", 3)]),
      ],
      alerts: [
        Self.alert("1", ["typeName": "DATADOG", "datadogApiKey": Self.mask("77e0")]),
        Self.alert("2", ["typeName": "DATADOG", "datadogApiKey": Self.mask("77e0")]),
      ]
    )
    #expect(inventory.shows(tail: tail) == isThere)
    #expect(inventory.alertSecrets.count == 1)
  }

  @Test(
    arguments: [
      (["teamName": "t", "apiToken": mask("9abc", 16)], .oauth),
      (["apiToken": mask("9abc", 16)], .legacy), (["apiToken": mask("9abc", 74)], .unclear),
      (["apiToken": mask("9abc", nil)], .legacy),
      (["teamName": "", "apiToken": mask("9abc", 16)], .legacy),
    ] as [(JSONObject, SlackKind)]
  )
  func `a legacy Slack is told by its team and the length of its token`(
    fields: JSONObject,
    kind: SlackKind
  ) {
    #expect(Integration(type: "SLACK", fields: fields).slackKind == kind)
    #expect(Integration(type: "DATADOG", fields: fields).slackKind == nil)
  }
}
