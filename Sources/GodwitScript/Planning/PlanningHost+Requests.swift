internal import GodwitCore
internal import LuaVM

// Requests by path: those that the tool knows become typed calls, so that no rule is passed by.

extension PlanningHost {
  /// Answers `project:get` and `project:request`.
  mutating func answer(
    _ call: RequestCall,
    _ draft: inout ProjectDraft
  ) async throws -> [LuaValue] {
    let path = try ScriptPath(call.path)
    if let known = path.known { return try await answer(call, known, &draft) }
    guard call.method != "GET" else {
      if let entry = draft.paths[path.text], entry.isWritten {
        guard let shown = entry.shown else { throw Self.absent(call) }
        return [LuaValue(AnswerImage.value(shown))]
      }
      let (reads, id) = (reads, project.id)
      return [LuaValue(try await reads.get(id, path.text, call.texts).get())]
    }
    try draft.require(call.method, path)
    try draft.check(call)
    if call.method != "POST" { try await readImage(of: path, for: call, &draft) }
    return [LuaValue(draft.request(call, path))]
  }

  /// Reads the image before a write.
  ///
  /// A PUT may make what is not there yet. A PATCH or DELETE of what is not there is most often a
  /// mistyped path: it fails with Atlas' words.
  private func readImage(
    of path: ScriptPath,
    for call: RequestCall,
    _ draft: inout ProjectDraft
  ) async throws {
    guard draft.paths[path.text] == nil else { return }
    let image: JSONObject?
    switch await reads.get(project.id, path.text, [:]) {
    case .success(let value): image = AnswerImage.image(value)
    case .failure(let error) where error.isAbsence && call.method == "PUT": image = nil
    case .failure(var error) where error.isAbsence:
      error.line = "\(call.method) \(call.path): there is nothing to write to: \(error.line)"
      error.advice = "check the path; where it may be absent, look first with pcall(project.get, …)"
      throw error
    case .failure(let error): throw error
    }
    draft.paths[path.text] = ProjectDraft.PathEntry(baseline: image, shown: image)
    draft.reads.paths[path.text] = .some(image)
  }

  private static func absent(_ call: RequestCall) -> ScriptReadError {
    ScriptReadError(
      status: 404,
      errorCode: "RESOURCE_NOT_FOUND",
      method: "GET",
      path: call.path,
      line: "GET \(call.path): 404, this plan deletes it"
    )
  }

  // MARK: - Paths that are known

  private mutating func answer(
    _ call: RequestCall,
    _ known: ScriptPath.Known,
    _ draft: inout ProjectDraft
  ) async throws -> [LuaValue] {
    switch known {
    case .integrations, .integration: try await answer(integrations: call, known, &draft)
    case .alerts, .alert: try await answer(alerts: call, known, &draft)
    }
  }

  private mutating func answer(
    integrations call: RequestCall,
    _ known: ScriptPath.Known,
    _ draft: inout ProjectDraft
  ) async throws -> [LuaValue] {
    try await readIntegrations(&draft)
    guard case .integration(let type) = known else {
      guard call.method == "GET" else { throw Self.misuse(call) }
      return [Self.page(draft.list())]
    }
    if type.isLegacy { try await readUnlisted(type, &draft) }
    switch call.method {
    case "GET":
      guard let found = try draft.get(type) else {
        throw Self.absence(call, "INTEGRATION_NOT_CONFIGURED")
      }
      return [.object(found)]
    case "POST": return [.object(try draft.create(type, call.fields(), at: call.position))]
    case "PUT": return [.object(try draft.set(type, call.fields(), at: call.position))]
    case "DELETE": return [.boolean(try draft.delete(type, at: call.position))]
    default: throw Self.misuse(call)
    }
  }

  private mutating func answer(
    alerts call: RequestCall,
    _ known: ScriptPath.Known,
    _ draft: inout ProjectDraft
  ) async throws -> [LuaValue] {
    try await readIntegrations(&draft)
    try await readAlerts(&draft, legacy: false)
    guard case .alert(let id) = known else {
      switch call.method {
      case "GET": return [Self.page(draft.listAlerts())]
      case "POST": return [.object(try draft.createAlert(call.fields(), at: call.position))]
      default: throw Self.misuse(call)
      }
    }
    switch call.method {
    case "GET":
      guard let found = draft.getAlert(.id(id)) else {
        throw Self.absence(call, "ALERT_CONFIG_NOT_FOUND")
      }
      return [.object(found)]
    case "PUT": return [.object(try draft.updateAlert(.id(id), call.fields(), at: call.position))]
    case "PATCH":
      guard let isEnabled = call.body?.objectValue?["enabled"]?.boolValue,
        call.body?.objectValue?.count == 1
      else {
        throw ScriptComplaint(
          "PATCH \(call.path) turns an alert configuration on or off, and takes enabled only",
          advice: "use project.alerts:update for the rest"
        )
      }
      return [
        .object(try draft.toggleAlert(.id(id), isEnabled: isEnabled, at: call.position))
      ]
    case "DELETE": return [.boolean(try draft.deleteAlert(.id(id), at: call.position))]
    default: throw Self.misuse(call)
    }
  }

  /// A list as Atlas answers it, on one page.
  private static func page(_ objects: [JSONObject]) -> LuaValue {
    .table([
      "results": .list(objects), "totalCount": .integer(Int64(objects.count)),
    ])
  }

  private static func misuse(_ call: RequestCall) -> ScriptComplaint {
    ScriptComplaint("Atlas has no \(call.method) \(call.path)")
  }

  private static func absence(_ call: RequestCall, _ code: String) -> ScriptReadError {
    ScriptReadError(
      status: 404,
      errorCode: code,
      method: "GET",
      path: call.path,
      line: "GET \(call.path): 404 \(code)"
    )
  }
}

extension ProjectDraft.PathEntry {
  /// Whether the plan writes to it.
  var isWritten: Bool { shown != baseline }
}

extension ScriptReadError {
  /// Whether there is nothing at the path of a project that exists.
  var isAbsence: Bool {
    status == 404 && errorCode != "GROUP_NOT_FOUND" && errorCode != "INVALID_GROUP_ID"
  }
}
