internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension TransportFailure {
  /// Puts an error of the HTTP library into words of ours.
  ///
  /// The kind is for people and for the choice to try again; whether a write may have been made is
  /// told by `isSent` alone.
  init(_ error: any Error, isSent: Bool) {
    self.isSent = isSent
    (kind, detail) = Self.cause(of: error, isSent: isSent)
  }

  private static func cause(
    of error: any Error,
    isSent: Bool
  ) -> (AtlasError.Kind, detail: String) {
    switch error {
    case let error as HTTPClientError: cause(of: error, isSent: isSent)
    case let error as NIOConnectionError: cause(of: error)
    case is SocketAddressError: (.nameResolution, "\(error)")
    case let error as IOError: (isSent ? .reset : connectKind(error), words(error))
    case ChannelError.connectTimeout: (.connect, "no connection in time")
    case is ChannelError: (.reset, "the connection was closed")
    case is AnswerCollector.TooLarge: (.tooLarge, "the client's limit was passed")
    case HTTPParserError.invalidEOFState: (.reset, "the answer was cut short")
    case is HTTPParserError: (.unreadableAnswer, "not HTTP: \(error)")
    case is CancellationError: (.cancelled, "")
    default: otherCause(of: error, isSent: isSent)
    }
  }

  private static func cause(
    of error: HTTPClientError,
    isSent: Bool
  ) -> (AtlasError.Kind, detail: String) {
    // Never the error's own description: it can quote header values, and so credentials.
    let words = error.shortDescription
    return switch error {
    case .connectTimeout, .getConnectionFromPoolTimeout: (.connect, "no connection in time")
    case .tlsHandshakeTimeout: (.tls, "no TLS handshake in time")
    case .deadlineExceeded, .readTimeout, .writeTimeout: (.timeout, "")
    case .cancelled: (.cancelled, "")
    case .alreadyShutdown: (.closed, "")
    case .remoteConnectionClosed: (.reset, "the server closed the connection")
    default: (isSent ? .reset : .connect, words)
    }
  }

  private static func cause(of error: NIOConnectionError) -> (AtlasError.Kind, detail: String) {
    guard let failure = error.connectionErrors.first else {
      return (.nameResolution, "\(error.host) has no address")
    }
    let cause = (failure.error as? IOError).map(words) ?? "\(failure.error)"
    return (.connect, "\(error.host):\(error.port): \(cause)")
  }

  private static func connectKind(_ error: IOError) -> AtlasError.Kind {
    switch error.errnoCode {
    case ECONNRESET, EPIPE: .reset
    default: .connect
    }
  }

  /// The system's words for an error, without the C function in which it arose.
  private static func words(_ error: IOError) -> String {
    switch error.errnoCode {
    case ECONNREFUSED: "connection refused"
    case ECONNRESET: "connection reset by the server"
    case EPIPE: "connection closed by the server"
    case EHOSTUNREACH: "no route to the host"
    case ENETUNREACH: "the network is unreachable"
    case ETIMEDOUT: "the connection timed out"
    case EMFILE, ENFILE: "too many open files"
    default: "system error \(error.errnoCode)"
    }
  }

  /// NIOSSL's errors cannot be named without depending on it, so they are told by their module.
  private static func otherCause(
    of error: any Error,
    isSent: Bool
  ) -> (AtlasError.Kind, detail: String) {
    let type = String(reflecting: Swift.type(of: error))
    if type.hasPrefix("NIOSSL") { return (isSent ? .reset : .tls, tlsWords(of: "\(error)")) }
    return (isSent ? .reset : .connect, "\(error)")
  }

  /// What is known of a failure of TLS, out of a description that is for its developers.
  static func tlsWords(of description: String) -> String {
    let causes = [
      ("CERTIFICATE_VERIFY_FAILED", "this machine does not trust the server's certificate"),
      ("unableToValidateCertificate", "this machine does not trust the server's certificate"),
      ("noCertificateToValidate", "the server showed no certificate"),
      ("failedToValidateCertificate", "the server's certificate is not for this host"),
      ("HOSTNAME_MISMATCH", "the server's certificate is not for this host"),
      ("WRONG_VERSION_NUMBER", "the server does not speak TLS at this port"),
      ("HTTP_REQUEST", "the server does not speak TLS at this port"),
      ("UNSUPPORTED_PROTOCOL", "the server speaks no version of TLS that is safe"),
      ("uncleanShutdown", "the server closed the connection"),
    ]
    let known = causes.first { description.contains($0.0) }
    return known?.1 ?? "the handshake failed"
  }
}
