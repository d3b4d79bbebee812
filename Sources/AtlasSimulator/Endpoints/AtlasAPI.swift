import GodwitCore

/// The operations of the API on a world, without HTTP.
struct AtlasAPI: Sendable {
  let store: WorldStore
  let putSemantics: SimulatorConfiguration.PutSemantics

  /// What an operation did.
  struct Outcome {
    let payload: Payload
    var status = 200
    /// Whether the world was changed.
    var mutationWasMade = false
    /// Whether a mask of Atlas' was stored as though it were a secret.
    var storesMask = false
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
    guard let resource = Resource(path: request.path) else { throw .noSuchResource(request.path) }
    guard resource.methods.contains(request.method) else {
      throw .methodNotAllowed(request.method, allow: resource.methods)
    }
    if request.method == "POST" || request.method == "PUT" {
      try MediaType.checkContentType(request.contentType)
    }
    try MediaType.checkAccept(request.accept)
    guard request.isRead || caller.canWrite else { throw .writeForbidden }
    do {
      return try perform(request, on: resource, caller: caller, origin: origin)
    } catch let error as APIError {
      throw error
    } catch {
      throw .unexpected
    }
  }

  private func perform(
    _ request: APIRequest,
    on resource: Resource,
    caller: Caller,
    origin: String
  ) throws -> Outcome {
    switch resource {
    case .root: return try root(caller: caller, origin: origin)
    case .groups: return try listGroups(request, origin: origin)
    case .group(let id): return try getGroup(id, origin: origin)
    case .groupNamed(let name): return try getGroup(named: name, origin: origin)
    case .orgs: return try listOrgs(request, origin: origin)
    case .org(let id): return try getOrg(id, origin: origin)
    case .orgGroups(let id): return try listGroups(ofOrg: id, request, origin: origin)
    case .alertConfigs(let group): return try listAlertConfigs(of: group, request, origin: origin)
    case .alertConfig(let group, let id):
      return try getAlertConfig(id, of: group, origin: origin)
    case .integrations(let group): return try listIntegrations(of: group, request)
    case .integration(let group, let type):
      switch request.method {
      case "POST", "PUT": return try writeIntegration(type, of: group, request)
      case "DELETE": return try deleteIntegration(type, of: group)
      default: return try getIntegration(type, of: group)
      }
    }
  }

  /// Refuses what cannot be the id of a project.
  func checkGroupID(_ id: String) throws(APIError) {
    guard ObjectID.isWellFormed(id) else { throw .invalidGroupID(id) }
  }
}
