/// The versioned media types of API v2: `application/vnd.atlas.YYYY-MM-DD+json`.
///
/// Source: Atlas documentation, versioned API. A request names a date, and gets the newest version
/// of the resource that is not later; every resource here has one, most of 2023-01-01.
enum MediaType {
  /// What is answered for a resource of a version.
  static func resolved(_ version: String) -> String {
    "application/vnd.atlas.\(version)+json;charset=utf-8"
  }
  /// What the generations without versions answer.
  static let plain = "application/json"
  /// What errors are answered as.
  static let error = "application/json"

  private static let published: Set<String> = [
    "2023-01-01", "2023-02-01", "2023-10-01", "2023-11-15", "2024-05-30", "2024-08-05",
    "2024-10-23", "2024-11-13", "2025-02-19", "2025-03-12",
  ]

  /// Checks an `Accept` header.
  ///
  /// - Parameters:
  ///   - accept: its value.
  ///   - first: the first version of the resource.
  /// - Throws: 406 without a published version from then on (`*/*` and `application/json` included), 400
  ///   `INVALID_VERSION_DATE` if the only version named is not a date.
  static func checkAccept(
    _ accept: String?,
    since first: String = "2023-01-01"
  ) throws(APIError) {
    var malformed: String?
    for part in (accept ?? "").split(separator: ",") {
      let type = part.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
      guard let version = version(of: type) else { continue }
      if published.contains(version), version >= first { return }
      if version != "preview", !isDate(version) { malformed = version }
    }
    if let malformed { throw .invalidVersionDate(malformed) }
    throw .notAcceptable
  }

  /// Checks the `Content-Type` of a body.
  ///
  /// - Throws: 415 unless it is `application/json` or one of the versioned types.
  static func checkContentType(_ contentType: String?) throws(APIError) {
    let type = (contentType ?? "").prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
    guard type == "application/json" || version(of: type) != nil else {
      throw .unsupportedMediaType
    }
  }

  private static func version(of type: String) -> String? {
    let prefix = "application/vnd.atlas."
    guard type.hasPrefix(prefix), type.hasSuffix("+json") else { return nil }
    return String(type.dropFirst(prefix.count).dropLast(5))
  }

  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], text.allSatisfy({ $0.isASCII }) else { return false }
    guard let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]) else {
      return false
    }
    return year > 0 && (1...12).contains(month) && (1...31).contains(day)
  }
}
