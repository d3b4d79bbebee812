internal import GodwitCore
internal import NIOHTTP1

/// The operations of the Atlas Administration API that the client uses: method, path and resource
/// version, in one place.
///
/// Source: the v2 OpenAPI description. Each of the named operations has exactly one resource
/// version, 2023-01-01; a request names it in `Accept`, and in `Content-Type` if it has a body. The
/// paths below the prefix are the same in all generations.
enum AtlasOperation: Sendable, Hashable {
  case organizations(page: Int)
  case projects(page: Int)
  case project(ProjectID)
  case projectNamed(String)
  case integrations(ProjectID, page: Int)
  case integration(ProjectID, IntegrationType)
  case createIntegration(ProjectID, IntegrationType)
  case updateIntegration(ProjectID, IntegrationType)
  case deleteIntegration(ProjectID, IntegrationType)
  case alertConfigurations(ProjectID, page: Int)
  case alertConfiguration(ProjectID, AlertConfigurationID)
  case createAlertConfiguration(ProjectID)
  case updateAlertConfiguration(ProjectID, AlertConfigurationID)
  case toggleAlertConfiguration(ProjectID, AlertConfigurationID)
  case deleteAlertConfiguration(ProjectID, AlertConfigurationID)
  /// What a script asked for by its path.
  case other(AtlasMethod, AtlasPath)

  /// The most elements that a page can have.
  static let itemsPerPage = 500

  /// The method.
  var method: HTTPMethod {
    switch self {
    case .organizations, .projects, .project, .projectNamed, .integrations, .integration,
      .alertConfigurations, .alertConfiguration:
      .GET
    case .createIntegration, .createAlertConfiguration: .POST
    case .updateIntegration, .updateAlertConfiguration: .PUT
    case .toggleAlertConfiguration: .PATCH
    case .deleteIntegration, .deleteAlertConfiguration: .DELETE
    case .other(let method, _): HTTPMethod(rawValue: method.rawValue)
    }
  }

  /// Whether it changes anything.
  var isWrite: Bool { method != .GET }

  /// The generation that answers it: the chosen one, or the newest that knows its type.
  func generation(chosen: APIGeneration) -> APIGeneration {
    switch self {
    case .integration(_, let type), .createIntegration(_, let type),
      .updateIntegration(_, let type), .deleteIntegration(_, let type):
      IntegrationRules.generation(for: type, chosen: chosen)
    default: chosen
    }
  }

  /// The resource version, as `Accept` and `Content-Type` name it.
  ///
  /// Of what a script asks for by path nobody knows which versions it has: Atlas picks the newest
  /// that is not later than the date it is asked for.
  func mediaType(in generation: APIGeneration) -> String {
    guard generation == .v2 else { return "application/json" }
    if case .other = self { return "application/vnd.atlas.2025-03-12+json" }
    return "application/vnd.atlas.2023-01-01+json"
  }

  /// Path and query below the generation's prefix, percent-encoded.
  var path: String {
    let items = Self.itemsPerPage
    return switch self {
    case .organizations(let page): "/orgs?itemsPerPage=\(items)&pageNum=\(page)"
    case .projects(let page): "/groups?itemsPerPage=\(items)&pageNum=\(page)"
    case .project(let project): Self.group(project)
    case .projectNamed(let name): "/groups/byName/" + Self.segment(name)
    case .integrations(let project, let page):
      // With at most eleven types a page of the default size holds them all.
      Self.group(project) + "/integrations" + (page == 1 ? "" : "?pageNum=\(page)")
    case .integration(let project, let type), .createIntegration(let project, let type),
      .updateIntegration(let project, let type), .deleteIntegration(let project, let type):
      Self.group(project) + "/integrations/" + Self.segment(type.text)
    case .alertConfigurations(let project, let page):
      Self.group(project) + "/alertConfigs?itemsPerPage=\(items)&pageNum=\(page)"
    case .createAlertConfiguration(let project): Self.group(project) + "/alertConfigs"
    case .alertConfiguration(let project, let id), .updateAlertConfiguration(let project, let id),
      .toggleAlertConfiguration(let project, let id),
      .deleteAlertConfiguration(let project, let id):
      Self.group(project) + "/alertConfigs/" + Self.segment(id.text)
    case .other(_, let path): path.text
    }
  }

  private static func group(_ project: ProjectID) -> String {
    "/groups/" + segment(project.text)
  }

  private static func segment(_ text: String) -> String {
    PercentEncoding.encode(text)
  }
}
