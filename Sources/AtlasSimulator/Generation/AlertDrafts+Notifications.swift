import GodwitCore

/// The notifications of drawn alert configurations.
extension AlertDrafts {
  /// Through an integration that the project has, to people, or both.
  mutating func notifications() -> [JSONObject] {
    var notifications: [JSONObject] = []
    var routes = integrations.filter { integration in
      NotificationRules.rule(for: integration.type) != nil
        && !["FLOWDOCK", "HIP_CHAT"].contains(integration.type)
    }
    for chance in [0.75, 0.2] where !routes.isEmpty && generator.chance(chance) {
      let route = routes.remove(at: generator.below(routes.count))
      let isRotated = generator.chance(0.12)
      notifications.append(copy(of: route, isRotated: isRotated))
    }
    if notifications.isEmpty || generator.chance(0.6) { notifications.append(direct()) }
    return notifications
  }

  /// A notification with an integration's credentials, or with those that it had before.
  mutating func copy(
    of integration: (type: String, id: String, fields: JSONObject),
    isRotated: Bool
  ) -> JSONObject {
    guard let rule = NotificationRules.rule(for: integration.type) else { return [:] }
    var copy = rule.copy(of: integration.fields)
    var isOld = false
    if isRotated {
      for field in rule.fields.map(\.rule) where field.exposure == .key {
        guard let old = older(copy[field.name]?.stringValue, field) else { continue }
        copy[field.name] = .string(old)
        isOld = true
      }
    }
    // Atlas knows the integration of a notification by its credentials.
    if !isOld { copy["integrationId"] = .string(integration.id) }
    return finished(copy, rule)
  }

  /// A key of the same form that is not the one of today.
  private mutating func older(_ key: String?, _ field: FieldRule) -> String? {
    guard let key else { return nil }
    if case .hex32 = field.kind { return generator.hex(32) }
    return key.count == 36 ? generator.uuid() : generator.token(key.count)
  }

  /// A notification through an integration that the project has no more.
  mutating func orphan() -> JSONObject {
    let had = Set(integrations.map(\.type))
    let gone = ["DATADOG", "PAGER_DUTY", "OPS_GENIE", "SLACK"].filter { !had.contains($0) }
    guard let type = gone.isEmpty ? nil : generator.choice(gone),
      let rule = NotificationRules.rule(for: type)
    else { return direct() }
    var notification: JSONObject = ["typeName": .string(type)]
    for field in rule.fields.map(\.rule) {
      if field.exposure == .key {
        let isHex = if case .hex32 = field.kind { true } else { false }
        notification[field.name] = .string(isHex ? generator.hex(32) : generator.uuid())
      } else if field.name == "channelName" {
        notification[field.name] = .string("#\(project.team)-alerts")
      } else {
        notification[field.name] = field.standard
      }
    }
    return finished(notification, rule)
  }

  /// A notification to people.
  mutating func direct() -> JSONObject {
    let type = generator.choice(
      weighted: [("GROUP", 60), ("EMAIL", 12), ("ORG", 8), ("USER", 8), ("TEAM", 8), ("SMS", 4)]
    )
    var notification: JSONObject = ["typeName": .string(type)]
    switch type {
    case "EMAIL":
      notification["emailAddress"] = .string("\(project.team)-oncall@example.com")
    case "SMS": notification["mobileNumber"] = .string("1555\(generator.digits(7))")
    default:
      notification["emailEnabled"] = true
      notification["smsEnabled"] = .bool(generator.chance(0.1))
    }
    switch type {
    case "GROUP":
      notification["roles"] =
        generator.chance(0.3) ? ["GROUP_OWNER", "GROUP_CLUSTER_MANAGER"] : ["GROUP_OWNER"]
    case "ORG": notification["roles"] = ["ORG_OWNER"]
    case "USER": notification["username"] = .string("\(project.team).lead@example.com")
    case "TEAM":
      notification["teamId"] = .string(generator.hex(24))
      notification["teamName"] = .string(project.team)
    default: break
    }
    return finished(notification, NotificationRules.rule(for: type))
  }

  private mutating func finished(
    _ notification: JSONObject,
    _ rule: NotificationRule?
  ) -> JSONObject {
    var notification = notification
    notification["delayMin"] = .number(JSONNumber(Int64(generator.choice([0, 0, 5, 15]))))
    if rule?.hasInterval != false {
      notification["intervalMin"] = .number(JSONNumber(Int64(generator.choice([15, 60, 60]))))
    }
    notification["notifierId"] = .string(makeID())
    return notification
  }
}
