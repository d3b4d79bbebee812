import GodwitCore
import Testing

@testable import AtlasSimulator

@Suite struct AlertJudgeTests {
  private static let hex = Sample.hex32
  private static let group: JSONValue = ["typeName": "GROUP"]

  private static func judge(takesFlowdock: Bool = false) -> AlertJudge {
    AlertJudge(
      notifications: NotificationJudge(
        takesFlowdock: takesFlowdock,
        stored: [
          "slack": ["typeName": "SLACK", "apiToken": "xoxb-stored", "notifierId": "slack"],
          "hip": [
            "typeName": "HIP_CHAT", "notificationToken": "stored", "roomName": "a",
            "notifierId": "hip",
          ],
        ],
        integrations: [
          "OPS_GENIE": IntegrationRow(id: "og", document: ["apiKey": "key", "region": "EU"])
        ],
        makeID: { "new" }
      )
    )
  }

  static let refused: [(JSONObject, String, [JSONValue]?)] = [
    (["notifications": []], "MISSING_NOTIFICATIONS", nil),
    (["notifications": .null], "MISSING_NOTIFICATIONS", nil),
    (["notifications": "x"], "INVALID_ATTRIBUTE", ["notifications"]),
    (["notifications": ["x"]], "INVALID_ATTRIBUTE", ["notifications"]),
    (
      ["notifications": .array(Array(repeating: group, count: 26))],
      "MAX_NOTIFICATIONS_PER_ALERT_EXCEEDED", [25]
    ),
    (["eventTypeName": .null], "MISSING_ATTRIBUTE", ["eventTypeName"]),
    (["eventTypeName": "no primary"], "INVALID_ENUM_VALUE", ["no primary"]),
    (["eventTypeName": 5], "INVALID_ATTRIBUTE", ["eventTypeName"]),
    (["eventTypeName": "OUTSIDE_METRIC_THRESHOLD"], "MISSING_ATTRIBUTE", ["metricThreshold"]),
    (["enabled": "yes"], "INVALID_ATTRIBUTE", ["enabled"]),
    (["color": "red"], "INVALID_ATTRIBUTE", ["color"]),
    (["severityOverride": "BAD"], "INVALID_ENUM_VALUE", ["BAD"]),
    (["matchers": [["fieldName": "A", "operator": "EQUALS"]]], "MISSING_ATTRIBUTE", ["value"]),
    (
      ["matchers": [["fieldName": "A", "operator": "IS", "value": "x"]]],
      "INVALID_ENUM_VALUE", ["IS"]
    ),
    (["threshold": ["operator": "EQUALS"]], "INVALID_ENUM_VALUE", ["EQUALS"]),
    (["threshold": ["threshold": "9"]], "INVALID_ATTRIBUTE", ["threshold"]),
    (["metricThreshold": ["threshold": 9]], "MISSING_ATTRIBUTE", ["metricName"]),
    (["notifications": [["roles": []]]], "MISSING_ATTRIBUTE", ["typeName"]),
    (
      ["notifications": [["typeName": "PIGEON"]]], "UNSUPPORTED_NOTIFICATION_TYPE", ["PIGEON"]
    ),
    (
      ["notifications": [["typeName": "FLOWDOCK"]]], "UNSUPPORTED_NOTIFICATION_TYPE", ["FLOWDOCK"]
    ),
    (["notifications": [["typeName": "HIP_CHAT"]]], "HIPCHAT_NOT_SUPPORTED", ["HIP_CHAT"]),
    (
      ["notifications": [["typeName": "GROUP", "intervalMin": 4]]],
      "NOTIFICATION_INTERVAL_OUT_OF_RANGE", nil
    ),
    (
      ["notifications": [["typeName": "GROUP", "delayMin": -1]]],
      "INVALID_ATTRIBUTE", ["delayMin"]
    ),
    (
      ["notifications": [["typeName": "GROUP", "roles": ["ORG_OWNER"]]]],
      "INVALID_ENUM_VALUE", ["ORG_OWNER"]
    ),
    (["notifications": [["typeName": "EMAIL"]]], "MISSING_ATTRIBUTE", ["emailAddress"]),
    (
      ["notifications": [["typeName": "EMAIL", "emailEnabled": true, "emailAddress": "a@b"]]],
      "INVALID_ATTRIBUTE", ["emailEnabled"]
    ),
    (["notifications": [["typeName": "SMS"]]], "MISSING_ATTRIBUTE", ["mobileNumber"]),
    (["notifications": [["typeName": "USER"]]], "MISSING_ATTRIBUTE", ["username"]),
    (["notifications": [["typeName": "TEAM"]]], "MISSING_ATTRIBUTE", ["teamId"]),
    (
      ["notifications": [["typeName": "GROUP", "integrationId": "og"]]],
      "INVALID_ATTRIBUTE", ["integrationId"]
    ),
    (["notifications": [["typeName": "DATADOG"]]], "MISSING_ATTRIBUTE", ["datadogApiKey"]),
    (
      ["notifications": [["typeName": "DATADOG", "datadogApiKey": "short"]]],
      "INVALID_DATADOG_API_KEY", nil
    ),
    (
      ["notifications": [["typeName": "PAGER_DUTY", "serviceKey": "****************9abc"]]],
      "INVALID_PAGER_DUTY_SERVICE_KEY", nil
    ),
    (
      ["notifications": [["typeName": "SLACK", "apiToken": "*******oken"]]],
      "INTEGRATION_FIELDS_INVALID", nil
    ),
    (
      ["notifications": [["typeName": "DATADOG", "apiKey": .string(hex)]]],
      "INVALID_ATTRIBUTE", ["apiKey"]
    ),
    (
      [
        "notifications": [
          ["typeName": "DATADOG", "datadogApiKey": .string(hex), "datadogRegion": "X"]
        ]
      ],
      "INVALID_ENUM_VALUE", ["X"]
    ),
    (["notifications": [["typeName": "WEBHOOK"]]], "WEBHOOK_URL_NOT_SET", nil),
    (
      ["notifications": [["typeName": "WEBHOOK", "webhookUrl": "ftp://x"]]],
      "INVALID_URL", ["webhookUrl"]
    ),
    (
      ["notifications": [["typeName": "SLACK", "notifierId": "nobody"]]],
      "INVALID_ATTRIBUTE", ["notifierId"]
    ),
    (
      ["notifications": [["typeName": "DATADOG", "notifierId": "slack"]]],
      "INVALID_ATTRIBUTE", ["typeName"]
    ),
    (
      ["notifications": [["typeName": "SLACK", "notifierId": "slack", "apiToken": .null]]],
      "MISSING_ATTRIBUTE", ["apiToken"]
    ),
    (
      ["notifications": [["typeName": "HIP_CHAT", "notifierId": "hip"]]],
      "MISSING_ATTRIBUTE", ["roomName"]
    ),
    (
      ["notifications": [["typeName": "OPS_GENIE", "integrationId": "none"]]],
      "INVALID_ATTRIBUTE", ["integrationId"]
    ),
  ]

