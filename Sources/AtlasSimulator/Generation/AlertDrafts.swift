import GodwitCore

/// Draws the alert configurations of one project.
///
/// Their notifications hold copies of the credentials of the integrations that they go through, as
/// Atlas' do; some copies are older than a key that was rotated, and some integrations are gone.
struct AlertDrafts {
  var generator: SeededGenerator
  let project: ProjectDraft
  let integrations: [(type: String, id: String, fields: JSONObject)]
  private let created: Int64
  let makeID: () -> String

  init(
    project: ProjectDraft,
    created: Int64,
    integrations: [(type: String, id: String, fields: JSONObject)],
    makeID: @escaping () -> String
  ) {
    generator = SeededGenerator(seed: project.seed ^ 0xa1e7_7c0f_1985_0001)
    self.project = project
    self.created = created
    self.integrations = integrations
    self.makeID = makeID
  }

  /// None for many projects, a few for the others; more than a page of them for `isLarge`.
  mutating func make(isLarge: Bool) -> [JSONObject] {
    let count: Int
    if isLarge {
      count = generator.within(110...130)
    } else {
      count = generator.chance(0.55) ? generator.within(1...6) : 0
    }
    var alerts = (0..<count).map { _ in
      let notifications = notifications()
      return alert(notifications)
    }
    alerts += leftovers()
    if generator.chance(0.04) { alerts.append(alert([orphan()])) }
    return alerts
  }

  /// What still goes through services that have ended; some of it through nothing else.
  private mutating func leftovers() -> [JSONObject] {
    var alerts: [JSONObject] = []
    for ended in integrations where ["FLOWDOCK", "HIP_CHAT"].contains(ended.type) {
      guard generator.chance(ended.type == "FLOWDOCK" ? 0.4 : 0.8) else { continue }
      for _ in 0..<generator.within(1...2) {
        let isAlone = generator.chance(0.3)
        var notifications = [copy(of: ended, isRotated: false)]
        if !isAlone { notifications.append(direct()) }
        alerts.append(alert(notifications))
      }
    }
    return alerts
  }

  private mutating func alert(_ notifications: [JSONObject]) -> JSONObject {
    let moment = WallClock.isoText(created + Int64(generator.below(8_000_000)))
    var fields: JSONObject = [
      "created": .string(moment), "updated": .string(moment),
      "enabled": .bool(generator.chance(0.9)), "matchers": .array(matchers()),
    ]
    fields = fields.merging(event())
    if generator.chance(0.1) {
      fields["severityOverride"] = .string(generator.choice(["WARNING", "CRITICAL"]))
    }
    fields["notifications"] = .array(notifications.map { .object($0) })
    return fields
  }

  private mutating func event() -> JSONObject {
    func number(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
    switch generator.below(10) {
    case 0..<4:
      let metric = generator.choice(["CONNECTIONS", "OPCOUNTER_QUERY", "QUERY_TARGETING_SCANNED"])
      return [
        "eventTypeName": "OUTSIDE_METRIC_THRESHOLD",
        "metricThreshold": [
          "metricName": .string(metric), "mode": "AVERAGE", "operator": "GREATER_THAN",
          "threshold": number(generator.within(1...50) * 100), "units": "RAW",
        ],
      ]
    case 4:
      return [
        "eventTypeName": "REPLICATION_OPLOG_WINDOW_RUNNING_OUT",
        "threshold": [
          "operator": "LESS_THAN", "threshold": number(generator.within(1...24)), "units": "HOURS",
        ],
      ]
    case 5:
      return [
        "eventTypeName": "CPS_SNAPSHOT_BEHIND",
        "threshold": [
          "operator": "GREATER_THAN", "threshold": number(generator.within(6...48)),
          "units": "HOURS",
        ],
      ]
    default:
      return [
        "eventTypeName": .string(
          generator.choice([
            "NO_PRIMARY", "CLUSTER_MONGOS_IS_MISSING", "HOST_DOWN", "JOINED_GROUP",
            "USERS_WITHOUT_MULTIFACTOR_AUTH",
          ])
        )
      ]
    }
  }

  private mutating func matchers() -> [JSONValue] {
    guard generator.chance(0.2) else { return [] }
    let choices: [JSONValue] = [
      ["fieldName": "HOSTNAME", "operator": "STARTS_WITH", "value": .string("\(project.team)-")],
      ["fieldName": "CLUSTER_NAME", "operator": "EQUALS", "value": .string("\(project.team)-0")],
      ["fieldName": "REPLICA_SET_NAME", "operator": "NOT_EQUALS", "value": "analytics"],
    ]
    let count = generator.within(1...2)
    let first = generator.below(choices.count)
    return (0..<count).map { choices[(first + $0) % choices.count] }
  }
}
