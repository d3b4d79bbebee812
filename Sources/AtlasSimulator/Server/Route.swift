/// What the path of a request means.
struct Route: Equatable {
  let generation: Generation
  let resource: Resource

  /// The route of a path; `nil` where Atlas has nothing, a trailing slash included.
  init?(path: String) {
    guard let generation = Generation.allCases.first(where: { path.hasPrefix($0.prefix) }),
      let resource = Resource(path: path.dropFirst(generation.prefix.count)),
      generation == .v2 || !resource.isOfV2Only
    else { return nil }
    self.generation = generation
    self.resource = resource
  }
}

/// What a path below the prefix of a generation means.
enum Resource: Equatable {
  case root
  case groups
  case group(String)
  case groupNamed(String)
  case groupSettings(String)
  case auditLog(group: String)
  case maintenanceWindow(group: String)
  case autoDeferral(group: String)
  case integrations(group: String)
  case integration(group: String, type: String)
  case alertConfigs(group: String)
  case alertConfig(group: String, id: String)
  case alertsOfConfig(group: String, id: String)
  case matcherFieldNames
  case orgs
  case org(String)
  case orgGroups(String)
  case serviceAccount(org: String, clientID: String)
  case rateLimits

  /// Its one version.
  ///
  /// Source: the v2 OpenAPI description.
  var version: String {
    switch self {
    case .serviceAccount: "2024-08-05"
    case .rateLimits: "2025-03-12"
    default: "2023-01-01"
    }
  }

  /// Whether older generations do not have it.
  var isOfV2Only: Bool {
    switch self {
    case .serviceAccount, .rateLimits: true
    default: false
    }
  }

  /// The methods that the simulator answers at this resource.
  var methods: [String] {
    switch self {
    case .integration: ["GET", "POST", "PUT", "DELETE"]
    case .alertConfigs: ["GET", "POST"]
    case .alertConfig: ["GET", "PUT", "PATCH", "DELETE"]
    case .group, .groupSettings, .auditLog, .maintenanceWindow: ["GET", "PATCH"]
    case .autoDeferral: ["POST"]
    default: ["GET"]
    }
  }

  /// Whether a request that is neither read nor deletion comes without a body here.
  var takesNoBody: Bool {
    if case .autoDeferral = self { true } else { false }
  }

  /// The project that the resource belongs to.
  var project: String? {
    switch self {
    case .group(let id), .integrations(let id), .integration(let id, _), .alertConfigs(let id),
      .alertConfig(let id, _), .alertsOfConfig(let id, _), .groupSettings(let id),
      .auditLog(let id), .maintenanceWindow(let id), .autoDeferral(let id):
      id
    case .root, .groups, .groupNamed, .orgs, .org, .orgGroups, .matcherFieldNames,
      .serviceAccount, .rateLimits:
      nil
    }
  }

  /// The integration type that the resource is.
  var integrationType: String? {
    if case .integration(_, let type) = self { type } else { nil }
  }
}

extension Resource {
  fileprivate init?(path rest: Substring) {
    if rest.isEmpty {
      self = .root
      return
    }
    var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.removeFirst().isEmpty, !parts.contains(where: \.isEmpty) else { return nil }
    let names = parts.map { PercentEncoding.decode($0) ?? String($0) }
    switch names.first {
    case "groups": self.init(underGroups: Array(names.dropFirst()))
    case "orgs": self.init(underOrgs: Array(names.dropFirst()))
    case "alertConfigs" where names.dropFirst() == ["matchers", "fieldNames"]:
      self = .matcherFieldNames
    case "rateLimits" where names.count == 1: self = .rateLimits
    default: return nil
    }
  }

  private init?(underGroups names: [String]) {
    switch names.count {
    case 0: self = .groups
    case 1: self = .group(names[0])
    case 2 where names[0] == "byName": self = .groupNamed(names[1])
    case 2: self.init(names[1], of: names[0])
    case 3 where names[1] == "maintenanceWindow" && names[2] == "autoDefer":
      self = .autoDeferral(group: names[0])
    case 3 where names[1] == "integrations":
      self = .integration(group: names[0], type: names[2])
    case 3 where names[1] == "alertConfigs":
      self = .alertConfig(group: names[0], id: names[2])
    case 4 where names[1] == "alertConfigs" && names[3] == "alerts":
      self = .alertsOfConfig(group: names[0], id: names[2])
    default: return nil
    }
  }

  private init?(_ name: String, of group: String) {
    switch name {
    case "integrations": self = .integrations(group: group)
    case "alertConfigs": self = .alertConfigs(group: group)
    case "settings": self = .groupSettings(group)
    case "auditLog": self = .auditLog(group: group)
    case "maintenanceWindow": self = .maintenanceWindow(group: group)
    default: return nil
    }
  }

  private init?(underOrgs names: [String]) {
    switch names.count {
    case 0: self = .orgs
    case 1: self = .org(names[0])
    case 2 where names[1] == "groups": self = .orgGroups(names[0])
    case 3 where names[1] == "serviceAccounts":
      self = .serviceAccount(org: names[0], clientID: names[2])
    default: return nil
    }
  }
}
