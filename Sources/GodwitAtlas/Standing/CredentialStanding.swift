public import GodwitCore

/// What Atlas says of the credentials that ask.
public struct CredentialStanding: Sendable, Hashable {
  /// A role in an organization or in a project.
  public struct Role: Sendable, Hashable {
    /// The organization; `nil` for a role in a project.
    public var organization: OrganizationID?
    /// The project; `nil` for a role in an organization.
    public var project: ProjectID?
    /// For example `ORG_OWNER`.
    public var name: String

    /// Makes a role.
    public init(organization: OrganizationID? = nil, project: ProjectID? = nil, name: String) {
      self.organization = organization
      self.project = project
      self.name = name
    }
  }

  /// Its roles; `nil` where Atlas does not tell.
  public var roles: [Role]?
  /// Whether roles in projects are among them; else only those in organizations are known.
  public var hasProjectRoles = true
  /// The addresses that it may be used from; `nil` where Atlas does not tell, empty for a list
  /// without entries.
  public var accessList: [String]?
  /// When its secrets end, as Atlas writes it; empty where there are none or Atlas does not tell.
  public var secretExpiries: [String] = []

  /// Makes a standing.
  public init(roles: [Role]? = nil, accessList: [String]? = nil) {
    self.roles = roles
    self.accessList = accessList
  }
}

extension AtlasConnection {
  /// The root of the API.
  static var root: AtlasOperation { .other(.get, .root) }
}

extension AtlasReader {
  /// What the root of the API says of an API key.
  ///
  /// Source: `GET /api/atlas/v2`, schema *SystemStatus*: `apiKey` with `roles` and `accessList`. What
  /// it says to a service account is not documented, and absent parts are taken as not told.
  ///
  /// - Throws: ``AtlasError``; this is the request that shows wrong credentials.
  public func standing() async throws(AtlasError) -> CredentialStanding {
    try await connection.perform(AtlasConnection.root) { (answer) throws(UnreadableAnswer) in
      guard let key = try AnswerBody.object(answer.body)["apiKey"]?.objectValue else {
        return CredentialStanding()
      }
      let addresses = key["accessList"]?.arrayValue?.compactMap { entry in
        entry.objectValue.flatMap { ($0["ipAddress"] ?? $0["cidrBlock"])?.stringValue }
      }
      return CredentialStanding(
        roles: key["roles"]?.arrayValue?.compactMap(Self.role),
        accessList: addresses
      )
    }
  }

  private static func role(_ value: JSONValue) -> CredentialStanding.Role? {
    guard let object = value.objectValue, let name = object["roleName"]?.stringValue else {
      return nil
    }
    return CredentialStanding.Role(
      organization: object["orgId"]?.stringValue.map { OrganizationID($0) },
      project: object["groupId"]?.stringValue.map { ProjectID($0) },
      name: name
    )
  }

  /// What an organization says of a service account.
  ///
  /// Source: `GET /orgs/{orgId}/serviceAccounts/{clientId}`, schema *OrgServiceAccount*: its roles in
  /// the organization and its secrets with `expiresAt`; roles in projects are not part of it.
  ///
  /// - Throws: ``AtlasError``; 403 and 404 where the account may not be looked at.
  public func standing(
    ofServiceAccount clientID: String,
    in organization: OrganizationID
  ) async throws(AtlasError) -> CredentialStanding {
    let operation = try connection.operation(
      .get,
      path: "/orgs/\(organization)/serviceAccounts/\(clientID)",
      query: [:],
      in: nil
    )
    return try await connection.perform(operation) { (answer) throws(UnreadableAnswer) in
      let account = try AnswerBody.object(answer.body)
      var standing = CredentialStanding()
      standing.roles = account["roles"]?.arrayValue?.compactMap(\.stringValue).map { name in
        CredentialStanding.Role(organization: organization, name: name)
      }
      standing.hasProjectRoles = false
      standing.secretExpiries = (account["secrets"]?.arrayValue ?? []).compactMap {
        $0.objectValue?["expiresAt"]?.stringValue
      }
      return standing
    }
  }
}
