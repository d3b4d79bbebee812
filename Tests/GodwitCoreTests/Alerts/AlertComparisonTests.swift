import GodwitCore
import Testing

@Suite struct AlertComparisonTests {
  private static func mask(_ tail: String, _ length: Int? = 32, _ head: String = "") -> JSONValue {
    .masked(MaskedValue(head: head, tail: tail, length: length))
  }

  private static let datadog: JSONObject = [
    "typeName": "DATADOG", "datadogApiKey": mask("9abc"), "datadogRegion": "US", "delayMin": 5,
    "notifierId": "a", "integrationId": "i",
  ]
  private static let group: JSONObject = [
    "typeName": "GROUP", "roles": ["GROUP_OWNER", "GROUP_READ_ONLY"], "emailEnabled": true,
    "notifierId": "b",
  ]
  private static let image: JSONObject = [
    "enabled": true, "eventTypeName": "OUTSIDE_METRIC_THRESHOLD", "updated": "yesterday",
    "matchers": [["fieldName": "A"], ["fieldName": "B"]],
    "metricThreshold": ["metricName": "CONNECTIONS", "threshold": 100],
    "notifications": [.object(datadog), .object(group)],
  ]

  private static func names(_ changed: JSONObject) -> [String] {
    AlertComparison.changes(from: image, to: image.merging(changed)).map(\.field)
  }

  /// The notifications, of which that through Datadog has changed.
  private static func changed(_ fields: JSONObject) -> JSONObject {
    ["notifications": [.object(datadog.merging(fields)), .object(group)]]
  }

  static let same: [JSONObject] = [
    [:], ["updated": "today", "created": "x", "id": "y", "groupId": "z", "links": [1]],
    ["matchers": [["fieldName": "B"], ["fieldName": "A"]]], ["severityOverride": .null],
    ["notifications": [.object(group), .object(datadog)]],
    [
      "notifications": [
        .object(datadog.merging(["notifierId": "new", "integrationId": "rolled"])),
        .object(
          group.merging(["roles": ["GROUP_READ_ONLY", "GROUP_OWNER"], "smsEnabled": false])
        ),
      ]
    ],
    changed(["datadogApiKey": mask("9abc", nil)]),
  ]

  @Test(arguments: same) func `what only Atlas makes, and order, do not count`(change: JSONObject) {
    #expect(Self.names(change) == [])
    #expect(AlertComparison.isSame(Self.image.merging(change), Self.image))
  }

  static let different: [(JSONObject, [String])] = [
    (["enabled": false], ["enabled"]),
    (["eventTypeName": "NO_PRIMARY"], ["eventTypeName"]),
    (
      ["metricThreshold": ["metricName": "CONNECTIONS", "threshold": 200]],
      ["metricThreshold.threshold"]
    ),
    (["matchers": [["fieldName": "A"], ["fieldName": "A"]]], ["matchers"]),
    (["matchers": [["fieldName": "A"]]], ["matchers"]),
    (
      changed(["datadogApiKey": mask("77e0")]),
      ["notifications[DATADOG].datadogApiKey"]
    ),
    (
      changed(["datadogApiKey": mask("9abc", 36), "datadogRegion": "EU"]),
      ["notifications[DATADOG].datadogApiKey", "notifications[DATADOG].datadogRegion"]
    ),
    (["notifications": [.object(datadog)]], ["notifications[GROUP]"]),
    (
      ["notifications": [.object(datadog), .object(group), .object(group)]],
      ["notifications[GROUP]"]
    ),
    (
      ["notifications": [.object(group), ["typeName": "SLACK"]]],
      ["notifications[DATADOG]", "notifications[SLACK]"]
    ),
    (["new": 1], ["new"]),
  ]

  @Test(arguments: different) func `what differs is named`(change: JSONObject, names: [String]) {
    #expect(Self.names(change) == names)
    #expect(!AlertComparison.isSame(Self.image.merging(change), Self.image))
  }

  @Test func `a mask that shows little takes no partner from one that shows more`() {
    func webhooks(_ tails: [String]) -> JSONObject {
      let all = tails.map { tail in
        JSONValue.object([
          "typeName": "WEBHOOK", "webhookUrl": Self.mask(tail, nil, "https://h/"),
        ])
      }
      return ["notifications": .array(all)]
    }
    for (left, right) in [(["", "0001"], ["0001", "0002"]), (["0001", "0002"], ["", "0001"])] {
      #expect(AlertComparison.isSame(webhooks(left), webhooks(right)))
    }
    #expect(!AlertComparison.isSame(webhooks(["0003", "0001"]), webhooks(["0001", "0002"])))
  }

  @Test func `a notifierId that is going to be sent has to be there`() {
    let rolled = Self.image.merging([
      "notifications": [.object(Self.datadog.merging(["notifierId": "z"])), .object(Self.group)]
    ])
    let changes = AlertComparison.changes(from: Self.image, to: rolled, notifierIDs: ["a", "b"])
    #expect(
      changes == [FieldChange(field: "notifications[DATADOG].notifierId", before: "a", after: nil)]
    )
    #expect(AlertComparison.changes(from: Self.image, to: rolled, notifierIDs: ["b"]).isEmpty)
  }

  @Test func `a change has what was and what is`() {
    let change = AlertComparison.changes(
      from: Self.image,
      to: Self.image.merging(["notifications": [.object(Self.datadog)]])
    )
    let gone = FieldChange(
      field: "notifications[GROUP]",
      before: .object(Self.group),
      after: nil
    )
    #expect(change == [gone])
  }
}
