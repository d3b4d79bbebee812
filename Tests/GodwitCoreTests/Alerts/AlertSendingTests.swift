import GodwitCore
import Testing

@Suite struct AlertSendingTests {
  private static let sent: JSONObject = [
    "eventTypeName": "HOST_DOWN", "enabled": true,
    "matchers": [["fieldName": "HOSTNAME"], ["fieldName": "PORT"]],
    "notifications": [
      ["typeName": "EMAIL", "emailAddress": "a@example.com"],
      ["typeName": "EMAIL", "emailAddress": "b@example.com"],
    ],
  ]

  private static func shown(_ change: (inout JSONObject) -> Void) -> JSONObject {
    var object = sent
    object["id"] = "5f00000000000000000000a1"
    object["created"] = "2026-01-01T00:00:00Z"
    object["severityOverride"] = "CRITICAL"
    object["notifications"] = [
      ["typeName": "EMAIL", "emailAddress": "b@example.com", "delayMin": 0, "notifierId": "n1"],
      ["typeName": "EMAIL", "emailAddress": "a@example.com", "intervalMin": 60],
    ]
    change(&object)
    return object
  }

  @Test func `what Atlas adds and another order do not count`() {
    #expect(AlertComparison.isShown(Self.sent, in: Self.shown { _ in }))
  }

  static let others: [@Sendable (inout JSONObject) -> Void] = [
    { $0["enabled"] = false }, { $0["eventTypeName"] = "HOST_UP" },
    { $0["matchers"] = [["fieldName": "HOSTNAME"]] },
    { $0["notifications"] = [["typeName": "EMAIL", "emailAddress": "a@example.com"]] },
    {
      let more: JSONValue = ["typeName": "GROUP"]
      $0["notifications"] = .array(($0["notifications"]?.arrayValue ?? []) + [more])
    },
  ]

  @Test(arguments: others.indices)
  func `anything else than was sent is seen`(index: Int) {
    #expect(!AlertComparison.isShown(Self.sent, in: Self.shown(Self.others[index])))
  }

  @Test func `a notification names the integration as it is when it is sent`() {
    let integrations: [IntegrationType: Integration] = [
      "DATADOG": Integration(type: "DATADOG", stamp: "new", fields: [:])
    ]
    let body: JSONObject = [
      "notifications": [
        ["typeName": "DATADOG", "notifierId": "n", "integrationId": "old"],
        ["typeName": "DATADOG"],
        ["typeName": "DATADOG", "datadogApiKey": .secret(SecretReference(name: "k"))],
        ["typeName": "DATADOG", "notifierId": "n"],
        ["typeName": "SLACK", "integrationId": "gone", "notifierId": "m"],
        ["typeName": "GROUP"],
      ]
    ]
    let ids = NotificationRules.naming(integrations, in: body)["notifications"]?.arrayValue?
      .map { $0.objectValue?["integrationId"]?.stringValue }
    #expect(ids == ["new", "new", nil, nil, nil, nil])
  }
}
