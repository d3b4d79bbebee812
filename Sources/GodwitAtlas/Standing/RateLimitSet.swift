public import GodwitCore

/// The limit that a set of endpoints has together.
///
/// Source: `GET /rateLimits`, schema *RateLimitEndpointSetResponse*: a bucket of `capacity` requests
/// that gets `refillRate` of them back each `refillDurationSeconds`.
public struct RateLimitSet: Sendable, Hashable {
  /// What Atlas calls the set.
  public var name: String
  /// Whose bucket it is, for example `GROUP`: one for each project.
  public var scope: String
  /// The most requests at once.
  public var capacity: Int
  /// How many come back each time.
  public var refillRate: Int
  /// The seconds between two such times.
  public var refillSeconds: Int
}

extension AtlasReader {
  /// The limits of the integrations of a project.
  ///
  /// - Returns: the sets that have these endpoints; empty if Atlas names none.
  /// - Throws: ``AtlasError``; 403 or 404 where the credentials may not read limits.
  public func integrationLimits(of project: ProjectID) async throws(AtlasError) -> [RateLimitSet] {
    let operation = try connection.operation(
      .get,
      path: "/rateLimits",
      query: [
        "groupId": project.text,
        "endpointPath": "/api/atlas/v2/groups/{groupId}/integrations",
      ],
      in: nil
    )
    return try await connection.perform(operation) { (answer) throws(UnreadableAnswer) in
      try Page(answer.body) { RateLimitSet($0) }.elements
    }
  }
}

extension RateLimitSet {
  fileprivate init?(_ object: JSONObject) {
    func value(_ key: String) -> Int? {
      (object[key]?.objectValue?["value"]?.int64Value).map(Int.init)
    }
    guard let capacity = value("capacity"), let rate = value("refillRate"),
      let seconds = value("refillDurationSeconds")
    else { return nil }
    self.init(
      name: object["endpointSetName"]?.stringValue ?? "",
      scope: object["scope"]?.stringValue ?? "",
      capacity: capacity,
      refillRate: rate,
      refillSeconds: seconds
    )
  }
}
