public import GodwitCore

extension AtlasReader {
  /// All alert configurations of a project, in Atlas' order, whatever the number of pages.
  ///
  /// Each configuration comes once. A list that changes while it is read is read again.
  ///
  /// - Parameters:
  ///   - project: the project.
  ///   - generation: the API to read through; the chosen one unless set. Notifications through
  ///     FLOWDOCK are shown by ``APIGeneration/v1`` alone: what was read there must be written
  ///     there, or it would lose them.
  /// - Returns: the configurations, as that generation shows them.
  /// - Throws: ``AtlasError``; of kind `needsAPIKey` for v1.0 with another credential.
  public func alertConfigurations(
    of project: ProjectID,
    through generation: APIGeneration? = nil
  ) async throws(AtlasError) -> [AlertConfiguration] {
    try await list(
      { .alertConfigurations(project, page: $0) },
      through: generation,
      id: \.id,
      make: { AlertConfiguration($0) }
    )
  }

  /// One alert configuration of a project.
  ///
  /// - Parameters:
  ///   - id: its id.
  ///   - project: the project.
  ///   - generation: the API to read through; the chosen one unless set.
  /// - Returns: `nil` if the project has none of the id, which Atlas tells by status 404 with
  ///   `ALERT_CONFIG_NOT_FOUND`; any other 404 is an error.
  /// - Throws: ``AtlasError``.
  public func alertConfiguration(
    _ id: AlertConfigurationID,
    of project: ProjectID,
    through generation: APIGeneration? = nil
  ) async throws(AtlasError) -> AlertConfiguration? {
    do throws(AtlasError) {
      return try await perform(
        .alertConfiguration(project, id),
        through: generation
      ) { (answer) throws(UnreadableAnswer) in
        guard let found = AlertConfiguration(try AnswerBody.object(answer.body)), found.id == id
        else {
          throw UnreadableAnswer(reason: "an alert configuration of another id, or of none")
        }
        return found
      }
    } catch let error {
      guard error.isAlertConfigurationNotFound else { throw error }
      return nil
    }
  }
}
