import GRDB
import GodwitCore

/// The maintenance window of a project.
///
/// Source: the OpenAPI description of `/groups/{groupId}/maintenanceWindow` and `…/autoDefer`.
extension AtlasAPI {
  /// PATCH, which changes the fields of its body and answers without a body.
  ///
  /// - Throws: `MISSING_ATTRIBUTE` for a first window without day and hour.
  func changeMaintenanceWindow(of group: String, _ call: Call) throws -> Outcome {
    let body = try Self.object(call.request.body)
    for (name, value) in body where !Self.isOfMaintenanceWindow(name, value) {
      throw APIError.invalidAttribute(name)
    }
    return try changeWindow(of: group) { window in
      window = window.merging(body)
      // One that stands says when it begins; automatic deferral alone makes none.
      let times = ["dayOfWeek", "hourOfDay"]
      if times.contains(where: { window[$0] != nil }),
        let missing = times.first(where: { window[$0] == nil })
      {
        throw APIError.missing(missing)
      }
    }
  }

  /// POST, which turns automatic deferral on if it is off and off if it is on; it answers without a
  /// body, so that whoever does not get the answer cannot tell whether it was done.
  func toggleAutoDeferral(of group: String) throws -> Outcome {
    try changeWindow(of: group) { window in
      window["autoDeferOnceEnabled"] = .bool(window["autoDeferOnceEnabled"] != true)
    }
  }

  private func changeWindow(
    of group: String,
    _ change: (inout JSONObject) throws -> Void
  ) throws -> Outcome {
    try checkGroupID(group)
    return try store.write { database in
      guard let key = try WorldStore.key(of: group, in: database) else {
        throw APIError.groupNotFound(group)
      }
      var window = try WorldStore.resource(.maintenanceWindow, ofProjectKey: key, in: database)
      try change(&window)
      try WorldStore.store(window, as: .maintenanceWindow, ofProjectKey: key, in: database)
      return Outcome(payload: .nothing, mutationWasMade: true)
    }
  }

  /// Whether a window takes this value; the number of deferrals is read-only, and no maintenance is
  /// scheduled that could start at once.
  private static func isOfMaintenanceWindow(_ name: String, _ value: JSONValue) -> Bool {
    switch name {
    case "autoDeferOnceEnabled": value.boolValue != nil
    case "startASAP": value == false
    case "dayOfWeek": value.int64Value.map { (1...7).contains($0) } ?? false
    case "hourOfDay": value.int64Value.map { (0...23).contains($0) } ?? false
    default: false
    }
  }
}
