internal import GodwitAtlas
internal import GodwitCore

extension AtlasReader {
  /// Names the organizations; a credential that may not list them leaves the names empty.
  func counted(_ counts: [OrganizationID: Int]) async -> [RunTarget.OrganizationCount] {
    var names: [OrganizationID: String] = [:]
    do throws(AtlasError) {
      for organization in try await organizations() { names[organization.id] = organization.name }
    } catch {
      names = [:]
    }
    return counts.map { id, count in
      RunTarget.OrganizationCount(id: id, name: names[id] ?? "", projects: count)
    }.sorted { ($1.projects, $0.id) < ($0.projects, $1.id) }
  }
}
