internal import NIOCore
internal import NIOHTTP1

/// One request as it goes out.
struct HTTPCall: Sendable {
  var method: HTTPMethod
  /// Scheme, host and port.
  var origin: String
  /// Path and query, percent-encoded: exactly what stands in the request line.
  var path: String
  var headers: HTTPHeaders
  var body: ByteBuffer?
}

/// One answer, read to its end.
struct HTTPAnswer: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: ByteBuffer

  var isSuccess: Bool { 200..<300 ~= status }

  /// The wait that the server asks for, where it is given in seconds.
  var retryAfter: Duration? {
    guard let text = headers.first(name: "Retry-After"), let seconds = Int64(text), seconds >= 0
    else { return nil }
    return .seconds(min(seconds, 86_400))
  }

  /// What the answer says of its rate limit.
  var rateLimit: RateLimitSign? {
    guard let limit = headers.first(name: "RateLimit-Limit").flatMap({ Int($0) }),
      let remaining = headers.first(name: "RateLimit-Remaining").flatMap({ Int($0) })
    else { return nil }
    return RateLimitSign(limit: limit, remaining: remaining)
  }
}

/// Why there is no answer.
struct TransportFailure: Error, Sendable, Hashable {
  var kind: AtlasError.Kind
  var detail: String
  /// Whether the request may have reached the server: for one with a body, whether a byte of it
  /// was handed to the connection; else whether the head was.
  var isSent: Bool
}
