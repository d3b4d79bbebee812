import GRDB
import GodwitCore

/// What else a project has: its settings, its audit log, its name.
extension AtlasAPI {
  /// GET, and PATCH, which changes the fields of its body and leaves the others.
  func settings(_ resource: ProjectResource, of group: String, _ call: Call) throws -> Outcome {
    try checkGroupID(group)
    guard !call.request.isRead else {
      let document = try store.read { database in
        try WorldStore.key(of: group, in: database).map {
          try WorldStore.resource(resource, ofProjectKey: $0, in: database)
        }
      }
      guard let document else { throw APIError.groupNotFound(group) }
      return Outcome(payload: .object(String(json: .object(document))))
    }
    let body = try Self.object(call.request.body)
    return try store.write { database in
      guard let key = try WorldStore.key(of: group, in: database) else {
        throw APIError.groupNotFound(group)
      }
      var document = try WorldStore.resource(resource, ofProjectKey: key, in: database)
      for (name, value) in body {
        // A field may be changed to a value of its own kind only; the kind of log is read-only.
        guard let old = document[name], old.kindName == value.kindName, name != "configurationType"
        else { throw APIError.invalidAttribute(name) }
        document[name] = value
      }
      if resource == .auditLog {
        document["configurationType"] = document["enabled"] == true ? "FILTER_JSON" : "NONE"
      }
      try WorldStore.store(document, as: resource, ofProjectKey: key, in: database)
      return Outcome(payload: .object(String(json: .object(document))), mutationWasMade: true)
    }
  }

  /// PATCH of a project, whose name may be changed; it keeps its place in lists.
  func renameGroup(_ id: String, _ call: Call) throws -> Outcome {
    try checkGroupID(id)
    let body = try Self.object(call.request.body)
    if let odd = body.keys.first(where: { $0 != "name" }) { throw APIError.invalidAttribute(odd) }
    guard let name = body["name"] else { throw APIError.missing("name") }
    guard let text = name.stringValue, Self.isProjectName(text) else {
      throw APIError.invalidAttribute("name")
    }
    let isThere = try store.write { try WorldStore.rename(id, to: text, in: $0) }
    guard isThere, let project = try store.project(id) else { throw APIError.groupNotFound(id) }
    return Outcome(
      payload: .object(Self.whole(project, base: call.base)),
      mutationWasMade: true
    )
  }

  /// Whether Atlas takes a name for a project (OpenAPI description).
  private static func isProjectName(_ text: String) -> Bool {
    (1...64).contains(text.count)
      && text.allSatisfy { $0.isLetter || $0.isNumber || "-_.(),:&@+' ".contains($0) }
  }
}
