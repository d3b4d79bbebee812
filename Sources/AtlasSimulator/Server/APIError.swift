import GodwitCore
import NIOCore

/// An error as Atlas answers it: a status, a code for machines, and a text of our own for people.
struct APIError: Error, Equatable {
  let status: Int
  let code: String
  let detail: String
  /// The values that `detail` names; `null` in the answer when there are none.
  var parameters: [JSONValue]?
  /// Seconds for a `Retry-After` header.
  var retryAfter: Int?
  /// Methods for an `Allow` header.
  var allow: String?

  init(_ status: Int, _ code: String, _ detail: String, _ parameters: [JSONValue]? = nil) {
    self.status = status
    self.code = code
    self.detail = detail
    self.parameters = parameters
  }

  /// The phrase that belongs to the status.
  static func reason(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Error"
    }
  }

  /// The error as JSON: keys in the order of the alphabet, `parameters` always present.
  var json: JSONValue {
    [
      "detail": .string(detail), "error": .number(JSONNumber(Int64(status))),
      "errorCode": .string(code), "parameters": parameters.map { .array($0) } ?? .null,
      "reason": .string(Self.reason(status)),
    ]
  }
}

/// Errors of requests as such.
extension APIError {
  static let unauthorized = APIError(
    401,
    "UNEXPECTED_ERROR",
    "No valid credentials came with this request."
  )
  static let tokenRefused = APIError(
    401,
    "UNEXPECTED_ERROR",
    "The access token is not known or no longer valid."
  )
  static let writeForbidden = APIError(
    403,
    "USER_UNAUTHORIZED",
    "These credentials may read but not change this project."
  )

  static let writeUnauthorized = APIError(
    401,
    "USER_UNAUTHORIZED",
    "These credentials may read but not change this project."
  )
  static let keysOnly = APIError(
    401,
    "UNEXPECTED_ERROR",
    "This generation of the API takes API keys with digest authentication only."
  )

  static func noSuchResource(_ path: String) -> APIError {
    APIError(404, "RESOURCE_NOT_FOUND", "Nothing is found at \(path).", [.string(path)])
  }

  static func methodNotAllowed(_ method: String, allow: [String]) -> APIError {
    var error = APIError(
      405,
      "METHOD_NOT_ALLOWED",
      "This resource does not answer \(method).",
      [.string(method)]
    )
    error.allow = allow.joined(separator: ", ")
    return error
  }

  static let notAcceptable = APIError(
    406,
    "NOT_ACCEPTABLE",
    "The Accept header must name a published version, such as "
      + "application/vnd.atlas.2023-01-01+json."
  )

  static func invalidVersionDate(_ date: String) -> APIError {
    APIError(
      400,
      "INVALID_VERSION_DATE",
      "The version \(date) is not a date of the form YYYY-MM-DD.",
      [.string(date)]
    )
  }

  static let unsupportedMediaType = APIError(
    415,
    "UNSUPPORTED_MEDIA_TYPE",
    "The body must be sent as application/json or as one of Atlas' own JSON types."
  )

  static func bodyTooLarge(_ limit: Int) -> APIError {
    APIError(
      413,
      "REQUEST_BODY_TOO_LARGE",
      "The body is larger than \(limit) bytes.",
      [.number(JSONNumber(Int64(limit)))]
    )
  }

  static let malformedJSON = APIError(400, "MALFORMED_JSON", "The body cannot be read as JSON.")

  static let notAnObject = APIError(400, "INVALID_JSON", "The body must be a JSON object.")

  static func invalidQuery(_ name: String) -> APIError {
    APIError(
      400,
      "INVALID_QUERY_PARAMETER",
      "The query parameter \(name) has a value that is not allowed.",
      [.string(name)]
    )
  }

  static let unexpected = APIError(
    500,
    "UNEXPECTED_ERROR",
    "Something unexpected happened on the server."
  )
}
