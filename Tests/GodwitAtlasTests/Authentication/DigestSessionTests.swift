import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct DigestSessionTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var algorithm: DigestChallenge.Algorithm
    var user: String
    var realm: String
    var nonce: String
    var password: String
    var clientNonce: String
    var response: String
    var testDescription: String { name }
  }

  static let vectors = [
    // RFC 2617, section 3.5.
    Vector(
      name: "RFC 2617",
      algorithm: .md5,
      user: "Mufasa",
      realm: "testrealm@host.com",
      nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
      password: "Circle Of Life",
      clientNonce: "0a4f113b",
      response: "6629fae49393a05397450978507c4ef1"
    ),
    // RFC 7616, section 3.9.1.
    Vector(
      name: "RFC 7616 MD5",
      algorithm: .md5,
      user: "Mufasa",
      realm: "http-auth@example.org",
      nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      password: "Circle of Life",
      clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
      response: "8ca523f5e9506fed4657c9700eebdbec"
    ),
    Vector(
      name: "RFC 7616 SHA-256",
      algorithm: .sha256,
      user: "Mufasa",
      realm: "http-auth@example.org",
      nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      password: "Circle of Life",
      clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
      response: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    ),
  ]

  @Test(arguments: vectors)
  func `computes the responses of the standards' examples`(vector: Vector) {
    let session = DigestSession(
      generation: 1,
      challenge: DigestChallenge(
        realm: vector.realm,
        nonce: vector.nonce,
        algorithm: vector.algorithm
      ),
      publicKey: vector.user,
      privateKey: SecretValue(vector.password)
    )
    let header = session.authorization(
      method: "GET",
      uri: "/dir/index.html",
      count: 1,
      clientNonce: vector.clientNonce
    )
    #expect(header.contains("response=\"\(vector.response)\""))
    #expect(header.contains("uri=\"/dir/index.html\""))
    #expect(header.contains("nc=00000001"))
    #expect(header.contains("algorithm=\(vector.algorithm.rawValue)"))
  }

  @Test func `counts in eight hexadecimal digits and quotes what needs it`() {
    var challenge = DigestChallenge(realm: "a \"b\" \\c", nonce: "n")
    challenge.namesAlgorithm = false
    challenge.opaque = "o"
    let session = DigestSession(
      generation: 1,
      challenge: challenge,
      publicKey: "u",
      privateKey: SecretValue("p")
    )
    let header = session.authorization(method: "PUT", uri: "/", count: 0xABCD1, clientNonce: "c")
    #expect(header.contains("nc=000abcd1"))
    #expect(header.contains(#"realm="a \"b\" \\c""#))
    #expect(header.contains(#"opaque="o""#))
    #expect(!header.contains("algorithm"))
  }
}
