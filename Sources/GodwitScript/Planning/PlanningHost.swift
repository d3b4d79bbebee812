internal import GodwitCore
internal import LuaVM

/// Answers the requests of one project's script while it is planned.
struct PlanningHost {
  let project: Project
  let policy: DraftPolicy
  let list: ProjectPlanner.Lister
  private(set) var draft: ProjectDraft?
  /// Why the one read failed, if it did.
  private(set) var failure: ScriptReadError?

  init(project: Project, policy: DraftPolicy, list: @escaping ProjectPlanner.Lister) {
    self.project = project
    self.policy = policy
    self.list = list
  }

  /// Answers one request.
  mutating func answer(_ request: LuaRequest) async -> LuaAnswer {
    // The client has tried again already, and a script that does so in a loop would not end.
    if let failure { return .raise(.opaque(LuaOpaque(failure))) }
    if draft == nil {
      switch await list(project.id) {
      case .failure(let error):
        failure = error
        return .raise(.opaque(LuaOpaque(error)))
      case .success(let integrations):
        draft = ProjectDraft(project: project, integrations: integrations, policy: policy)
      }
    }
    do throws(ScriptComplaint) {
      return .values(try answerFromDraft(IntegrationCall(request)))
    } catch {
      return .raise(.string(error.message))
    }
  }

  private mutating func answerFromDraft(
    _ call: IntegrationCall
  ) throws(ScriptComplaint) -> [LuaValue] {
    guard var draft else { return [] }
    defer { self.draft = draft }
    switch call {
    case .list:
      let tables = draft.list().map { LuaValue.table(LuaTable($0)) }
      return [.table(LuaTable(array: tables, isMarkedArray: true))]
    case .get(let type): return [Self.table(try draft.get(type))]
    case .create(let type, let fields, let position):
      return [Self.table(try draft.create(type, fields, at: position))]
    case .update(let type, let fields, let position):
      return [Self.table(try draft.update(type, fields, at: position))]
    case .set(let type, let fields, let position):
      return [Self.table(try draft.set(type, fields, at: position))]
    case .delete(let type, let position):
      return [.boolean(try draft.delete(type, at: position))]
    }
  }

  private static func table(_ object: JSONObject?) -> LuaValue {
    object.map { .table(LuaTable($0)) } ?? .nil
  }
}
