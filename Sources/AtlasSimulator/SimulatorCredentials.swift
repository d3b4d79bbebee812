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

  /// A key that may read and write everything in every organisation.
  public let owner: APIKey
  /// A key that may read everything and write nothing.
  public let readOnly: APIKey
  /// A bearer token with the rights of ``owner``, without end.
  public let accessToken: String

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
  }
}
