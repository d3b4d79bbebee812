import GodwitCore

/// What the API says of service accounts and of limits.
extension AtlasAPI {
  /// The secrets of a simulated account are good for so long, always.
  private static let secretLifetime: Int64 = 90 * 86_400

  /// The account that asks; of others there is nothing to see.
  func getServiceAccount(_ id: String, of org: String, _ call: Call) throws -> Outcome {
    let caller = call.caller
    guard try store.organization(org) != nil else { throw APIError.orgNotFound(org) }
    guard caller.isServiceAccount, caller.publicKey == id else {
      throw APIError.serviceAccountNotFound(id)
    }
    let day = WallClock.now().seconds / 86_400 * 86_400
    var generator = SeededGenerator(seed: SeededGenerator.hash(of: "secret of \(id)"))
    let account: JSONValue = [
      "clientId": .string(id),
      "createdAt": .string(WallClock.isoText(day)),
      "description": "A service account of the simulator",
      "name": .string(caller.canWrite ? "simulator-owner" : "simulator-reader"),
      "roles": [.string(caller.orgRole)],
      "secrets": [
        [
          "createdAt": .string(WallClock.isoText(day)),
          "expiresAt": .string(WallClock.isoText(day + Self.secretLifetime)),
          "id": .string(generator.hex(24)), "maskedSecretValue": "mdb_sa_sk_****",
        ]
      ],
    ]
    return Outcome(payload: .object(String(json: account)))
  }

  func listRateLimits(_ call: Call) throws -> Outcome {
    let query = call.request.query
    // This list takes no `includeCount`.
    var paging = try Paging(query)
    paging.tellsCount = false
    let scope = try Self.scope(of: query, caller: call.caller) { try store.project($0) != nil }
    let path = query["endpointPath"]
    let name = query["name"]
    let sets = RateLimitTable.all.filter { set in
      (scope == nil || set.scope == scope) && (name == nil || set.name == name)
        && (path == nil || set.endpoints.contains { $0.path == path })
    }
    let items = sets[paging.range.clamped(to: 0..<sets.count)].map { String(json: $0.json) }
    var page = ListPage(paging: paging, items: items, total: sets.count)
    page.hasCount = false
    return Outcome(payload: .list(page))
  }

  /// The scope that a query asks for; `nil` for all of them.
  private static func scope(
    of query: Query,
    caller: Caller,
    hasProject: (String) throws -> Bool
  ) throws -> String? {
    if let group = query["groupId"] {
      guard ObjectID.isWellFormed(group) else { throw APIError.invalidGroupID(group) }
      guard try hasProject(group) else { throw APIError.groupNotFound(group) }
      return "GROUP"
    }
    if query["orgId"] != nil { return "ORGANIZATION" }
    if let user = query["userId"] {
      guard user == caller.publicKey else { throw APIError.limitsForbidden }
      return "USER"
    }
    return query["ipAddress"] == nil ? nil : "IP"
  }
}

extension APIError {
  static func serviceAccountNotFound(_ id: String) -> APIError {
    APIError(
      404,
      "SERVICE_ACCOUNT_NOT_FOUND",
      "This organization has no service account with the id \(id).",
      [.string(id)]
    )
  }

  static let limitsForbidden = APIError(
    403,
    "USER_UNAUTHORIZED",
    "The limits of another user cannot be looked at."
  )
}

/// The limits as Atlas documents them.
///
/// Source: Atlas' documentation of rate limits, April 2026, where they are said not to be a contract.
/// The ids are invented.
struct RateLimitTable {
  let id: String
  let name: String
  let scope: String
  let capacity: Int64
  let refillRate: Int64
  let endpoints: [(method: String, path: String)]

  static let all: [RateLimitTable] = [
    RateLimitTable(
      id: "integrations_group",
      name: "Third-Party Integrations",
      scope: "GROUP",
      capacity: 1200,
      refillRate: 500,
      endpoints: [("GET", "/groups/{groupId}/integrations")]
        + ["GET", "POST", "PUT", "DELETE"].map {
          ($0, "/groups/{groupId}/integrations/{integrationType}")
        }
    ),
    RateLimitTable(
      id: "alertConfigurations_group",
      name: "Alert Configurations",
      scope: "GROUP",
      capacity: 1200,
      refillRate: 500,
      endpoints: ["GET", "POST"].map { ($0, "/groups/{groupId}/alertConfigs") }
        + ["GET", "PUT", "PATCH", "DELETE"].map {
          ($0, "/groups/{groupId}/alertConfigs/{alertConfigId}")
        }
    ),
    RateLimitTable(
      id: "projects_user",
      name: "Projects",
      scope: "USER",
      capacity: 1200,
      refillRate: 500,
      endpoints: [("GET", "/groups"), ("GET", "/groups/byName/{groupName}")]
    ),
    RateLimitTable(
      id: "project_group",
      name: "Project",
      scope: "GROUP",
      capacity: 1200,
      refillRate: 500,
      endpoints: [("GET", "/groups/{groupId}")]
    ),
    RateLimitTable(
      id: "organizations_user",
      name: "Organizations",
      scope: "USER",
      capacity: 300,
      refillRate: 100,
      endpoints: [("GET", "/orgs")]
    ),
    RateLimitTable(
      id: "organization_organization",
      name: "Organization",
      scope: "ORGANIZATION",
      capacity: 500,
      refillRate: 250,
      endpoints: [("GET", "/orgs/{orgId}"), ("GET", "/orgs/{orgId}/groups")]
    ),
    RateLimitTable(
      id: "rateLimitsInspection_user",
      name: "Rate Limits Inspection",
      scope: "USER",
      capacity: 300,
      refillRate: 100,
      endpoints: [("GET", "/rateLimits")]
    ),
  ]

  private init(
    id: String,
    name: String,
    scope: String,
    capacity: Int64,
    refillRate: Int64,
    endpoints: [(String, String)]
  ) {
    self.id = id
    self.name = name
    self.scope = scope
    self.capacity = capacity
    self.refillRate = refillRate
    self.endpoints = endpoints.map { ($0.0, "/api/atlas/v2" + $0.1) }
  }

  var json: JSONValue {
    [
      "capacity": ["value": .number(JSONNumber(capacity))],
      "endpointSetId": .string(id),
      "endpointSetName": .string(name),
      "endpoints": .array(
        endpoints.map { ["method": .string($0.method), "path": .string($0.path)] }
      ),
      "refillDurationSeconds": ["value": 60],
      "refillRate": ["value": .number(JSONNumber(refillRate))],
      "scope": .string(scope),
    ]
  }
}
