public import GodwitCore
internal import NIOCore

extension AtlasReader {
  /// Reads anything that the API has, by its path.
  ///
  /// - Parameters:
  ///   - path: for example `/settings`; the part of a query is given apart.
  ///   - query: names with values, not encoded.
  ///   - project: the project that the path is relative to; `nil` for the API's root.
  /// - Returns: the answer, every secret in it masked (``AnswerMasking``); null for 204. Any other answer
  ///   without a body is unreadable: it says nothing of what there is, least of all that there is
  ///   nothing.
  /// - Throws: ``AtlasError``; of kind `invalidPath` for a path that would lead elsewhere.
  public func get(
    path: String,
    query: [String: String] = [:],
    in project: ProjectID? = nil
  ) async throws(AtlasError) -> JSONValue {
    let operation = try connection.operation(.get, path: path, query: query, in: project)
    return try await perform(operation) { (answer) throws(UnreadableAnswer) in
      if answer.status == 204 { return .null }
      return AnswerMasking.masked(try AnswerBody.value(answer.body))
    }
  }
}

extension AtlasConnection {
  /// The operation of a path that a script gave.
  func operation(
    _ method: AtlasMethod,
    path: String,
    query: [String: String],
    in project: ProjectID?
  ) throws(AtlasError) -> AtlasOperation {
    do throws(RefusedPath) {
      return .other(method, try AtlasPath(path, in: project, query: query))
    } catch let refused {
      let shown = cleaner(for: request(.projects(page: 1))).clean(path)
      throw AtlasError(
        kind: .invalidPath,
        detail: refused.reason,
        method: method.rawValue,
        path: shown
      )
    }
  }
}
