internal import GodwitCore
internal import LuaVM

/// A call of `project:get`, `project:request`, `atlas.get` or `atlas.request`, taken apart.
struct RequestCall {
  let method: String
  let path: String
  let query: JSONObject
  let body: JSONValue?
  let position: ScriptPosition?

  private static let keys = ["method", "path", "query", "body"]

  /// Reads a request.
  ///
  /// - Throws: ``ScriptComplaint`` for arguments of the wrong type.
  init(_ request: LuaRequest) throws(ScriptComplaint) {
    position = ScriptPosition(request.position)
    guard request.name.hasSuffix(".request") else {
      guard case .string(let path)? = request.arguments.first else {
        throw ScriptComplaint("get takes a path", advice: "for example project:get(\"/settings\")")
      }
      method = "GET"
      self.path = path
      let value = request.arguments.count > 1 ? request.arguments[1] : .nil
      query = value == .nil ? [:] : try Self.query(CallArguments.fields(request, 1, "get"))
      body = nil
      return
    }
    let fields = try CallArguments.fields(request, 0, "request")
    for key in fields.keys where !Self.keys.contains(key) {
      throw ScriptComplaint(
        "request takes no \"\(key)\"",
        advice: Suggestion.advice(for: key, in: Self.keys)
      )
    }
    method = try Self.method(fields["method"])
    guard case .string(let path)? = fields["path"] else {
      throw ScriptComplaint("request takes a path", advice: "for example path = \"/auditLog\"")
    }
    self.path = path
    query = try Self.query(fields["query"]?.objectValue ?? [:])
    body = fields["body"]
    guard body == nil || method != "GET" else {
      throw ScriptComplaint("a GET has no body", advice: "give its query apart")
    }
  }

  private static func method(_ value: JSONValue?) throws(ScriptComplaint) -> String {
    let methods = ["GET"] + RequestPattern.methods
    guard let value else { return "GET" }
    guard let method = value.stringValue, methods.contains(method) else {
      throw ScriptComplaint(
        "request takes a method, not \(value.encodedString())",
        advice: "one of " + methods.joined(separator: ", ")
      )
    }
    return method
  }

  private static func query(_ object: JSONObject) throws(ScriptComplaint) -> JSONObject {
    for (name, value) in object {
      switch value {
      case .string, .number, .bool: break
      default:
        throw ScriptComplaint("query.\(name) takes text, a number or a boolean")
      }
    }
    return object
  }

  /// The query as texts.
  var texts: [String: String] {
    RequestTarget(method: method, path: path, query: query).texts
  }

  /// The body of a typed write: its fields.
  func fields() throws(ScriptComplaint) -> JSONObject {
    guard let object = body?.objectValue else {
      throw ScriptComplaint("\(method) \(path) takes a body of named fields")
    }
    return object
  }
}
