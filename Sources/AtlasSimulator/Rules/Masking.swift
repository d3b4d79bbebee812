/// The forms in which Atlas answers secrets, and the look of such a form when it is sent back.
///
/// Source: recorded answers of API v2. Keys keep their length and their last four characters; URLs
/// keep scheme and host, then four stars, and since May 2026 their last four characters.
enum Masking {
  /// A key, token or webhook secret: stars, then the last four characters.
  ///
  /// A value of four characters or fewer is all stars (our choice; Atlas' is unknown).
  static func key(_ value: String) -> String {
    let count = value.count
    guard count > 4 else { return stars(value) }
    return String(repeating: "*", count: count - 4) + value.suffix(4)
  }

  /// A key as the pages of API v1.0 show one: six stars, whatever its length, and the last four
  /// characters.
  static func sixStars(_ value: String) -> String {
    "******\(value.count > 4 ? String(value.suffix(4)) : "")"
  }

  /// A whole value as stars, for templates (our choice; the contract calls them passwords).
  static func stars(_ value: String) -> String {
    String(repeating: "*", count: value.count)
  }

  /// A URL: `scheme://host/****` and its last four characters.
  static func url(_ value: String) -> String {
    guard let separator = value.firstRange(of: "://") else { return key(value) }
    let hostEnd = value[separator.upperBound...].firstIndex { "/?#".contains($0) } ?? value.endIndex
    return "\(value[..<hostEnd])/****\(value.suffix(4))"
  }

  /// Whether a text looks like a masked key: four stars or more, then at most four characters.
  static func looksLikeMaskedKey(_ value: String) -> Bool {
    let stars = value.prefix { $0 == "*" }.count
    return stars >= 4 && value.count - stars <= 4
  }

  /// Whether a text looks like a masked URL: scheme, host, four stars, at most four characters.
  static func looksLikeMaskedURL(_ value: String) -> Bool {
    guard let separator = value.firstRange(of: "://") else { return looksLikeMaskedKey(value) }
    let rest = value[separator.upperBound...]
    guard let slash = rest.firstIndex(of: "/") else { return false }
    let path = rest[rest.index(after: slash)...]
    return path.hasPrefix("****") && path.count <= 8
  }
}
