/// A challenge of HTTP digest authentication (RFC 7616) that this client can answer.
///
/// Source for what Atlas sends: its recorded 401 answers have realm `MMS Public API`, an empty
/// domain, algorithm MD5, qop `auth`, `stale`, and no opaque.
struct DigestChallenge: Sendable, Hashable {
  /// The hash.
  enum Algorithm: String, Sendable, Hashable {
    case md5 = "MD5"
    case sha256 = "SHA-256"
  }

  var realm: String
  var nonce: String
  var algorithm = Algorithm.md5
  /// Whether the challenge named its algorithm; the answer does then too.
  var namesAlgorithm = true
  var opaque: String?
  /// Whether the credentials were right and only the nonce was too old.
  var isStale = false

  /// Makes a challenge from its parts.
  init(realm: String, nonce: String, algorithm: Algorithm = .md5, isStale: Bool = false) {
    self.realm = realm
    self.nonce = nonce
    self.algorithm = algorithm
    self.isStale = isStale
  }

  /// Picks the first challenge that can be answered, which is the one the server likes best.
  ///
  /// - Parameter headers: the values of all `WWW-Authenticate` headers of an answer.
  init?(headers: [String]) {
    let found = headers.lazy.flatMap(ChallengeParser.challenges).compactMap {
      DigestChallenge($0)
    }.first
    guard let found else { return nil }
    self = found
  }

  private init?(_ challenge: ChallengeParser.Challenge) {
    let parameters = challenge.parameters
    guard challenge.scheme == "digest", let realm = parameters["realm"],
      let nonce = parameters["nonce"],
      let algorithm = Algorithm(rawValue: parameters["algorithm"]?.uppercased() ?? "MD5"),
      Self.offersAuth(parameters["qop"])
    else { return nil }
    self.init(
      realm: realm,
      nonce: nonce,
      algorithm: algorithm,
      isStale: parameters["stale"]?.lowercased() == "true"
    )
    namesAlgorithm = parameters["algorithm"] != nil
    opaque = parameters["opaque"]
  }

  private static func offersAuth(_ qop: String?) -> Bool {
    (qop ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).contains {
      $0.lowercased() == "auth"
    }
  }
}
