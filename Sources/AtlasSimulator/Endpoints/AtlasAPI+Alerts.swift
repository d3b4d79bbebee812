import GodwitCore

/// Alert configurations: reading.
extension AtlasAPI {
  /// The names that matchers may have; a bare array (OpenAPI description).
  static let matcherFieldNames =
    #"["TYPE_NAME","HOSTNAME","PORT","HOSTNAME_AND_PORT","REPLICA_SET_NAME","SHARD_NAME","#
    + #""CLUSTER_NAME","APPLICATION_ID","INSTANCE_NAME","PROCESSOR_NAME"]"#

  func listAlertConfigs(of group: String, _ call: Call) throws -> Outcome {
    try checkGroupID(group)
    let paging = try call.paging()
    guard let (rows, total) = try store.alertConfigs(of: group, paging.range) else {
      throw APIError.groupNotFound(group)
    }
    let items = rows.map { text(of: $0, group: group, call, isWhole: false) }
    return Outcome(payload: .list(ListPage(paging: paging, items: items, total: total)))
  }

  func getAlertConfig(_ id: String, of group: String, _ call: Call) throws -> Outcome {
    let row = try alertConfigRow(id, of: group)
    return Outcome(payload: .object(text(of: row, group: group, call, isWhole: true)))
  }

  /// The open alerts of a configuration; in a simulated world nothing ever goes wrong.
  func listAlerts(ofConfig id: String, of group: String, _ call: Call) throws -> Outcome {
    _ = try alertConfigRow(id, of: group)
    let paging = try call.paging()
    return Outcome(payload: .list(ListPage(paging: paging, items: [], total: 0)))
  }

  private func alertConfigRow(_ id: String, of group: String) throws -> AlertConfigRow {
    try checkAlertConfigID(id, of: group)
    guard let found = try store.alertConfig(of: group, id: id) else {
      throw APIError.groupNotFound(group)
    }
    guard let row = found else { throw APIError.alertConfigNotFound(id) }
    return row
  }

  /// Refuses what cannot be the ids of a project and of a configuration.
  func checkAlertConfigID(_ id: String, of group: String) throws(APIError) {
    try checkGroupID(group)
    guard ObjectID.isWellFormed(id) else { throw .invalidAlertConfigID(id) }
  }

  /// A configuration as a generation shows it: notifications masked, with one link more when alone.
  ///
  /// - Parameters:
  ///   - row: What is stored.
  ///   - group: The project.
  ///   - call: The request, for its generation and for links.
  ///   - isWhole: Whether it is shown alone.
  ///   - hidden: The `notifierId`s of notifications whose `integrationId` is not shown yet.
  /// - Returns: JSON text.
  func text(
    of row: AlertConfigRow,
    group: String,
    _ call: Call,
    isWhole: Bool,
    hidden: Set<String> = []
  ) -> String {
    let address = Self.address(ofConfig: row.id, group, call)
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
    shown["notifications"] = .array(
      notifications.compactMap(\.objectValue).compactMap { notification in
        var shown = self.shown(notification, in: call.generation)
        if let id = shown?["notifierId"]?.stringValue, hidden.contains(id) {
          shown?["integrationId"] = nil
        }
        return shown.map { .object($0) }
      }
    )
    return String(json: .object(shown))
  }

  /// Where a configuration is found.
  static func address(ofConfig id: String, _ group: String, _ call: Call) -> String {
    "\(call.base)/groups/\(group)/alertConfigs/\(id)"
  }

  private func shown(_ notification: JSONObject, in generation: Generation) -> JSONObject? {
    guard let typeName = notification["typeName"]?.stringValue,
      let rule = NotificationRules.rule(for: typeName)
    else { return notification }
    guard shows(typeName, in: generation) else { return nil }
    return rule.shown(notification, in: generation, v1Masking)
  }

  /// Whether a generation shows notifications of a type.
  func shows(_ typeName: String, in generation: Generation) -> Bool {
    typeName != "FLOWDOCK" || generation != .v2 || showsFlowdockInV2
  }
}
