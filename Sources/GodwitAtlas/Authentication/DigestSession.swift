internal import Crypto
internal import GodwitCore

/// A nonce in use, with the hash of the credentials for its realm.
struct DigestSession: Sendable {
  /// Tells one nonce of this connection from the next.
  let generation: Int
  let challenge: DigestChallenge
  private let publicKey: String
  /// MD5(public key:realm:private key) in hexadecimal digits, RFC 7616's HA1.
  private let credentialHash: [UInt8]

  /// Starts to use a challenge.
  init(
    generation: Int,
    challenge: DigestChallenge,
    publicKey: String,
    privateKey: SecretValue
  ) {
    self.generation = generation
    self.challenge = challenge
    self.publicKey = publicKey
    credentialHash = privateKey.withBytes { key in
      Self.hash(Array("\(publicKey):\(challenge.realm):".utf8) + key, challenge.algorithm)
    }
  }

  private init(_ session: DigestSession, nonce: String) {
    generation = session.generation + 1
    var challenge = session.challenge
    challenge.nonce = nonce
    self.challenge = challenge
    publicKey = session.publicKey
    credentialHash = session.credentialHash
  }

  /// The same credentials with the nonce that the server wants to see next.
  func withNextNonce(_ nonce: String) -> DigestSession {
    DigestSession(self, nonce: nonce)
  }

  /// The value of the `Authorization` header for one request.
  ///
  /// `uri` is path and query exactly as in the request line, `count` how often the nonce was used,
  /// this time included, and `clientNonce` random text without quotes.
  func authorization(method: String, uri: String, count: UInt32, clientNonce: String) -> String {
    let countDigits = Self.hexadecimal(count)
    let requestHash = Self.hash(Array("\(method):\(uri)".utf8), challenge.algorithm)
    var input = credentialHash
    input.reserveCapacity(200)
    input.append(UInt8(ascii: ":"))
    input.append(contentsOf: challenge.nonce.utf8)
    input.append(contentsOf: ":\(countDigits):\(clientNonce):auth:".utf8)
    input.append(contentsOf: requestHash)
    let response = String(decoding: Self.hash(input, challenge.algorithm), as: UTF8.self)
    var value = "Digest username=\"\(Self.quoted(publicKey))\""
    value += ", realm=\"\(Self.quoted(challenge.realm))\""
    value += ", nonce=\"\(Self.quoted(challenge.nonce))\""
    value += ", uri=\"\(uri)\""
    if challenge.namesAlgorithm { value += ", algorithm=\(challenge.algorithm.rawValue)" }
    value += ", response=\"\(response)\", qop=auth, nc=\(countDigits), cnonce=\"\(clientNonce)\""
    if let opaque = challenge.opaque { value += ", opaque=\"\(Self.quoted(opaque))\"" }
    return value
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
    else { return text }
    return text.reduce(into: "") { result, character in
      if character == "\"" || character == "\\" { result.append("\\") }
      result.append(character)
    }
  }

  private static func hash(_ bytes: [UInt8], _ algorithm: DigestChallenge.Algorithm) -> [UInt8] {
    switch algorithm {
    case .md5: hexadecimal(Insecure.MD5.hash(data: bytes))
    case .sha256: hexadecimal(SHA256.hash(data: bytes))
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(64)
    for byte in bytes {
      result.append(digits[Int(byte >> 4)])
      result.append(digits[Int(byte & 15)])
    }
    return result
  }

  /// Eight hexadecimal digits.
  private static func hexadecimal(_ number: UInt32) -> String {
    let bytes = (0..<8).map { digits[Int(number >> (28 - 4 * UInt32($0)) & 15)] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
