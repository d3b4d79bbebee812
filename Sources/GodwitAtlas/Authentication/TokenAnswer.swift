internal import GodwitCore
internal import NIOCore

/// What the token endpoint answers when it gives a token.
///
/// Source: Atlas' documentation of service accounts:
/// `{"access_token", "expires_in": 3600, "token_type": "Bearer"}`.
struct TokenAnswer: Sendable {
  let token: SecretValue
  let lifetime: Duration

  /// What a token is taken to last where the answer does not say.
  private static let usualSeconds: Int64 = 3600

  init(_ body: ByteBuffer) throws(UnreadableAnswer) {
    let object = try AnswerBody.object(body)
    guard let token = object["access_token"]?.stringValue, Self.isSendable(token) else {
      throw UnreadableAnswer(reason: "an answer without an access token")
    }
    if let type = object["token_type"]?.stringValue, type.lowercased() != "bearer" {
      throw UnreadableAnswer(reason: "a token that is not a bearer token")
    }
    self.token = SecretValue(token)
    let seconds = object["expires_in"]?.int64Value ?? Self.usualSeconds
    lifetime = .seconds(min(max(seconds, 1), 86_400))
  }

  /// Whether a text can stand in a header.
  private static func isSendable(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
  }
}

/// What the token endpoint answers when it gives none, in either of the two shapes that it has.
///
/// Source: Atlas' documentation has OAuth's `{"error", "error_description"}`, and a 429 in the shape
/// of all other errors of the API was seen by the Terraform provider, where `error` is a number.
struct TokenRefusal: Sendable, Hashable {
  /// `error` of the one shape, `errorCode` of the other.
  var code: String?
  var detail: String?
  var parameters: [String] = []

  init(_ body: ByteBuffer) {
    guard let object = (try? JSONValue(parsing: body.readableBytesView))?.objectValue else {
      return
    }
    if let code = object["error"]?.stringValue {
      self.code = code
      detail = object["error_description"]?.stringValue
    } else {
      let error = ErrorBody(body)
      code = error.errorCode
      detail = error.detail
      parameters = error.parameters
    }
  }
}
