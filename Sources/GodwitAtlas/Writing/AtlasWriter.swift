public import GodwitCore
internal import NIOCore

/// Gives the value of a secret at the time a request is sent; `nil` if there is none.
public typealias SecretResolver = @Sendable (SecretReference) -> SecretValue?

/// Gives the value that a secret has in a project; `nil` if there is none.
public typealias ProjectSecretResolver = @Sendable (SecretReference, ProjectID) -> SecretValue?

/// Writes to Atlas.
///
/// Each call sends its request once, but for a nonce or a token that has grown old; the error's
/// ``AtlasError/arrival-swift.property`` says what is known. Nothing is read back here.
public struct AtlasWriter: Sendable {
  let connection: AtlasConnection

  /// Writes over a connection.
  public init(_ connection: AtlasConnection) {
    self.connection = connection
  }

  /// Takes what another attempt of a write costs out of the retries that all requests share, reads
  /// included, so that an outage is not multiplied; a wait that the server asked for costs nothing.
  ///
  /// - Parameter error: what the attempt before met.
  /// - Returns: `false` if there are no retries left, and nothing may be sent.
  public func paysForRetry(of error: AtlasError) -> Bool {
    connection.paysForRetry(of: error)
  }

  /// Configures a type that the project does not have yet.
  ///
  /// - Parameters:
  ///   - type: the type.
  ///   - project: the project.
  ///   - body: all fields; `type` may be left out.
  ///   - secrets: gives the values of the secrets in it.
  /// - Returns: the integration as Atlas then shows it, found by type in the list of all that it
  ///   answers; `nil` if the answer did not show it.
  /// - Throws: for a type that is there, status 409 with `INTEGRATION_ALREADY_CONFIGURED`.
  public func create(
    _ type: IntegrationType,
    in project: ProjectID,
    body: JSONObject,
    secrets: @escaping SecretResolver
  ) async throws(AtlasError) -> Integration? {
    try await put(.createIntegration(project, type), type, body, secrets)
  }

  /// Configures a type, whether the project has it or not.
  ///
  /// Whether Atlas keeps fields that are left out is documented both ways, so `body` should be
  /// complete. Atlas gives the integration a new id each time.
  ///
  /// - Parameters:
  ///   - type: the type.
  ///   - project: the project.
  ///   - body: all fields; `type` may be left out.
  ///   - secrets: gives the values of the secrets in it.
  /// - Returns: the integration as Atlas then shows it; `nil` if the answer did not show it.
  /// - Throws: for a project that does not exist, status 404 with `GROUP_NOT_FOUND`.
  public func update(
    _ type: IntegrationType,
    in project: ProjectID,
    body: JSONObject,
    secrets: @escaping SecretResolver
  ) async throws(AtlasError) -> Integration? {
    try await put(.updateIntegration(project, type), type, body, secrets)
  }

  /// Takes a type away from a project.
  ///
  /// - Throws: for a type that is not there, status 404 with `INTEGRATION_NOT_CONFIGURED`.
  public func delete(_ type: IntegrationType, in project: ProjectID) async throws(AtlasError) {
    try await connection.perform(.deleteIntegration(project, type)) {
      (answer) throws(UnreadableAnswer) in
      if answer.body.readableBytes > 0 { _ = try AnswerBody.object(answer.body) }
    }
  }

  private func put(
    _ operation: AtlasOperation,
    _ type: IntegrationType,
    _ body: JSONObject,
    _ secrets: @escaping SecretResolver
  ) async throws(AtlasError) -> Integration? {
    let encoded: RequestBody
    do throws(RefusedBody) {
      if IntegrationRules.rule(for: type)?.writability == .deleteOnly {
        throw RefusedBody(reason: "\(type) can be read and deleted only")
      }
      encoded = try RequestBodyEncoder.encode(body, of: type, secrets: secrets)
    } catch let refused {
      throw refusal(refused, operation)
    }
    return try await connection.perform(operation, body: encoded) {
      (answer) throws(UnreadableAnswer) in
      try Self.integration(of: type, in: answer)
    }
  }

  /// The error of a body that is not sent.
  func refusal(_ refused: RefusedBody, _ operation: AtlasOperation) -> AtlasError {
    let request = connection.request(operation)
    return connection.error(.refusedBody, request, attempt: 1, detail: refused.reason)
  }

  /// Finds an integration by its type in the answer to a write.
  ///
  /// Source: recorded answers to POST hold a page of all the project's integrations. The position
  /// in it says nothing, and on a later page it would be absent.
  private static func integration(
    of type: IntegrationType,
    in answer: HTTPAnswer
  ) throws(UnreadableAnswer) -> Integration? {
    if answer.status == 204 { return nil }
    let object = try AnswerBody.object(answer.body)
    let candidates = object["results"]?.arrayValue?.compactMap(\.objectValue) ?? [object]
    return candidates.lazy.compactMap { Integration($0) }.first { $0.type == type }
  }
}
