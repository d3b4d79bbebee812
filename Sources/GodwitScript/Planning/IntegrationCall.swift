internal import GodwitCore
internal import LuaVM

/// A call of `project.integrations`, taken apart.
enum IntegrationCall {
  case list
  case get(IntegrationType)
  case create(IntegrationType, JSONObject, ScriptPosition?)
  case update(IntegrationType, JSONObject, ScriptPosition?)
  case set(IntegrationType, JSONObject, ScriptPosition?)
  case delete(IntegrationType, ScriptPosition?)

  /// The type that it names, if it names one.
  var type: IntegrationType? {
    switch self {
    case .list: nil
    case .get(let type), .delete(let type, _), .create(let type, _, _), .update(let type, _, _),
      .set(let type, _, _):
      type
    }
  }

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
    case "create": self = .create(type, try CallArguments.fields(request, 1, verb), position)
    case "update": self = .update(type, try CallArguments.fields(request, 1, verb), position)
    case "set": self = .set(type, try CallArguments.fields(request, 1, verb), position)
    default: throw ScriptComplaint("unknown call \(request.name)")
    }
  }
}
