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
    guard case .table(let table) = value, table.array.isEmpty, !table.isMarkedArray else {
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
