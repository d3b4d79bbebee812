import Foundation
import GodwitCore
import GodwitReport
import Testing

@Suite struct InventoryListTests {
  private static func project(_ number: Int, _ name: String) -> Project {
    Project(
      id: ProjectID("5f000000000000000000000\(number)"),
      name: name,
      organization: OrganizationID("5f0000000000000000000100")
    )
  }

  private static func mask(_ tail: String, _ length: Int? = 32, _ head: String = "") -> JSONValue {
    .masked(MaskedValue(head: head, tail: tail, length: length))
  }

  private static func alert(_ id: String, _ types: String...) -> AlertConfiguration {
    AlertConfiguration(
      id: AlertConfigurationID(id),
      fields: [
        "eventTypeName": "NO_PRIMARY",
        "notifications": .array(
          types.map { ["typeName": .string($0), "datadogApiKey": mask("77e0")] }
        ),
      ]
    )
  }

  private static let rows: [InventoryRow] = [
    InventoryRow(
      ProjectInventory(
        project(1, "payments-ledger-prod"),
        integrations: [
          Integration(
            type: "SLACK",
            fields: ["apiToken": mask("1234", 16), "channelName": "#a"]
          ),
          Integration(type: "DATADOG", fields: ["apiKey": mask("9abc"), "region": "EU"]),
          Integration(
            type: "WEBHOOK",
            fields: ["url": mask("2101", nil, "https://h.example.com/"), "secret": mask("77e0")]
          ),
        ],
        alerts: [alert("a1", "DATADOG"), alert("a2", "DATADOG", "GROUP")]
      )
    ),
    InventoryRow(
      ProjectInventory(
        project(2, "=cmd|' /C calc'!A0"),
        integrations: [
          Integration(type: "DATADOG", fields: ["apiKey": mask("0bad"), "region": "US"]),
          Integration(
            type: "SLACK",
            fields: ["apiToken": mask("5678", 74), "teamName": "acme", "channelName": "#b"]
          ),
        ],
        alerts: []
      )
    ),
    InventoryRow(
      ProjectInventory(
        project(3, "empty \u{1b}[31mred"),
        integrations: [],
        alerts: [alert("a3", "DATADOG"), alert("a4", "SLACK", "GROUP")]
      )
    ),
    InventoryRow(project(4, "no-access"), failure: "GET /x: 403 FORBIDDEN"),
  ]

  private static let list = InventoryList(rows, notFound: ["nobody"])

  @Test func `the table is as recorded`() throws {
    try Golden.expect(Self.list.text(), matches: "inventory.txt")
    #expect(!Self.list.text().contains("\u{1b}"))
  }

  @Test func `the CSV is as recorded, one line a project`() throws {
    let text = Self.list.csv()
    try Golden.expect(text, matches: "inventory.csv")
    #expect(text.split(separator: "\r\n").count == Self.rows.count + 1)
  }

  @Test func `the JSON is as recorded, and reads`() throws {
    let text = Self.list.json()
    try Golden.expect(text, matches: "inventory.json")
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect((object?["projects"] as? [Any])?.count == Self.rows.count)
  }

  @Test func `a key that only alerts keep is shown where it is, if it was looked for`() throws {
    let text = InventoryList(Self.rows, notFound: [], tail: "77e0").text()
    let lines = text.split(separator: "\n")
    let first = try #require(lines.first { $0.hasPrefix("payments-ledger-prod") })
    #expect(first.hasSuffix("; in alerts: DATADOG ****77e0"), "\(text)")
    let third = try #require(lines.first { $0.hasPrefix("empty") })
    #expect(third.hasSuffix("none; in alerts: DATADOG, SLACK ****77e0"), "\(text)")
    #expect(!InventoryList(Self.rows, notFound: [], tail: "0bad").text().contains("in alerts"))
  }

  @Test func `what is missing is said beside a form that has no place for it`() {
    #expect(Self.list.complaint?.line == "not found: \"nobody\"")
    #expect(InventoryList(Self.rows, notFound: []).complaint == nil)
  }

  @Test func `without a project it says so`() throws {
    let list = InventoryList([], notFound: [])
    #expect(list.text() == "No project has what was asked for.\n")
    #expect(list.csv().split(separator: "\r\n").count == 1)
    let object = try JSONSerialization.jsonObject(with: Data(list.json().utf8)) as? [String: Any]
    #expect((object?["projects"] as? [Any])?.isEmpty == true)
  }

  private static let endings: [([InventoryRow], [String], GodwitCore.ExitStatus)] = [
    (rows, [], .projectsFailed),
    (Array(rows.prefix(2)), [], .success),
    ([], [], .success),
    (Array(rows.prefix(2)), ["x"], .projectsFailed),
    (Array(rows.suffix(1)), [], .couldNotStart),
  ]

  @Test(arguments: endings)
  func `a project that failed or is missing is told by the exit status`(
    rows: [InventoryRow],
    notFound: [String],
    status: GodwitCore.ExitStatus
  ) {
    #expect(InventoryList(rows, notFound: notFound).exitStatus == status)
  }
}
