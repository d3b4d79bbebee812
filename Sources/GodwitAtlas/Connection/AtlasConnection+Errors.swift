internal import GodwitCore
internal import NIOHTTP1

extension AtlasConnection {
  /// An error about a request.
  func error(
    _ kind: AtlasError.Kind,
    _ request: AtlasRequest,
    attempt: Int,
    detail: String? = nil
  ) -> AtlasError {
    let cleaner = cleaner(for: request)
    return AtlasError(
      kind: kind,
      detail: describe(detail, of: kind, cleaner),
      method: request.method.rawValue,
      path: cleaner.clean(request.path),
      attempt: attempt
    )
  }

  /// The text of an error, fit to be shown; `nil` if there is nothing to say.
  func describe(
    _ detail: String?,
    of kind: AtlasError.Kind,
    _ cleaner: TextCleaner
  ) -> String? {
    var detail = detail.flatMap { $0.isEmpty ? nil : $0 }
    if kind == .connect || kind == .nameResolution || kind == .tls {
      // The path alone does not tell which server was meant.
      detail = (detail.map { $0 + " " } ?? "") + "(\(configuration.target.baseURL))"
    }
    return detail.map { cleaner.clean($0) }
  }

  /// Refuses a request through a generation that the credential does not work with.
  func checkCredential(for request: AtlasRequest) throws(AtlasError) {
    let credential = configuration.credential
    guard request.generation.needsDigest, !credential.isDigest else { return }
    throw error(
      .needsAPIKey,
      request,
      attempt: 1,
      detail: "\(request.generation.pathPrefix.dropFirst()) takes API keys only, "
        + "and this is: \(credential.kindName)"
    )
  }

  /// The error that an answer with another status than 2xx makes.
  func error(
    for answer: HTTPAnswer,
    _ request: AtlasRequest,
    attempt: Int
  ) -> AtlasError {
    let body = ErrorBody(answer.body)
    let cleaner = cleaner(for: request)
    var error = error(.status, request, attempt: attempt, detail: body.detail)
    error.status = answer.status
    error.errorCode = body.errorCode.map { cleaner.clean($0, limit: 80) }
    error.reason =
      body.reason.map { cleaner.clean($0, limit: 80) }
      ?? HTTPResponseStatus(statusCode: answer.status).reasonPhrase
    error.parameters = body.parameters.prefix(10).map { cleaner.clean($0, limit: 200) }
    error.retryAfter = answer.retryAfter
    error.arrival = Self.arrival(status: answer.status)
    return error
  }

  /// The error of credentials that were not accepted.
  func refusal(by answer: HTTPAnswer, _ request: AtlasRequest, attempt: Int) -> AtlasError {
    var error = error(for: answer, request, attempt: attempt)
    let credential = configuration.credential
    error.kind = .wrongCredentials
    error.detail = "\(credential.kindName) …\(credential.tail)"
    return error
  }

  /// What a status says of a write.
  ///
  /// The API's own refusals are certain. A redirect, a 408 and a 5xx may come from a proxy after
  /// the write was made, and a 409 may tell of one's own success, sent twice by somebody between
  /// (terraform-provider-mongodbatlas issue 1038).
  static func arrival(status: Int) -> AtlasError.Arrival {
    switch status {
    case 408, 409: .unknown
    case 400..<500: .refused
    default: .unknown
    }
  }
}
