public import GodwitCore
internal import NIOCore

/// Writes of alert configurations.
///
/// `generation` is the API to write through; the chosen one unless set. What was read through
/// ``APIGeneration/v1`` for its notifications through FLOWDOCK must be written there too.
extension AtlasWriter {
  /// Makes an alert configuration.
  ///
  /// Nothing about it is unique: sent twice, it is made twice.
  ///
  /// - Parameters:
  ///   - project: the project.
  ///   - body: all fields, without what only Atlas makes.
  ///   - secrets: gives the values of the secrets in it.
  ///   - generation: the API to write through.
  /// - Returns: the configuration as Atlas then shows it; `nil` if the answer did not show it.
  /// - Throws: ``AtlasError``; of kind `refusedBody` if a mask is in the body.
  public func createAlertConfiguration(
    in project: ProjectID,
    body: JSONObject,
    secrets: @escaping SecretResolver,
    through generation: APIGeneration? = nil
  ) async throws(AtlasError) -> AlertConfiguration? {
    try await write(.createAlertConfiguration(project), body, secrets, generation)
  }

  /// Replaces an alert configuration whole; its notifications get new `notifierId`s.
  ///
  /// A notification that is sent with the `notifierId` it had keeps the secrets that Atlas stored,
  /// if they are left out. Source: terraform-provider-mongodbatlas issues 1074 and 1514.
  ///
  /// - Parameters:
  ///   - id: its id.
  ///   - project: the project.
  ///   - body: all fields, without what only Atlas makes, and without what is masked.
  ///   - secrets: gives the values of the secrets in it.
  ///   - generation: the API to write through.
  /// - Returns: the configuration as Atlas then shows it; `nil` if the answer did not show it.
  /// - Throws: ``AtlasError``; of kind `refusedBody` if a mask is in the body.
  public func updateAlertConfiguration(
    _ id: AlertConfigurationID,
    in project: ProjectID,
    body: JSONObject,
    secrets: @escaping SecretResolver,
    through generation: APIGeneration? = nil
  ) async throws(AtlasError) -> AlertConfiguration? {
    try await write(.updateAlertConfiguration(project, id), body, secrets, generation)
  }

  /// Turns an alert configuration on or off; nothing else of it changes.
  ///
  /// - Parameters:
  ///   - id: its id.
  ///   - enabled: whether it is to be on.
  ///   - project: the project.
  ///   - generation: the API to write through.
  /// - Returns: the configuration as Atlas then shows it; `nil` if the answer did not show it.
  /// - Throws: ``AtlasError``.
  public func setAlertConfiguration(
    _ id: AlertConfigurationID,
    enabled: Bool,
    in project: ProjectID,
    through generation: APIGeneration? = nil
  ) async throws(AtlasError) -> AlertConfiguration? {
    let operation = AtlasOperation.toggleAlertConfiguration(project, id)
    return try await write(operation, ["enabled": .bool(enabled)], { _ in nil }, generation)
  }

  /// Deletes an alert configuration.
  ///
  /// - Parameters:
  ///   - id: its id.
  ///   - project: the project.
  ///   - generation: the API to write through.
  /// - Throws: for one that is not there, status 404 with `ALERT_CONFIG_NOT_FOUND`.
  public func deleteAlertConfiguration(
    _ id: AlertConfigurationID,
    in project: ProjectID,
    through generation: APIGeneration? = nil
  ) async throws(AtlasError) {
    try await connection.perform(
      .deleteAlertConfiguration(project, id),
      through: generation
    ) { (answer) throws(UnreadableAnswer) in
      if answer.body.readableBytes > 0 { _ = try AnswerBody.object(answer.body) }
    }
  }

  private func write(
    _ operation: AtlasOperation,
    _ body: JSONObject,
    _ secrets: @escaping SecretResolver,
    _ generation: APIGeneration?
  ) async throws(AtlasError) -> AlertConfiguration? {
    let encoded: RequestBody
    do throws(RefusedBody) {
      encoded = try RequestBodyEncoder.encode(alertConfiguration: body, secrets: secrets)
    } catch let refused {
      throw refusal(refused, operation)
    }
    return try await connection.perform(operation, through: generation, body: encoded) {
      (answer) throws(UnreadableAnswer) in
      if answer.status == 204 { return nil }
      return AlertConfiguration(try AnswerBody.object(answer.body))
    }
  }
}
