/// A project as Atlas lists it.
public struct Project: Sendable, Hashable {
  /// The id.
  public var id: ProjectID
  /// The name; unique within an organization only.
  public var name: String
  /// The organization that it belongs to.
  public var organization: OrganizationID
  /// When it was made, as Atlas writes it (ISO 8601, UTC).
  public var created: String
  /// How many clusters it has.
  public var clusterCount: Int
  /// Its tags, key to value.
  public var tags: [String: String]
  /// The row of the targets file: column to value; empty without one.
  public var variables: [String: String]

  /// Makes a project from its fields.
  public init(
    id: ProjectID,
    name: String,
    organization: OrganizationID,
    created: String = "",
    clusterCount: Int = 0,
    tags: [String: String] = [:],
    variables: [String: String] = [:]
  ) {
    self.id = id
    self.name = name
    self.organization = organization
    self.created = created
    self.clusterCount = clusterCount
    self.tags = tags
    self.variables = variables
  }

  /// Reads a project from an element of `GET /groups`.
  ///
  /// - Returns: `nil` if `id`, `name` or `orgId` is missing.
  public init?(_ object: JSONObject) {
    guard let id = object["id"]?.stringValue, let name = object["name"]?.stringValue,
      let organization = object["orgId"]?.stringValue
    else { return nil }
    var tags: [String: String] = [:]
    for tag in object["tags"]?.arrayValue ?? [] {
      if let tag = tag.objectValue, let key = tag["key"]?.stringValue {
        tags[key] = tag["value"]?.stringValue ?? ""
      }
    }
    self.init(
      id: ProjectID(id),
      name: name,
      organization: OrganizationID(organization),
      created: object["created"]?.stringValue ?? "",
      clusterCount: object["clusterCount"]?.int64Value.map(Int.init) ?? 0,
      tags: tags
    )
  }
}

/// An organization as Atlas lists it.
public struct Organization: Sendable, Hashable {
  /// The id.
  public var id: OrganizationID
  /// The name.
  public var name: String
  /// Whether it was deleted; Atlas may still list it.
  public var isDeleted: Bool

  /// Makes an organization from its fields.
  public init(id: OrganizationID, name: String, isDeleted: Bool = false) {
    self.id = id
    self.name = name
    self.isDeleted = isDeleted
  }

  /// Reads an organization from an element of `GET /orgs`.
  ///
  /// - Returns: `nil` if `id` or `name` is missing.
  public init?(_ object: JSONObject) {
    guard let id = object["id"]?.stringValue, let name = object["name"]?.stringValue else {
      return nil
    }
    self.init(
      id: OrganizationID(id),
      name: name,
      isDeleted: object["isDeleted"]?.boolValue ?? false
    )
  }
}
