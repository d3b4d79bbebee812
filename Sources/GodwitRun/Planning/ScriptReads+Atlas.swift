public import GodwitAtlas
internal import GodwitCore
public import GodwitScript

extension ScriptReads {
  /// Reads from Atlas.
  ///
  /// - Parameters:
  ///   - reader: reads and cannot write.
  ///   - onError: is told of each error, for example to stop a run that cannot go on.
  public init(
    _ reader: AtlasReader,
    onError: @escaping @Sendable (AtlasError) -> Void = { _ in }
  ) {
    @Sendable func answer<Value: Sendable>(
      _ read: () async throws(AtlasError) -> Value
    ) async -> Result<Value, ScriptReadError> {
      do throws(AtlasError) {
        return .success(try await read())
      } catch {
        onError(error)
        return .failure(ScriptReadError(error))
      }
    }
    self.init(
      integrations: { project in
        await answer { () throws(AtlasError) in try await reader.integrations(of: project) }
      },
      integration: { project, type in
        await answer { () throws(AtlasError) in
          try await reader.integration(of: project, type: type)
        }
      },
      alerts: { project, isLegacy in
        await answer { () throws(AtlasError) in
          try await reader.alertConfigurations(of: project, through: isLegacy ? .v1 : nil)
        }
      },
      alert: { project, id in
        await answer { () throws(AtlasError) in
          try await reader.alertConfiguration(id, of: project)
        }
      },
      get: { project, path, query in
        await answer { () throws(AtlasError) in
          try await reader.get(path: path, query: query, in: project)
        }
      }
    )
  }
}
