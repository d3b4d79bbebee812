import GodwitAtlas
import GodwitCore
import GodwitReport

/// In which projects credentials may write, as far as their roles tell.
///
/// Source: Atlas' documentation of the integrations' operations: writes need Project Owner, which an
/// Organization Owner has in all projects; reads need Project Read Only.
struct ProjectRights {
  /// The organizations with their projects.
  let rows: [Examination.OrganizationRow]
  private let standing: CredentialStanding
  private let projects: Int
  private let writable: Int

  /// Judges roles, as far as they are known.
  init(
    _ standing: CredentialStanding,
    organizations: [Organization],
    projects: [Project]
  ) {
    let roles = standing.roles ?? []
    let owned = Set(roles.filter { $0.name == "ORG_OWNER" }.compactMap(\.organization))
    let ownedProjects = Set(roles.filter { $0.name == "GROUP_OWNER" }.compactMap(\.project))
    let byOrganization = Dictionary(grouping: projects, by: \.organization)
    func writable(_ projects: [Project]) -> Int {
      projects.count { owned.contains($0.organization) || ownedProjects.contains($0.id) }
    }
    rows = organizations.map { organization in
      let own = byOrganization[organization.id] ?? []
      let ids = Set(own.map(\.id))
      let ownRoles = roles.filter { role in
        role.organization == organization.id || role.project.map(ids.contains) == true
      }
      let isKnown =
        standing.roles != nil && (standing.hasProjectRoles || owned.contains(organization.id))
      return Examination.OrganizationRow(
        id: organization.id,
        name: organization.name,
        projects: own.count,
        writable: isKnown ? writable(own) : .none,
        roles: standing.roles == nil ? .none : Self.counted(ownRoles)
      )
    }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    self.standing = standing
    self.projects = projects.count
    self.writable = writable(projects)
  }

  /// Names of roles; those of projects once each, with how often they are there.
  private static func counted(_ roles: [CredentialStanding.Role]) -> [String] {
    let counts = Dictionary(grouping: roles, by: \.name).mapValues(\.count)
    return counts.sorted { $0.key < $1.key }.map { name, count in
      count == 1 ? name : "\(name) (\(count))"
    }
  }

  /// What can be said of writing, without writing.
  func finding(of kind: String) -> Examination.Finding {
    let isTold = standing.roles != nil && (standing.hasProjectRoles || writable == projects)
    guard isTold else {
      return Examination.Finding(
        "writing",
        .unknown,
        standing.roles == nil
          ? "Atlas does not tell the roles of this \(kind)"
          : "Atlas does not tell the roles of this \(kind) in projects",
        advice:
          "look at them in Atlas, under Organization Access; planning shows nothing of it, and"
          + " an apply without the right is refused at its first write"
      )
    }
    switch writable {
    case projects where projects > 0:
      return Examination.Finding(
        "writing",
        .ok,
        "the roles allow writes in all \(projects) projects"
      )
    case 0:
      return Examination.Finding(
        "writing",
        .warning,
        "the roles allow reading only: plan works, apply would be refused",
        advice: "apply with credentials that are Project Owner where something changes"
      )
    default:
      return Examination.Finding(
        "writing",
        .warning,
        "the roles allow writes in \(writable) of \(projects) projects",
        advice: "choose those with --org or --project, or apply with credentials that may do more"
      )
    }
  }
}
