import Testing

@testable import GodwitAtlas

/// Errors of the HTTP library in words of ours.
@Suite struct TransportFailureTests {
  @Test(arguments: [
    (
      "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268435581 error:1000007d:SSL"
        + " routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at /a/b/c.cc:1]))",
      "this machine does not trust the server's certificate"
    ),
    (
      "handshakeFailed(error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at /a/b)",
      "the server does not speak TLS at this port"
    ),
    ("somethingNew(/a/b/c.cc:1)", "the handshake failed"),
  ])
  func `a failure of TLS is told in words, without paths`(description: String, words: String) {
    #expect(TransportFailure.tlsWords(of: description) == words)
  }
}
