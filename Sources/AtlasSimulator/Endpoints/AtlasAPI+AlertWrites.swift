import GRDB
import GodwitCore

/// Alert configurations: create, replace, turn on and off, delete.
extension AtlasAPI {
  func createAlertConfig(of group: String, _ call: Call) throws -> Outcome {
    try checkGroupID(group)
    let body = try Self.object(call.request.body)
    return try store.write { database in
      let key = try projectKey(of: group, in: database)
      guard
        try WorldStore.alertConfigCount(ofProjectKey: key, in: database) < AlertJudge.maximumConfigs
      else { throw APIError.tooManyAlertConfigs(AlertJudge.maximumConfigs) }
      let verdict = try alertJudge(call, replacing: nil, ofProjectKey: key, in: database)
        .verdict(body)
      let now = WallClock.isoText(WallClock.now().seconds)
      let row = AlertConfigRow(
        id: store.ids.next(),
        document: verdict.document.merging(["created": .string(now), "updated": .string(now)])
      )
      try WorldStore.insert(row, ofProjectKey: key, in: database)
      // The answer to a creation may lack an integrationId that a later read has
      // (terraform-provider-mongodbatlas issue 2736).
      return Outcome(
        payload: .object(
          text(of: row, group: group, call, isWhole: true, hidden: verdict.found)
        ),
        status: 201,
        mutationWasMade: true,
        storesMask: verdict.storesMask,
        location: Self.address(ofConfig: row.id, group, call)
      )
    }
  }

  func replaceAlertConfig(_ id: String, of group: String, _ call: Call) throws -> Outcome {
    try checkAlertConfigID(id, of: group)
    let body = try Self.object(call.request.body)
    return try store.write { database in
      let key = try projectKey(of: group, in: database)
      let old = try alertConfigRow(id, ofProjectKey: key, in: database)
      let verdict = try alertJudge(call, replacing: old, ofProjectKey: key, in: database)
        .verdict(body)
      var document = verdict.document
      document["created"] = old.document["created"]
      let row = Self.touched(AlertConfigRow(id: id, document: document))
      try WorldStore.replace(row, ofProjectKey: key, in: database)
      return Outcome(
        payload: .object(text(of: row, group: group, call, isWhole: true)),
        mutationWasMade: true,
        storesMask: verdict.storesMask
      )
    }
  }

  func toggleAlertConfig(_ id: String, of group: String, _ call: Call) throws -> Outcome {
    try checkAlertConfigID(id, of: group)
    let body = try Self.object(call.request.body)
    if let odd = body.keys.first(where: { $0 != "enabled" }) {
      throw APIError.invalidAttribute(odd)
    }
    guard let enabled = body["enabled"] else { throw APIError.missing("enabled") }
    guard enabled.boolValue != nil else { throw APIError.invalidAttribute("enabled") }
    return try store.write { database in
      let key = try projectKey(of: group, in: database)
      let old = try alertConfigRow(id, ofProjectKey: key, in: database)
      let document = old.document.merging(["enabled": enabled])
      let row = Self.touched(AlertConfigRow(id: id, document: document))
      try WorldStore.replace(row, ofProjectKey: key, in: database)
      return Outcome(
        payload: .object(text(of: row, group: group, call, isWhole: true)),
        mutationWasMade: true
      )
    }
  }

  func deleteAlertConfig(_ id: String, of group: String) throws -> Outcome {
    try checkAlertConfigID(id, of: group)
    return try store.write { database in
      let key = try projectKey(of: group, in: database)
      guard try WorldStore.removeAlertConfig(id, ofProjectKey: key, in: database) else {
        throw APIError.alertConfigNotFound(id)
      }
      return Outcome(payload: .nothing, status: 204, mutationWasMade: true)
    }
  }

  private static func touched(_ row: AlertConfigRow) -> AlertConfigRow {
    let now = WallClock.isoText(WallClock.now().seconds)
    return AlertConfigRow(id: row.id, document: row.document.merging(["updated": .string(now)]))
  }

  private func projectKey(of group: String, in database: Database) throws -> Int64 {
    guard let key = try WorldStore.key(of: group, in: database) else {
      throw APIError.groupNotFound(group)
    }
    return key
  }

  private func alertConfigRow(
    _ id: String,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> AlertConfigRow {
    guard let row = try WorldStore.alertConfig(id, ofProjectKey: key, in: database) else {
      throw APIError.alertConfigNotFound(id)
    }
    return row
  }

  private func alertJudge(
    _ call: Call,
    replacing old: AlertConfigRow?,
    ofProjectKey key: Int64,
    in database: Database
  ) throws -> AlertJudge {
    let notifications = old?.document["notifications"]?.arrayValue ?? []
    let stored = notifications.compactMap(\.objectValue).compactMap { notification in
      notification["notifierId"]?.stringValue.map { ($0, notification) }
    }
    return AlertJudge(
      notifications: NotificationJudge(
        takesFlowdock: shows("FLOWDOCK", in: call.generation),
        stored: Dictionary(stored, uniquingKeysWith: { first, _ in first }),
        integrations: Dictionary(
          uniqueKeysWithValues: try WorldStore.integrations(ofProjectKey: key, in: database)
            .map { ($0.type, $0.row) }
        ),
        makeID: store.ids.next
      )
    )
  }
}
