/// The credentials that a simulator accepts.
///
/// They are made from the world, so a world file keeps its own; they are good for nothing else and
/// may be printed.
public struct SimulatorCredentials: Sendable, Hashable {
  /// An API key: the user name and the password of digest authentication.
  public struct APIKey: Sendable, Hashable {
    /// The user name, eight letters.
    public let publicKey: String
    /// The password, a UUID.
    public let privateKey: String
  }

  /// A service account: the user name and the password at the token endpoint.
  public struct ServiceAccount: Sendable, Hashable {
    /// The user name, which begins with `mdb_sa_id_`.
    public let clientID: String
    /// The password, which begins with `mdb_sa_sk_`.
    public let clientSecret: String
    /// Whether its tokens have the rights of ``SimulatorCredentials/owner``, else of
    /// ``SimulatorCredentials/readOnly``.
    public let canWrite: Bool
  }

  /// A key that may read and write everything in every organisation.
  public let owner: APIKey
  /// A key that may read everything and write nothing.
  public let readOnly: APIKey
  /// A bearer token with the rights of ``owner``, without end.
  public let accessToken: String
  /// A service account with the rights of ``owner``.
  public let serviceAccount: ServiceAccount
  /// A service account with the rights of ``readOnly``.
  public let readOnlyServiceAccount: ServiceAccount

  /// The public half of ``owner``.
  public var publicKey: String { owner.publicKey }
  /// The private half of ``owner``.
  public var privateKey: String { owner.privateKey }

  /// Makes the credentials of the world with this id.
  init(worldID: String) {
    var generator = SeededGenerator(seed: SeededGenerator.hash(of: "credentials \(worldID)"))
    owner = APIKey(publicKey: generator.letters(8), privateKey: generator.uuid())
    readOnly = APIKey(publicKey: generator.letters(8), privateKey: generator.uuid())
    accessToken = "sim." + generator.token(64)
    serviceAccount = Self.serviceAccount(canWrite: true, from: &generator)
    readOnlyServiceAccount = Self.serviceAccount(canWrite: false, from: &generator)
  }

  private static func serviceAccount(
    canWrite: Bool,
    from generator: inout SeededGenerator
  ) -> ServiceAccount {
    ServiceAccount(
      clientID: "mdb_sa_id_" + generator.hex(24),
      clientSecret: "mdb_sa_sk_" + generator.token(40),
      canWrite: canWrite
    )
  }
}
