/// What a path of the API means.
///
/// One case for each path of a generation; further generations add their own prefix.
enum Resource: Equatable {
  case root
  case groups
  case group(String)
  case groupNamed(String)
  case integrations(group: String)
  case integration(group: String, type: String)
  case alertConfigs(group: String)
  case alertConfig(group: String, id: String)
  case orgs
  case org(String)
  case orgGroups(String)

  /// The methods that the simulator answers at this resource.
  var methods: [String] {
    switch self {
    case .integration: ["GET", "POST", "PUT", "DELETE"]
    default: ["GET"]
    }
  }

  /// The project that the resource belongs to.
  var project: String? {
    switch self {
    case .group(let id), .integrations(let id), .integration(let id, _), .alertConfigs(let id),
      .alertConfig(let id, _):
      id
    case .root, .groups, .groupNamed, .orgs, .org, .orgGroups: nil
    }
  }

  /// The integration type that the resource is.
  var integrationType: String? {
    if case .integration(_, let type) = self { type } else { nil }
  }
}

extension Resource {
  private static let prefix = "/api/atlas/v2"

  /// The resource of a path; `nil` where Atlas has nothing, a trailing slash included.
  init?(path: String) {
    guard path.hasPrefix(Self.prefix) else { return nil }
    let rest = path.dropFirst(Self.prefix.count)
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
    default: return nil
    }
  }

  private init?(underGroups names: [String]) {
    switch names.count {
    case 0: self = .groups
    case 1: self = .group(names[0])
    case 2 where names[0] == "byName": self = .groupNamed(names[1])
    case 2 where names[1] == "integrations": self = .integrations(group: names[0])
    case 2 where names[1] == "alertConfigs": self = .alertConfigs(group: names[0])
    case 3 where names[1] == "integrations":
      self = .integration(group: names[0], type: names[2])
    case 3 where names[1] == "alertConfigs":
      self = .alertConfig(group: names[0], id: names[2])
    default: return nil
    }
  }

  private init?(underOrgs names: [String]) {
    switch names.count {
    case 0: self = .orgs
    case 1: self = .org(names[0])
    case 2 where names[1] == "groups": self = .orgGroups(names[0])
    default: return nil
    }
  }
}
