import GodwitCore
import HTTPTypes
import NIOCore

/// The endpoints beside the API at which service accounts get and give back their tokens.
struct TokenEndpoint: Sendable {
  /// Where all of OAuth lives.
  static let prefix = "/api/oauth/"

  let tokens: TokenTable
  let limitForm: TokenLimitForm
  let now: @Sendable () -> ContinuousClock.Instant

  /// Carries out a request whose path begins with ``prefix``.
  ///
  /// - Parameters:
  ///   - request: The request with its body.
  ///   - authorization: The value of its `Authorization` header.
  /// - Returns: What is to be answered.
  func respond(to request: APIRequest, authorization: String?) -> Answer {
    guard ["/api/oauth/token", "/api/oauth/revoke"].contains(request.path) else {
      return Answer(.noSuchResource(request.path), form: .plain)
    }
    guard request.method == "POST" else {
      return Answer(.methodNotAllowed(request.method, allow: ["POST"]), form: .plain)
    }
    guard let client = Self.client(authorization) else { return refusal(.wrongClient, request) }
    let type = (request.contentType ?? "").prefix { $0 != ";" }.lowercased()
    guard type == "application/x-www-form-urlencoded" else {
      return Answer(oauth: 400, "invalid_request", "The body must be a form.")
    }
    let form = Query(parsing: String(decoding: request.body, as: UTF8.self))
    return request.path.hasSuffix("/token")
      ? mint(client, form, request) : revoke(client, form, request)
  }

  /// The client id and secret of HTTP Basic.
  static func client(_ authorization: String?) -> (id: String, secret: String)? {
    guard let authorization, let space = authorization.firstIndex(of: " "),
      authorization[..<space].lowercased() == "basic",
      let bytes = Base64.decode(authorization[authorization.index(after: space)...]),
      let text = String(validating: bytes, as: UTF8.self),
      let colon = text.firstIndex(of: ":")
    else { return nil }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }

  private func mint(
    _ client: (id: String, secret: String),
    _ form: Query,
    _ request: APIRequest
  ) -> Answer {
    guard let grant = form["grant_type"] else {
      return Answer(oauth: 400, "invalid_request", "The form has no grant_type.")
    }
    guard grant == "client_credentials" else {
      return Answer(oauth: 400, "unsupported_grant_type", "Only client_credentials is granted.")
    }
    do throws(TokenTable.Refusal) {
      let token = try tokens.mint(clientID: client.id, secret: client.secret, at: now())
      let seconds = tokens.limits.lifetime.components.seconds
      return Answer(
        json: 200,
        [
          "access_token": .string(token), "expires_in": .number(JSONNumber(seconds)),
          "token_type": "Bearer",
        ]
      )
    } catch {
      return refusal(error, request)
    }
  }

  private func revoke(
    _ client: (id: String, secret: String),
    _ form: Query,
    _ request: APIRequest
  ) -> Answer {
    guard let token = form["token"] else {
      return Answer(oauth: 400, "invalid_request", "The form has no token.")
    }
    do throws(TokenTable.Refusal) {
      try tokens.revoke(token, clientID: client.id, secret: client.secret)
      return Answer(json: 200, nil)
    } catch {
      return refusal(error, request)
    }
  }

  private func refusal(_ refusal: TokenTable.Refusal, _ request: APIRequest) -> Answer {
    switch refusal {
    case .wrongClient:
      return Answer(oauth: 401, "invalid_client", "Client id or secret are wrong.")
    case .disabled:
      return Answer(oauth: 401, "invalid_client", "The service account is disabled.")
    case .secretExpired:
      return Answer(oauth: 401, "invalid_client", "The client secret has expired.")
    case .tooManyTokens(let limit):
      return Answer(oauth: 403, "access_denied", "The account has \(limit) live tokens already.")
    case .rateLimited(let limit, let seconds):
      return limited(limit, seconds, request)
    }
  }

  private func limited(_ limit: Int, _ seconds: Int, _ request: APIRequest) -> Answer {
    let detail = "The resource \(request.path) is limited to \(limit) requests in 1 minutes."
    guard limitForm == .apiError else {
      var answer = Answer(oauth: 429, "rate_limited", detail)
      answer.fields[.retryAfter] = String(seconds)
      return answer
    }
    var error = APIError(
      429,
      "RATE_LIMITED",
      detail,
      [.string(request.path), .number(JSONNumber(Int64(limit))), 1]
    )
    error.retryAfter = seconds
    return Answer(error, form: .plain)
  }
}

extension Answer {
  /// An error in OAuth's shape (RFC 6749, section 5.2).
  init(oauth status: Int, _ code: String, _ description: String) {
    self.init(
      json: status,
      ["error": .string(code), "error_description": .string(description)]
    )
    errorCode = code
  }

  /// A JSON object, or nothing, as OAuth answers: not to be stored by anybody between.
  init(json status: Int, _ object: JSONObject?) {
    self.status = status
    fields[.contentType] = MediaType.error
    fields[.cacheControl] = "no-store"
    if let object { body = ByteBuffer(string: JSONValue.object(object).encodedString()) }
  }
}
