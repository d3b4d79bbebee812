/// A generation of the Atlas Administration API.
public enum APIGeneration: String, Sendable, Hashable, CaseIterable {
  /// `api/atlas/v2`, whose resources have versions.
  case v2
  /// `api/atlas/v1.0`, Atlas' first; the only one that knows FLOWDOCK.
  case v1 = "v1.0"
  /// `api/public/v1.0`, of Cloud Manager and Ops Manager.
  case publicV1 = "public-v1.0"

  /// Where it lives on a server.
  public var pathPrefix: String {
    switch self {
    case .v2: "/api/atlas/v2"
    case .v1: "/api/atlas/v1.0"
    case .publicV1: "/api/public/v1.0"
    }
  }

  /// Whether it takes API keys with HTTP digest only.
  ///
  /// Source: Atlas' documentation; service accounts and their tokens came with v2.
  public var needsDigest: Bool { self != .v2 }
}
