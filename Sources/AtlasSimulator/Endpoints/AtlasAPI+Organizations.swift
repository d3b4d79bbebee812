import GodwitCore

/// Organisations, and what the API says of itself.
extension AtlasAPI {
  func listOrgs(_ call: Call) throws -> Outcome {
    let paging = try call.paging()
    let prefix = call.request.query["name"]
    let organizations = try store.organizations(namePrefix: prefix ?? "")
    let range = paging.range.clamped(to: 0..<organizations.count)
    let items = organizations[range].map { Self.text(of: $0, base: call.base, parts: []) }
    var page = ListPage(paging: paging, items: items, total: organizations.count)
    page.filters = prefix.map { [("name", $0)] } ?? []
    return Outcome(payload: .list(page))
  }

  func getOrg(_ id: String, _ call: Call) throws -> Outcome {
    guard let organization = try store.organization(id) else { throw APIError.orgNotFound(id) }
    let text = Self.text(
      of: organization,
      base: call.base,
      parts: ["groups", "teams", "users"]
    )
    return Outcome(payload: .object(text))
  }

  /// The root of the API: who answers, and for which key.
  func root(_ call: Call) throws -> Outcome {
    let caller = call.caller
    let roleName = JSONValue.string(caller.orgRole)
    let roles = try store.organizations(namePrefix: "").map { organization in
      ["orgId": .string(organization.id), "roleName": roleName] as JSONValue
    }
    let seed = SeededGenerator.hash(of: "\(store.worldID) \(caller.publicKey)")
    var generator = SeededGenerator(seed: seed)
    let key: JSONValue = [
      "accessList": [], "id": .string(generator.hex(24)),
      "publicKey": .string(caller.publicKey), "roles": .array(roles),
    ]
    let status: JSONValue = [
      "apiKey": caller.isServiceAccount ? .null : key,
      "appName": "MongoDB Atlas",
      "build": .string(generator.hex(40)),
      "links": [["href": .string(call.base), "rel": "self"]],
      "throttling": false,
    ]
    return Outcome(payload: .object(String(json: status)))
  }

  private static func text(
    of organization: OrganizationRow,
    base: String,
    parts: [String]
  ) -> String {
    let address = "\(base)/orgs/\(organization.id)"
    let links =
      [Link("self", address)]
      + parts.map { Link("https://cloud.mongodb.com/\($0)", "\(address)/\($0)") }
    return String(
      json: [
        "id": .string(organization.id),
        "isDeleted": false,
        "links": .array(links.map { ["href": .string($0.href), "rel": .string($0.rel)] }),
        "name": .string(organization.name),
        "skipDefaultAlertsSettings": false,
      ]
    )
  }
}
