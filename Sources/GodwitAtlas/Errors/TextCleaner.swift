internal import GodwitCore

/// Makes text that came from outside fit to be shown: known secrets out, control characters
/// escaped, long texts cut.
struct TextCleaner: Sendable {
  private let patterns: [[UInt8]]

  /// Secrets of fewer characters are not searched for: they would be found everywhere.
  private static let shortestPattern = 4
  private static let replacement = Array("<secret>".utf8)

  /// Searches for the secrets, also where they are percent-encoded or in other case.
  init(_ secrets: [SecretValue]) {
    var patterns: Set<[UInt8]> = []
    for secret in secrets {
      secret.withBytes { bytes in
        guard bytes.count >= Self.shortestPattern else { return }
        patterns.insert(bytes.map(Self.lowercased))
        patterns.insert(PercentEncoding.encode(bytes).utf8.map(Self.lowercased))
      }
    }
    self.patterns = patterns.sorted { $0.count > $1.count }
  }

  /// This cleaner with more secrets.
  func adding(_ secrets: [SecretValue]) -> TextCleaner {
    guard !secrets.isEmpty else { return self }
    return TextCleaner(
      patterns: Set(patterns).union(TextCleaner(secrets).patterns).sorted { $0.count > $1.count }
    )
  }

  private init(patterns: [[UInt8]]) {
    self.patterns = patterns
  }

  /// The text without secrets and control characters, and no longer than `limit` characters.
  func clean(_ text: String, limit: Int = 500) -> String {
    var bytes = Array(text.utf8)
    for pattern in patterns { bytes = Self.replacing(pattern, in: bytes) }
    var result = ""
    var count = 0
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if count == limit { return result + "…" }
      count += 1
      if Self.isUnprintable(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func replacing(_ pattern: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= pattern.count, let first = pattern.first else { return bytes }
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let isHit =
        lowercased(bytes[index]) == first && index + pattern.count <= bytes.count
        && zip(bytes[index...], pattern).allSatisfy { lowercased($0) == $1 }
      if isHit {
        result += replacement
        index += pattern.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    0x41...0x5A ~= byte ? byte | 0x20 : byte
  }

  /// Control characters, and the ones that change the direction of text on a terminal.
  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      true
    default: false
    }
  }
}
