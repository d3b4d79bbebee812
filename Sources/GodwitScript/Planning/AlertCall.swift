internal import GodwitCore
internal import LuaVM

/// A call of `project.alerts`, taken apart.
enum AlertCall {
  case list
  case using(IntegrationType)
  case get(AlertReference)
  case create(JSONObject, ScriptPosition?)
  case update(AlertReference, JSONObject, ScriptPosition?)
  case delete(AlertReference, ScriptPosition?)
  case toggle(AlertReference, isEnabled: Bool, ScriptPosition?)

  /// Reads a request.
  ///
  /// - Throws: ``ScriptComplaint`` for arguments of the wrong type.
  init(_ request: LuaRequest) throws(ScriptComplaint) {
    let verb = request.name.split(separator: ".").last.map(String.init) ?? request.name
    let position = ScriptPosition(request.position)
    switch verb {
    case "list": self = .list
    case "using":
      guard case .string(let type)? = request.arguments.first else {
        throw ScriptComplaint(
          "using takes the type of an integration",
          advice: "for example :using(\"DATADOG\")"
        )
      }
      self = .using(IntegrationType(type))
    case "create": self = .create(try CallArguments.fields(request, 0, verb), position)
    case "get": self = .get(try Self.reference(request, verb))
    case "update":
      self = .update(
        try Self.reference(request, verb),
        try CallArguments.fields(request, 1, verb),
        position
      )
    case "delete": self = .delete(try Self.reference(request, verb), position)
    case "enable", "disable":
      self = .toggle(
        try Self.reference(request, verb),
        isEnabled: verb == "enable",
        position
      )
    default: throw ScriptComplaint("unknown call \(request.name)")
    }
  }

  /// Whether it needs what only API v1.0 shows.
  var needsLegacy: Bool {
    if case .using(let type) = self { type.isLegacy } else { false }
  }

  private static func reference(
    _ request: LuaRequest,
    _ verb: String
  ) throws(ScriptComplaint) -> AlertReference {
    switch request.arguments.first {
    case .string(let id)?: return .id(AlertConfigurationID(id))
    case .opaque(let opaque)? where opaque.kind == OpaqueKind.pending:
      return .pending(PendingValue(operation: Int(opaque.payload) ?? 0))
    default:
      throw ScriptComplaint(
        "\(verb) takes the id of an alert configuration",
        advice: "for example project.alerts:\(verb)(configuration.id)"
      )
    }
  }
}

/// Reading the arguments of a call.
enum CallArguments {
  /// A table of fields.
  ///
  /// - Throws: ``ScriptComplaint`` for anything else, and for what has no JSON form.
  static func fields(
    _ request: LuaRequest,
    _ index: Int,
    _ verb: String
  ) throws(ScriptComplaint) -> JSONObject {
    let value = request.arguments.count > index ? request.arguments[index] : .nil
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
