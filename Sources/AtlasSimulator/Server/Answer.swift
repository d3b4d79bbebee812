import HTTPTypes
import NIOCore

/// What is sent back: status, headers, body.
struct Answer {
  var status: Int
  var fields = HTTPFields()
  var body = ByteBuffer()
  var errorCode: String?
  var delivery = Delivery.whole

  /// The answer of an operation that succeeded; it has a content type even without a body.
  init(
    _ outcome: AtlasAPI.Outcome,
    form: AnswerForm,
    route: Route?,
    address: String
  ) {
    status = outcome.status
    let version = route.flatMap { $0.generation.isVersioned ? $0.resource.version : .none }
    fields[.contentType] = version.map(MediaType.resolved) ?? MediaType.plain
    if let location = outcome.location { fields[.location] = location }
    body = form.body(of: outcome.payload, status: outcome.status, address: address)
  }

  /// The answer of an operation that failed.
  init(_ error: APIError, form: AnswerForm) {
    status = error.status
    errorCode = error.code
    fields[.contentType] = MediaType.error
    if let seconds = error.retryAfter { fields[.retryAfter] = String(seconds) }
    if let methods = error.allow { fields[.allow] = methods }
    body = form.body(of: error)
  }

  /// A digest challenge.
  ///
  /// Its body is indented, whatever was asked for, and has no `parameters` (recorded answers).
  init(challenge: String) {
    let error = APIError.unauthorized
    status = error.status
    errorCode = error.code
    fields[.contentType] = MediaType.error
    fields[.wwwAuthenticate] = challenge
    body = ByteBuffer(
      string: """
        {
          "error" : \(error.status),
          "reason" : "\(APIError.reason(error.status))",
          "detail" : "\(error.detail)",
          "errorCode" : "\(error.code)"
        }
        """
    )
  }

  /// The head of the response; a body is announced unless the status forbids one.
  func head(date: String) -> HTTPResponse {
    var fields = fields
    fields[.date] = date
    if status != 204 { fields[.contentLength] = String(body.readableBytes) }
    return HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields)
  }
}
