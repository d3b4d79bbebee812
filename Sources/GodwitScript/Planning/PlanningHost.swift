internal import GodwitCore
internal import LuaVM

/// Answers the requests of one project's script while it is planned.
struct PlanningHost {
  let project: Project
  let reads: ScriptReads
  private(set) var draft: ProjectDraft
  /// Why the last read failed, if it did.
  private(set) var failure: ScriptReadError?
  /// The reads that failed, by what was read: they are not tried again.
  private var failures: [String: ScriptReadError] = [:]

  init(project: Project, policy: DraftPolicy, reads: ScriptReads) {
    self.project = project
    self.reads = reads
    draft = ProjectDraft(project: project, policy: policy)
  }

  /// Answers one request.
  mutating func answer(_ request: LuaRequest) async -> LuaAnswer {
    do {
      return .values(try await answers(request))
    } catch let error as ScriptReadError {
      failure = error
      return .raise(.opaque(LuaOpaque(error)))
    } catch let complaint as ScriptComplaint {
      return .raise(.string(complaint.message))
    } catch {
      return .raise(.string("\(error)"))
    }
  }

  private mutating func answers(_ request: LuaRequest) async throws -> [LuaValue] {
    var draft = draft
    defer { self.draft = draft }
    switch request.name.prefix(while: { $0 != "." }) {
    case "project": return try await answer(RequestCall(request), &draft)
    case "atlas": return try await RootReads.answer(RequestCall(request), reads)
    case "alerts":
      let call = try AlertCall(request)
      try await readIntegrations(&draft)
      try await readAlerts(&draft, legacy: call.needsLegacy)
      return try draft.answer(call)
    default:
      let call = try IntegrationCall(request)
      try await readIntegrations(&draft)
      if let type = call.type, type.isLegacy { try await readUnlisted(type, &draft) }
      return try draft.answer(call)
    }
  }

  /// After the script: reads the alerts that go through integrations which it deletes.
  ///
  /// - Returns: those alerts; none if nothing is deleted, without a request.
  /// - Throws: ``ScriptReadError`` if they cannot be read.
  mutating func affectedAlerts() async throws -> [AffectedAlert] {
    guard !draft.deletedTypes.isEmpty else { return [] }
    var draft = draft
    try await readAlerts(&draft, legacy: draft.deletedTypes.contains(where: \.isLegacy))
    let affected = draft.takeAffectedAlerts()
    self.draft = draft
    return affected
  }

  /// Makes the next reads new ones; what was read before still counts for the plan.
  mutating func renew() {
    let earlier = draft.earlierReads.merging(draft.reads)
    draft = ProjectDraft(project: project, policy: draft.policy)
    draft.earlierReads = earlier
    failures = [:]
  }

  // MARK: - Reading once

  /// The client has tried again already, and a script that does so in a loop would not end: what
  /// failed once fails again.
  private mutating func once<Value>(
    _ what: String,
    _ read: () async -> Result<Value, ScriptReadError>
  ) async throws -> Value {
    if let error = failures[what] { throw error }
    switch await read() {
    case .success(let value): return value
    case .failure(let error):
      failures[what] = error
      throw error
    }
  }

  mutating func readIntegrations(_ draft: inout ProjectDraft) async throws {
    guard !draft.hasIntegrations else { return }
    let (reads, id) = (reads, project.id)
    draft.load(try await once("integrations") { await reads.integrations(id) })
  }

  /// Reads a type that no list shows.
  mutating func readUnlisted(
    _ type: IntegrationType,
    _ draft: inout ProjectDraft
  ) async throws {
    guard draft.unlistedRead.insert(type).inserted, draft.baseline[type] == nil else { return }
    let (reads, id) = (reads, project.id)
    let found = try await once("integration \(type)") { await reads.integration(id, type) }
    if let found { draft.load(unlisted: found) }
  }

  mutating func readAlerts(
    _ draft: inout ProjectDraft,
    legacy: Bool
  ) async throws {
    let (reads, id) = (reads, project.id)
    if draft.alerts == nil {
      draft.load(alerts: try await once("alerts") { await reads.alerts(id, false) })
    }
    guard legacy, !draft.hasLegacyAlerts else { return }
    draft.load(legacy: try await once("older alerts") { await reads.alerts(id, true) })
  }
}

extension ProjectDraft {
  /// Answers a call of `project.integrations`.
  fileprivate mutating func answer(_ call: IntegrationCall) throws(ScriptComplaint) -> [LuaValue] {
    switch call {
    case .list: return [.list(list())]
    case .get(let type): return [.object(try get(type))]
    case .create(let type, let fields, let position):
      return [.object(try create(type, fields, at: position))]
    case .update(let type, let fields, let position):
      return [.object(try update(type, fields, at: position))]
    case .set(let type, let fields, let position):
      return [.object(try set(type, fields, at: position))]
    case .delete(let type, let position):
      return [.boolean(try delete(type, at: position))]
    }
  }

  /// Answers a call of `project.alerts`.
  fileprivate mutating func answer(_ call: AlertCall) throws(ScriptComplaint) -> [LuaValue] {
    switch call {
    case .list: return [.list(listAlerts())]
    case .using(let type): return [.list(try alerts(using: type))]
    case .get(let reference): return [.object(getAlert(reference))]
    case .create(let fields, let position):
      return [.object(try createAlert(fields, at: position))]
    case .update(let reference, let fields, let position):
      return [.object(try updateAlert(reference, fields, at: position))]
    case .toggle(let reference, let isEnabled, let position):
      return [.object(try toggleAlert(reference, isEnabled: isEnabled, at: position))]
    case .delete(let reference, let position):
      return [.boolean(try deleteAlert(reference, at: position))]
    }
  }
}

extension LuaValue {
  /// A table of an object's fields; `nil` without an object.
  static func object(_ object: JSONObject?) -> LuaValue {
    object.map { .table(LuaTable($0)) } ?? .nil
  }

  /// An array of tables.
  static func list(_ objects: [JSONObject]) -> LuaValue {
    .table(LuaTable(array: objects.map { .table(LuaTable($0)) }, isMarkedArray: true))
  }
}
