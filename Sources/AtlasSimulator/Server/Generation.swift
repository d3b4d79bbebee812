/// A generation of the API, by the prefix of its paths.
enum Generation: String, Sendable, CaseIterable {
  case v2 = "/api/atlas/v2"
  case v1 = "/api/atlas/v1.0"
  /// Cloud Manager's and Ops Manager's, in whose eyes the projects of a world are Atlas'.
  case publicV1 = "/api/public/v1.0"

  var prefix: String { rawValue }

  /// Whether requests name a version, and lists say whether they count.
  var isVersioned: Bool { self == .v2 }
}
