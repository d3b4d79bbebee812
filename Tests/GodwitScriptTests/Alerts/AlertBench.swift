import GodwitCore

@testable import GodwitScript

/// Alert configurations that tests of scripts are made with.
enum AlertBench {
  static let id = "65f0000000000000000000a1"
  static let otherID = "65f0000000000000000000a2"

  /// One that notifies Datadog, by a key of its own, and the project's owners.
  static let replication: JSONObject = [
    "id": .string(id), "groupId": "65f000000000000000000001", "links": [],
    "created": "2025-01-01T00:00:00Z", "updated": "2025-01-02T00:00:00Z",
    "eventTypeName": "REPLICATION_OPLOG_WINDOW_RUNNING_OUT", "enabled": true,
    "matchers": [["fieldName": "HOSTNAME", "operator": "CONTAINS", "value": "prod"]],
    "threshold": ["operator": "LESS_THAN", "threshold": 1, "units": "HOURS"],
    "severityOverride": .null,
    "notifications": [
      [
        "typeName": "DATADOG", "datadogApiKey": "****************************9abc",
        "datadogRegion": "US", "delayMin": 0, "intervalMin": 15, "notifierId": "n1",
        "integrationId": "65f0000000000000000000d1",
      ],
      [
        "typeName": "GROUP", "roles": ["GROUP_OWNER"], "emailEnabled": true, "smsEnabled": false,
        "delayMin": 0, "intervalMin": 60, "notifierId": "n2",
      ],
    ],
  ]

  /// One that goes through Slack alone.
  static let host: JSONObject = [
    "id": .string(otherID), "eventTypeName": "HOST_DOWN", "enabled": true, "matchers": [],
    "notifications": [
      [
        "typeName": "SLACK", "apiToken": "****************************4444",
        "channelName": "ops", "delayMin": 0, "intervalMin": 5, "notifierId": "n3",
      ]
    ],
  ]

  static let all = [replication, host]

  /// A project with Datadog, a webhook and both alert configurations.
  static var world: Memory { Memory([Bench.datadog, Bench.webhook], alerts: all) }

  /// The beginning of a body that finds the first configuration.
  static let found = "local alerts = project.alerts local a = alerts:get('\(id)') "

  /// The notifications of a body.
  static func notifications(_ object: JSONObject?) -> [JSONObject] {
    (object?["notifications"]?.arrayValue ?? []).compactMap(\.objectValue)
  }
}
