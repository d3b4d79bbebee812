internal import GodwitAtlas
internal import GodwitCore

// What a project's machine asks for, as requests to Atlas.

extension ApplyRun {
  /// Reads what a project's plan depends on; the machine waits before another attempt.
  func read(
    _ needs: ReadNeeds,
    of project: ProjectID
  ) async -> Result<ProjectView, AtlasError> {
    let reader = reader.withoutRetries
    do throws(AtlasError) {
      var integrations = needs.integrations ? try await reader.integrations(of: project) : []
      for type in needs.unlisted.sorted() {
        let one = try await reader.integration(of: project, type: type)
        integrations.removeAll { $0.type == type }
        if let one { integrations.append(one) }
      }
      let alerts = try await alerts(needs, of: project, reader)
      var paths: [String: JSONObject] = [:]
      for path in needs.paths.sorted() {
        paths[path] = try await reader.image(of: path, in: project)
      }
      return .success(ProjectView(integrations: integrations, alerts: alerts, paths: paths))
    } catch {
      return .failure(error)
    }
  }

  private func alerts(
    _ needs: ReadNeeds,
    of project: ProjectID,
    _ reader: AtlasReader
  ) async throws(AtlasError) -> [AlertConfiguration] {
    guard needs.alerts else { return [] }
    let alerts = try await reader.alertConfigurations(of: project)
    guard needs.legacyAlerts else { return alerts }
    return AlertConfiguration.merging(
      alerts,
      legacy: try await reader.alertConfigurations(of: project, through: .v1)
    )
  }

  /// Sends a write.
  func send(
    _ operation: Operation,
    to project: ProjectID,
    integrations view: ProjectView
  ) async -> Result<WriteAnswer, AtlasError> {
    do throws(AtlasError) {
      switch operation.target {
      case .integration(let type): return .success(try await send(operation, type, project))
      case .alert(let alert):
        let body = operation.body.map { NotificationRules.naming(view.integrations, in: $0) }
        return .success(try await send(operation, alert, body ?? [:], project))
      case .request(let request):
        return .success(try await send(operation, request, project))
      }
    } catch {
      return .failure(error)
    }
  }

  /// The values that secrets have in a project.
  private func secrets(of project: ProjectID) -> SecretResolver {
    { [secrets] in secrets($0, project) }
  }

  private func send(
    _ operation: Operation,
    _ type: IntegrationType,
    _ project: ProjectID
  ) async throws(AtlasError) -> WriteAnswer {
    let body = operation.body ?? [:]
    switch operation.verb {
    case .create:
      return .integration(
        try await writer.create(type, in: project, body: body, secrets: secrets(of: project))
      )
    case .update, .toggle:
      return .integration(
        try await writer.update(type, in: project, body: body, secrets: secrets(of: project))
      )
    case .delete:
      try await writer.delete(type, in: project)
      return .integration(nil)
    }
  }

  private func send(
    _ operation: Operation,
    _ alert: AlertTarget,
    _ body: JSONObject,
    _ project: ProjectID
  ) async throws(AtlasError) -> WriteAnswer {
    let generation: APIGeneration? = alert.isLegacy ? .v1 : nil
    guard let id = alert.id else {
      return .alert(
        try await writer.createAlertConfiguration(
          in: project,
          body: body,
          secrets: secrets(of: project),
          through: generation
        )
      )
    }
    switch operation.verb {
    case .toggle:
      let isOn = body["enabled"] == .bool(true)
      return .alert(
        try await writer.setAlertConfiguration(
          id,
          enabled: isOn,
          in: project,
          through: generation
        )
      )
    case .delete:
      try await writer.deleteAlertConfiguration(id, in: project, through: generation)
      return .alert(nil)
    case .create, .update:
      return .alert(
        try await writer.updateAlertConfiguration(
          id,
          in: project,
          body: body,
          secrets: secrets(of: project),
          through: generation
        )
      )
    }
  }

  private func send(
    _ operation: Operation,
    _ request: RequestTarget,
    _ project: ProjectID
  ) async throws(AtlasError) -> WriteAnswer {
    let reply = try await writer.request(
      AtlasMethod(rawValue: request.method) ?? .post,
      path: request.path,
      query: request.texts,
      body: operation.body.map(AnswerImage.value),
      secrets: secrets(of: project),
      in: project
    )
    return .reply(reply.map(AnswerImage.image))
  }
}

extension AtlasReader {
  /// What a GET of a path answers, as an image; `nil` if there is nothing.
  func image(of path: String, in project: ProjectID) async throws(AtlasError) -> JSONObject? {
    do throws(AtlasError) {
      return AnswerImage.image(try await get(path: path, in: project))
    } catch {
      // Of a wrong project every path is absent.
      let isProject = error.errorCode == "GROUP_NOT_FOUND" || error.errorCode == "INVALID_GROUP_ID"
      guard error.status == 404, !isProject else { throw error }
      return nil
    }
  }
}
