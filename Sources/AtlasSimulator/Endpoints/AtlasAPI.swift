import GodwitCore

/// The operations of the API on a world, without HTTP.
struct AtlasAPI: Sendable {
  let store: WorldStore
  let putSemantics: SimulatorConfiguration.PutSemantics
  var v1Masking = SimulatorConfiguration.V1Masking.documented
  var showsFlowdockInV2 = false

  /// What an operation did.
  struct Outcome {
    let payload: Payload
    var status = 200
    /// Whether the world was changed.
    var mutationWasMade = false
    /// Whether a mask of Atlas' was stored as though it were a secret.
    var storesMask = false
    /// Where what was made is found.
    var location: String?
  }

  /// A request that may be carried out.
  struct Call {
    let request: APIRequest
    let caller: Caller
    let generation: Generation
    /// Scheme, host, port and the generation's prefix, for links.
    let base: String
  }

  /// Carries out a request that has been authenticated.
  ///
  /// - Parameters:
  ///   - request: The request with its body.
  ///   - caller: Who sent it.
  ///   - origin: Scheme, host and port, for links.
  /// - Returns: What is to be answered, and what was done.
  /// - Throws: The error that is to be answered.
  func perform(
    _ request: APIRequest,
    caller: Caller,
    origin: String
  ) throws(APIError) -> Outcome {
    guard let route = Route(path: request.path) else { throw .noSuchResource(request.path) }
    let resource = route.resource
    guard resource.methods.contains(request.method) else {
      throw .methodNotAllowed(request.method, allow: resource.methods)
    }
    if ["POST", "PUT", "PATCH"].contains(request.method), !resource.takesNoBody {
      try MediaType.checkContentType(request.contentType)
    }
    if route.generation.isVersioned {
      try MediaType.checkAccept(request.accept, since: resource.version)
    } else if caller.kind != .digest {
      throw .keysOnly
    }
    guard request.isRead || caller.canWrite else {
      throw route.generation.isVersioned ? .writeForbidden : .writeUnauthorized
    }
    if route.generation == .publicV1, let project = resource.project { throw .atlasGroup(project) }
    let call = Call(
      request: request,
      caller: caller,
      generation: route.generation,
      base: origin + route.generation.prefix
    )
    do {
      return try perform(call, on: resource)
    } catch let error as APIError {
      throw error
    } catch {
      throw .unexpected
    }
  }

  private func perform(_ call: Call, on resource: Resource) throws -> Outcome {
    switch resource {
    case .root: return try root(call)
    case .groups: return try listGroups(call)
    case .group(let id):
      return try call.request.isRead ? getGroup(id, call) : renameGroup(id, call)
    case .groupNamed(let name): return try getGroup(named: name, call)
    case .groupSettings(let id): return try settings(.groupSettings, of: id, call)
    case .auditLog(let id): return try settings(.auditLog, of: id, call)
    case .maintenanceWindow(let id):
      return try call.request.isRead
        ? settings(.maintenanceWindow, of: id, call) : changeMaintenanceWindow(of: id, call)
    case .autoDeferral(let id): return try toggleAutoDeferral(of: id)
    case .orgs: return try listOrgs(call)
    case .org(let id): return try getOrg(id, call)
    case .orgGroups(let id): return try listGroups(ofOrg: id, call)
    case .serviceAccount(let org, let id): return try getServiceAccount(id, of: org, call)
    case .rateLimits: return try listRateLimits(call)
    case .alertConfigs(let group):
      return try call.request.isRead
        ? listAlertConfigs(of: group, call) : createAlertConfig(of: group, call)
    case .alertConfig(let group, let id): return try alertConfig(id, of: group, call)
    case .alertsOfConfig(let group, let id): return try listAlerts(ofConfig: id, of: group, call)
    case .matcherFieldNames: return Outcome(payload: .object(Self.matcherFieldNames))
    case .integrations(let group): return try listIntegrations(of: group, call)
    case .integration(let group, let type):
      switch call.request.method {
      case "POST", "PUT": return try writeIntegration(type, of: group, call)
      case "DELETE": return try deleteIntegration(type, of: group, call)
      default: return try getIntegration(type, of: group, call)
      }
    }
  }

  private func alertConfig(_ id: String, of group: String, _ call: Call) throws -> Outcome {
    switch call.request.method {
    case "PUT": try replaceAlertConfig(id, of: group, call)
    case "PATCH": try toggleAlertConfig(id, of: group, call)
    case "DELETE": try deleteAlertConfig(id, of: group)
    default: try getAlertConfig(id, of: group, call)
    }
  }

  /// Refuses what cannot be the id of a project.
  func checkGroupID(_ id: String) throws(APIError) {
    guard ObjectID.isWellFormed(id) else { throw .invalidGroupID(id) }
  }

  /// The body of a write, which must be an object.
  static func object(_ body: [UInt8]) throws(APIError) -> JSONObject {
    let value: JSONValue
    do { value = try JSONValue(parsing: body) } catch { throw .malformedJSON }
    guard let object = value.objectValue else { throw .notAnObject }
    return object
  }
}
