/// Projects, which Atlas' paths call groups.
extension AtlasAPI {
  func listGroups(_ call: Call) throws -> Outcome {
    let paging = try call.paging()
    guard call.generation != .publicV1 else {
      return Outcome(payload: .list(ListPage(paging: paging, items: [], total: 0)))
    }
    let (rows, total) = try store.projects(paging.range)
    let items = rows.map { Self.listItem($0, base: call.base) }
    return Outcome(payload: .list(ListPage(paging: paging, items: items, total: total)))
  }

  func listGroups(
    ofOrg org: String,
    _ call: Call
  ) throws -> Outcome {
    let paging = try call.paging()
    guard let organization = try store.organization(org) else { throw APIError.orgNotFound(org) }
    let prefix = call.request.query["name"]
    let (rows, total) = try store.projects(
      ofOrganization: organization.key,
      namePrefix: prefix ?? "",
      paging.range
    )
    let items = rows.map { Self.listItem($0, base: call.base) }
    var page = ListPage(paging: paging, items: items, total: total)
    page.filters = prefix.map { [("name", $0)] } ?? []
    return Outcome(payload: .list(page))
  }

  func getGroup(_ id: String, _ call: Call) throws -> Outcome {
    try checkGroupID(id)
    guard let project = try store.project(id) else { throw APIError.groupNotFound(id) }
    return Outcome(payload: .object(Self.whole(project, base: call.base)))
  }

  func getGroup(named name: String, _ call: Call) throws -> Outcome {
    let projects = try store.projects(named: name)
    guard let project = projects.first else { throw APIError.groupNameNotFound(name) }
    guard projects.count == 1 else { throw APIError.multipleGroups(name) }
    return Outcome(payload: .object(Self.whole(project, base: call.base)))
  }

  private static func address(_ project: ProjectRow, _ base: String) -> String {
    "\(base)/groups/\(project.id)"
  }

  /// A project as lists show it: with a link to itself only.
  private static func listItem(_ project: ProjectRow, base: String) -> String {
    text(of: project, links: Link("self", address(project, base)).json)
  }

  /// A project as it is shown alone: with links whose `rel` is an address (recorded answers).
  static func whole(_ project: ProjectRow, base: String) -> String {
    let address = address(project, base)
    let parts = [
      "clusters", "containers", "databaseUsers", "peers", "processes", "whitelist",
    ]
    let links =
      [Link("self", address)]
      + parts.map { Link("https://cloud.mongodb.com/\($0)", "\(address)/\($0)") }
    return text(of: project, links: links.map(\.json).joined(separator: ","))
  }

  private static func text(of project: ProjectRow, links: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    bytes.append(contentsOf: #"{"clusterCount":\#(project.clusterCount),"created":""#.utf8)
    bytes.append(contentsOf: WallClock.isoText(project.created).utf8)
    bytes.append(contentsOf: #"","id":"\#(project.id)","links":[\#(links)],"name":""#.utf8)
    bytes.append(jsonEscaping: project.name)
    bytes.append(
      contentsOf: #"","orgId":"\#(project.organizationID)","tags":\#(project.tags)}"#.utf8
    )
    return String(decoding: bytes, as: UTF8.self)
  }
}
