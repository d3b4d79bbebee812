import GodwitCore

/// Draws the alert configurations of one project.
///
/// Their notifications hold copies of the credentials of the integrations that they go through, as
/// Atlas' do.
struct AlertDrafts {
  private var generator: SeededGenerator
  private let integrations: [(type: String, id: String, fields: JSONObject)]
  private let created: Int64
  private let makeID: () -> String

  init(
    seed: UInt64,
    created: Int64,
    integrations: [(type: String, id: String, fields: JSONObject)],
    makeID: @escaping () -> String
  ) {
    generator = SeededGenerator(seed: seed ^ 0xa1e7_7c0f_1985_0001)
    self.created = created
    self.integrations = integrations
    self.makeID = makeID
  }

  /// None for most projects, a few for some; more than a page of them for `isLarge`.
  mutating func make(isLarge: Bool) -> [JSONObject] {
    let count: Int
    if isLarge {
      count = generator.within(110...130)
    } else {
      count = generator.chance(0.4) ? generator.within(1...4) : 0
    }
    return (0..<count).map { _ in alert() }
  }

  private mutating func alert() -> JSONObject {
    let isoCreated = WallClock.isoText(created + Int64(generator.below(8_000_000)))
    var fields: JSONObject = [
      "created": .string(isoCreated), "updated": .string(isoCreated),
      "enabled": .bool(generator.chance(0.9)), "matchers": [],
    ]
    if generator.chance(0.5) {
      let metric = generator.choice(["CONNECTIONS", "OPCOUNTER_QUERY", "QUERY_TARGETING_SCANNED"])
      fields["eventTypeName"] = "OUTSIDE_METRIC_THRESHOLD"
      fields["metricThreshold"] = [
        "metricName": .string(metric), "mode": "AVERAGE", "operator": "GREATER_THAN",
        "threshold": .number(JSONNumber(Int64(generator.within(1...50) * 100))), "units": "RAW",
      ]
    } else {
      fields["eventTypeName"] = .string(
        generator.choice(["NO_PRIMARY", "CLUSTER_MONGOS_IS_MISSING", "HOST_DOWN"])
      )
    }
    fields["notifications"] = .array(notifications())
    return fields
  }

  /// One third-party notification where the project has a suitable integration, and often a group's.
  private mutating func notifications() -> [JSONValue] {
    var notifications: [JSONValue] = []
    let routes = integrations.filter { NotificationRules.rule(for: $0.type) != nil }
    if !routes.isEmpty, generator.chance(0.8) {
      let route = generator.choice(routes)
      if var copy = NotificationRules.rule(for: route.type)?.copy(of: route.fields) {
        copy["delayMin"] = .number(JSONNumber(Int64(generator.choice([0, 5, 15]))))
        copy["integrationId"] = .string(route.id)
        copy["notifierId"] = .string(makeID())
        if !["PAGER_DUTY", "VICTOR_OPS", "OPS_GENIE"].contains(route.type) {
          copy["intervalMin"] = 60
        }
        notifications.append(.object(copy))
      }
    }
    if notifications.isEmpty || generator.chance(0.7) {
      notifications.append([
        "delayMin": 0, "emailEnabled": true, "intervalMin": 60, "notifierId": .string(makeID()),
        "roles": ["GROUP_OWNER"], "smsEnabled": false, "typeName": "GROUP",
      ])
    }
    return notifications
  }
}
