internal import GodwitCore
internal import NIOHTTP1

/// The operations of the Atlas Administration API v2 that the client uses: method, path and
/// resource version, in one place.
///
/// Source: the v2 OpenAPI description. Each of these operations has exactly one resource version,
/// 2023-01-01; a request names it in `Accept`, and in `Content-Type` if it has a body.
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

  /// The most elements that a page can have.
  static let itemsPerPage = 500
  /// Where API v2 lives on a server.
  static let pathPrefix = "/api/atlas/v2"

  /// The method.
  var method: HTTPMethod {
    switch self {
    case .organizations, .projects, .project, .projectNamed, .integrations, .integration: .GET
    case .createIntegration: .POST
    case .updateIntegration: .PUT
    case .deleteIntegration: .DELETE
    }
  }

  /// Whether it changes anything.
  var isWrite: Bool { method != .GET }

  /// The resource version, as `Accept` and `Content-Type` name it.
  var mediaType: String { "application/vnd.atlas.2023-01-01+json" }

  /// Path and query, percent-encoded.
  var path: String {
    let items = Self.itemsPerPage
    let tail =
      switch self {
      case .organizations(let page): "/orgs?itemsPerPage=\(items)&pageNum=\(page)"
      case .projects(let page): "/groups?itemsPerPage=\(items)&pageNum=\(page)"
      case .project(let project): "/groups/" + Self.segment(project.text)
      case .projectNamed(let name): "/groups/byName/" + Self.segment(name)
      case .integrations(let project, let page):
        // With at most ten types a page of the default size holds them all.
        "/groups/" + Self.segment(project.text) + "/integrations"
          + (page == 1 ? "" : "?pageNum=\(page)")
      case .integration(let project, let type), .createIntegration(let project, let type),
        .updateIntegration(let project, let type), .deleteIntegration(let project, let type):
        "/groups/" + Self.segment(project.text) + "/integrations/" + Self.segment(type.text)
      }
    return Self.pathPrefix + tail
  }

  private static func segment(_ text: String) -> String {
    PercentEncoding.encode(text)
  }
}