  @Test(arguments: refused) func `a body that makes no sense is refused`(
    change: JSONObject,
    code: String,
    parameters: [JSONValue]?
  ) {
    let body: JSONObject = ["eventTypeName": "NO_PRIMARY", "notifications": [Self.group]]
    let error = #expect(throws: APIError.self) { try Self.judge().verdict(body.merging(change)) }
    #expect(error?.code == code)
    #expect(error?.status == 400)
    #expect(error?.parameters == parameters)
  }

  private static func stored(
    _ notification: JSONObject,
    takesFlowdock: Bool = false
  ) throws -> JSONObject? {
    let body: JSONObject = [
      "eventTypeName": "NO_PRIMARY", "notifications": [.object(notification)],
    ]
    let verdict = try judge(takesFlowdock: takesFlowdock).verdict(body)
    return verdict.document["notifications"]?.arrayValue?[0].objectValue
  }

  @Test func `what is stored under a notifierId is kept, the rest is reset`() throws {
    let slack = try Self.stored(["typeName": "SLACK", "notifierId": "slack", "channelName": "b"])
    #expect(
      slack == [
        "typeName": "SLACK", "apiToken": "xoxb-stored", "channelName": "b", "delayMin": 0,
        "notifierId": "new",
      ]
    )
    let hip = try Self.stored(["typeName": "HIP_CHAT", "notifierId": "hip", "roomName": "b"])
    #expect(hip?["notificationToken"] == "stored")
  }

  @Test func `an interval is not kept where the service has its own`() throws {
    let named = try Self.stored([
      "typeName": "OPS_GENIE", "integrationId": "og", "intervalMin": 60,
    ])
    #expect(
      named == [
        "typeName": "OPS_GENIE", "opsGenieApiKey": "key", "opsGenieRegion": "EU", "delayMin": 0,
        "integrationId": "og", "notifierId": "new",
      ]
    )
  }

  @Test func `v1.0 takes notifications through Flowdock`() throws {
    let flowdock: JSONObject = [
      "typeName": "FLOWDOCK", "flowdockApiToken": "token", "flowName": "a", "orgName": "b",
    ]
    #expect(try Self.stored(flowdock, takesFlowdock: true)?["flowName"] == "a")
  }

  @Test func `what only Atlas makes is ignored`() throws {
    let body: JSONObject = [
      "id": "x", "groupId": "y", "created": "z", "updated": 5, "links": "w",
      "eventTypeName": "NO_PRIMARY", "notifications": [Self.group],
    ]
    let document = try Self.judge().verdict(body).document
    #expect(document.keys == ["enabled", "eventTypeName", "matchers", "notifications"])
  }
}
