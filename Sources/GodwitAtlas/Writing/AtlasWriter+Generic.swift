public import GodwitCore
internal import NIOCore

extension AtlasWriter {
  /// Writes anything that the API has, by its path.
  ///
  /// - Parameters:
  ///   - method: any but GET.
  ///   - path: for example `/auditLog`; the part of a query is given apart.
  ///   - query: names with values, not encoded.
  ///   - body: what is to be sent; `nil` for no body.
  ///   - secrets: gives the values of the secrets in it.
  ///   - project: the project that the path is relative to; `nil` for the API's root.
  /// - Returns: the answer, every secret in it masked (``AnswerMasking``); `nil` for an empty one.
  /// - Throws: ``AtlasError``; of kind `invalidPath` for a path that would lead elsewhere, and of
  ///   kind `refusedBody` for a body with a mask in it, in any field.
  public func request(
    _ method: AtlasMethod,
    path: String,
    query: [String: String] = [:],
    body: JSONValue?,
    secrets: @escaping SecretResolver,
    in project: ProjectID? = nil
  ) async throws(AtlasError) -> JSONValue? {
    precondition(method != .get, "the reader reads")
    let operation = try connection.operation(method, path: path, query: query, in: project)
    var encoded: RequestBody?
    do throws(RefusedBody) {
      encoded = try body.map { (body) throws(RefusedBody) in
        try RequestBodyEncoder.encode(any: body, secrets: secrets)
      }
    } catch let refused {
      throw refusal(refused, operation)
    }
    if method == .post { CrashPoint.pass("before a POST by path") }
    defer { if method == .post { CrashPoint.pass("after a POST by path") } }
    return try await connection.perform(operation, body: encoded) {
      (answer) throws(UnreadableAnswer) in
      guard answer.body.readableBytes > 0 else { return nil }
      return AnswerMasking.masked(try AnswerBody.value(answer.body))
    }
  }
}
