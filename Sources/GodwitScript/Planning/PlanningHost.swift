internal import GodwitCore
internal import LuaVM

/// Answers the requests of one project's script while it is planned.
struct PlanningHost {
  let project: Project
  let policy: DraftPolicy
  let list: ProjectPlanner.Lister
  private(set) var draft: ProjectDraft?
  /// The last failure of a read, for its advice.
  private(set) var failure: ScriptReadError?

  init(project: Project, policy: DraftPolicy, list: @escaping ProjectPlanner.Lister) {
    self.project = project
    self.policy = policy
    self.list = list
  }

  /// Answers one request.
  mutating func answer(_ request: LuaRequest) async -> LuaAnswer {
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

/// A call of `project.integrations`, taken apart.
enum IntegrationCall {
  case list
  case get(IntegrationType)
  case create(IntegrationType, JSONObject, ScriptPosition?)
  case update(IntegrationType, JSONObject, ScriptPosition?)
  case set(IntegrationType, JSONObject, ScriptPosition?)
  case delete(IntegrationType, ScriptPosition?)

  /// Reads a request.
  ///
  /// - Throws: ``ScriptComplaint`` for arguments of the wrong type.
  init(_ request: LuaRequest) throws(ScriptComplaint) {
    let verb = request.name.split(separator: ".").last.map(String.init) ?? request.name
    if verb == "list" {
      self = .list
      return
    }
    let position = ScriptPosition(request.position)
    guard case .string(let name)? = request.arguments.first else {
      throw ScriptComplaint(
        "\(verb) takes the type of an integration",
        advice: "for example :\(verb)(\"DATADOG\")"
      )
    }
    let type = IntegrationType(name)
    switch verb {
    case "get": self = .get(type)
    case "delete": self = .delete(type, position)
    case "create": self = .create(type, try Self.fields(request, verb), position)
    case "update": self = .update(type, try Self.fields(request, verb), position)
    case "set": self = .set(type, try Self.fields(request, verb), position)
    default: throw ScriptComplaint("unknown call \(request.name)")
    }
  }

  private static func fields(
    _ request: LuaRequest,
    _ verb: String
  ) throws(ScriptComplaint) -> JSONObject {
    let value = request.arguments.count > 1 ? request.arguments[1] : .nil
    guard case .table(let table) = value, table.array.isEmpty else {
      throw ScriptComplaint(
        "\(verb) takes a table of fields",
        advice: "for example { region = \"EU\" }"
      )
    }
    do throws(ValueRefusal) {
      guard case .object(let object) = try JSONValue(value) else { return [:] }
      return object
    } catch {
      throw ScriptComplaint(error.message(about: "the fields of \(verb)"))
    }
  }
}

extension LuaOpaque {
  /// An error of Atlas as a script sees it.
  init(_ error: ScriptReadError) {
    var fields: [String: LuaValue] = ["method": .string(error.method), "path": .string(error.path)]
    if let status = error.status { fields["status"] = .integer(Int64(status)) }
    if let code = error.errorCode { fields["errorCode"] = .string(code) }
    if let detail = error.detail { fields["detail"] = .string(detail) }
    if let reason = error.reason { fields["reason"] = .string(reason) }
    self.init(
      kind: OpaqueKind.atlasError,
      payload: error.line,
      display: error.line,
      fields: fields
    )
  }
}
