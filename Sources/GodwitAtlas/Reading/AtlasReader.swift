public import GodwitCore

/// Reads from Atlas and has no way to write; this is what planning is given.
public struct AtlasReader: Sendable {
  let connection: AtlasConnection
  /// How often a request is sent at most; `nil` for as often as the connection's policy has it.
  private var attempts: Int?
  /// How long it is waited before another attempt at most; `nil` for as long as it takes.
  private var longestWait: Duration?
  /// Receives a list of projects that changed every time it was read, so that one may be missing.
  public var onUnsteadyList: @Sendable (UnsteadyList) -> Void = { _ in }

  /// Reads over a connection.
  public init(_ connection: AtlasConnection) {
    self.connection = connection
  }

  /// The same, for a caller that waits in its own way before it reads again, after it has asked
  /// ``paysForRetry(of:)``.
  public var withoutRetries: AtlasReader {
    var reader = self
    reader.attempts = 1
    return reader
  }

  /// The same, for a caller that waits in its own way where more than a short wait is called for.
  ///
  /// - Parameter longest: where the policy, or `Retry-After`, wants a longer wait the error stands.
  /// - Returns: the reader.
  public func waiting(atMost longest: Duration) -> AtlasReader {
    var reader = self
    reader.longestWait = longest
    return reader
  }

  /// Takes one more attempt out of the account that all retries of a run share.
  ///
  /// - Parameter error: what the attempt before met.
  /// - Returns: `false` if there are no retries left, and nothing may be sent.
  public func paysForRetry(of error: AtlasError) -> Bool {
    connection.paysForRetry(of: error)
  }

  func perform<Value>(
    _ operation: AtlasOperation,
    through generation: APIGeneration? = nil,
    decode: (HTTPAnswer) throws(UnreadableAnswer) -> Value
  ) async throws(AtlasError) -> Value {
    try await connection.perform(
      operation,
      through: generation,
      attempts: attempts,
      longestWait: longestWait,
      decode: decode
    )
  }

  /// The organizations that the credentials can see, deleted ones left out.
  ///
  /// Source: `GET /orgs`; Atlas may go on listing deleted ones with `isDeleted`.
  public func organizations() async throws(AtlasError) -> [Organization] {
    try await list({ .organizations(page: $0) }, id: \.id, make: { Organization($0) })
      .filter { !$0.isDeleted }
  }

  /// One project.
  ///
  /// - Throws: for a project that does not exist, status 404 with `GROUP_NOT_FOUND`.
  public func project(_ id: ProjectID) async throws(AtlasError) -> Project {
    try await project(.project(id))
  }

  /// The project of a name.
  ///
  /// - Throws: for a name that is not there, status 404 with `GROUP_NAME_NOT_FOUND`; for one that
  ///   several organizations use, status 409 with `MULTIPLE_GROUPS`.
  public func project(named name: String) async throws(AtlasError) -> Project {
    try await project(.projectNamed(name))
  }

  private func project(_ operation: AtlasOperation) async throws(AtlasError) -> Project {
    try await perform(operation) { (answer) throws(UnreadableAnswer) in
      guard let project = Project(try AnswerBody.object(answer.body)) else {
        throw UnreadableAnswer(reason: "a project without id, name or organization")
      }
      return project
    }
  }

  /// All integrations of a project, in Atlas' order; one request.
  public func integrations(of project: ProjectID) async throws(AtlasError) -> [Integration] {
    try await list(
      { .integrations(project, page: $0) },
      id: \.type,
      make: { Integration($0) }
    )
  }

  /// One integration of a project.
  ///
  /// - Returns: `nil` if the project has none of the type, which Atlas tells by status 404 with
  ///   `INTEGRATION_NOT_CONFIGURED`; any other 404 is an error.
  public func integration(
    of project: ProjectID,
    type: IntegrationType
  ) async throws(AtlasError) -> Integration? {
    do throws(AtlasError) {
      return try await perform(.integration(project, type)) {
        (answer) throws(UnreadableAnswer) in
        let object = try AnswerBody.object(answer.body)
        guard let integration = Integration(object), integration.type == type else {
          throw UnreadableAnswer(reason: "an integration of another type, or of none")
        }
        return integration
      }
    } catch let error {
      guard error.isIntegrationNotConfigured else { throw error }
      return nil
    }
  }
}
