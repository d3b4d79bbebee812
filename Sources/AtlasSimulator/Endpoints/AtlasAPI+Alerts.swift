import GodwitCore

/// Alert configurations, for reading.
extension AtlasAPI {
  func listAlertConfigs(
    of group: String,
    _ request: APIRequest,
    origin: String
  ) throws -> Outcome {
    try checkGroupID(group)
    let paging = try Paging(request.query)
    guard let (rows, total) = try store.alertConfigs(of: group, paging.range) else {
      throw APIError.groupNotFound(group)
    }
    let items = rows.map { Self.text(of: $0, group: group, origin: origin, isWhole: false) }
    return Outcome(payload: .list(ListPage(paging: paging, items: items, total: total)))
  }

  func getAlertConfig(_ id: String, of group: String, origin: String) throws -> Outcome {
    try checkGroupID(group)
    guard ObjectID.isWellFormed(id) else { throw APIError.invalidAlertConfigID(id) }
    guard let found = try store.alertConfig(of: group, id: id) else {
      throw APIError.groupNotFound(group)
    }
    guard let row = found else { throw APIError.alertConfigNotFound(id) }
    let text = Self.text(of: row, group: group, origin: origin, isWhole: true)
    return Outcome(payload: .object(text))
  }

  /// A configuration as API v2 shows it: notifications masked, with one link more when alone.
  private static func text(
    of row: AlertConfigRow,
    group: String,
    origin: String,
    isWhole: Bool
  ) -> String {
    let address = "\(origin)/api/atlas/v2/groups/\(group)/alertConfigs/\(row.id)"
    var links: [JSONValue] = [["href": .string(address), "rel": "self"]]
    if isWhole {
      links.append([
        "href": .string("\(address)/alerts"), "rel": "https://cloud.mongodb.com/alerts",
      ])
    }
    var shown = row.document
    shown["id"] = .string(row.id)
    shown["groupId"] = .string(group)
    shown["links"] = .array(links)
    let notifications = row.document["notifications"]?.arrayValue ?? []
    shown["notifications"] = .array(notifications.map(Self.shown))
    return String(json: .object(shown))
  }

  private static func shown(_ notification: JSONValue) -> JSONValue {
    guard
      let object = notification.objectValue,
      let typeName = object["typeName"]?.stringValue,
      let rule = NotificationRules.rule(for: typeName)
    else { return notification }
    return .object(rule.shown(object))
  }
}
