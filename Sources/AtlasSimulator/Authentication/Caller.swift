/// Who sent a request, once that is established.
struct Caller: Sendable, Equatable {
  /// The ways to establish it, by the names of the request log.
  enum Kind: String, Sendable {
    case digest
    case bearer
  }

  let kind: Kind
  /// The public half of the key that acts, or the client id of the service account.
  let publicKey: String
  let canWrite: Bool

  /// Whether a service account acts, and not a key.
  var isServiceAccount: Bool { publicKey.hasPrefix("mdb_sa_id_") }
  /// The role that it has in every organisation.
  var orgRole: String { canWrite ? "ORG_OWNER" : "ORG_READ_ONLY" }
}

/// What became of a request's credentials.
enum AuthenticationOutcome: Equatable {
  case accepted(Caller)
  /// A new challenge is sent.
  case challenged(ChallengeReason)
  /// A bearer token was not accepted; no challenge is sent.
  case tokenRefused
}

/// Why a challenge is sent, by the names of the request log.
enum ChallengeReason: String {
  /// No credentials came, or none that are understood.
  case initial
  /// The key, or the proof that it is known, is wrong.
  case wrong
  /// All is right but the nonce, which is too old or not of this server: `stale=true`.
  case stale
  /// All is right, but this nonce count was used before.
  case replayed
}
