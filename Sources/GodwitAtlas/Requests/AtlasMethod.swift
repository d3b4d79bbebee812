/// A method of HTTP that the API has.
public enum AtlasMethod: String, Sendable, Hashable, CaseIterable {
  /// Reads.
  case get = "GET"
  /// Makes something new.
  case post = "POST"
  /// Replaces something whole.
  case put = "PUT"
  /// Changes parts of something.
  case patch = "PATCH"
  /// Removes something.
  case delete = "DELETE"
}
