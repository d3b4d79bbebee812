/// Reads the challenges of `WWW-Authenticate` and the parameters of `Authentication-Info`.
///
/// One header may hold several challenges, and a comma separates challenges as well as their
/// parameters (RFC 9110, section 11.6.1). What is not understood is skipped.
struct ChallengeParser {
  /// A scheme with its parameters; names are in lower case.
  struct Challenge: Sendable, Hashable {
    var scheme: String
    var parameters: [String: String] = [:]
  }

  private let bytes: [UInt8]
  private var index = 0

  private init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The challenges of one header value, in order.
  static func challenges(in text: String) -> [Challenge] {
    var parser = ChallengeParser(text)
    var result: [Challenge] = []
    while let word = parser.nextWord() {
      if let value = parser.value() {
        if !result.isEmpty { result[result.count - 1].parameters[word] = value }
      } else {
        result.append(Challenge(scheme: word))
      }
    }
    return result
  }

  /// The parameters of a header value that names no scheme.
  static func parameters(in text: String) -> [String: String] {
    challenges(in: "info " + text).first?.parameters ?? [:]
  }

  /// The next token in lower case; separators before it are skipped.
  private mutating func nextWord() -> String? {
    while index < bytes.count, !Self.isToken(bytes[index]) { index += 1 }
    let start = index
    while index < bytes.count, Self.isToken(bytes[index]) { index += 1 }
    return start == index ? nil : String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
  }

  /// The value behind `=`, quoted or not; `nil` if there is no `=`.
  private mutating func value() -> String? {
    let start = index
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
      index = start
      return nil
    }
    index += 1
    skipSpace()
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") { return quotedValue() }
    let valueStart = index
    while index < bytes.count, bytes[index] != UInt8(ascii: ","), bytes[index] != 0x20 {
      index += 1
    }
    return String(decoding: bytes[valueStart..<index], as: UTF8.self)
  }

  private mutating func quotedValue() -> String {
    index += 1
    var result: [UInt8] = []
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
      result.append(bytes[index])
      index += 1
    }
    index += 1
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func skipSpace() {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"),
      UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"):
      true
    default: false
    }
  }
}
