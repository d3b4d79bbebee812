/// The tokens of a Lua text, as far as finding the keys of tables needs them.
///
/// They are words, strings and single symbols, without comments. A text that does not compile gives
/// tokens that mean little.
struct LuaTokens: Sequence, IteratorProtocol {
  struct Token {
    enum Kind: Equatable {
      case word(String)
      case string(String)
      case symbol(Character)
    }

    var kind: Kind
    var line: Int
  }

  private let text: [UInt8]
  private var index = 0
  private var line = 1

  init(_ text: [UInt8]) {
    self.text = text
  }

  mutating func next() -> Token? {
    skipSpaceAndComments()
    guard index < text.count else { return nil }
    let start = (index, line)
    let byte = text[index]
    if Self.isWord(byte) {
      while index < text.count, Self.isWord(text[index]) { index += 1 }
      return Token(kind: .word(string(start.0..<index)), line: start.1)
    }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      skipQuoted(byte)
      return Token(
        kind: .string(string(start.0 + 1..<Swift.max(start.0 + 1, index - 1))),
        line: start.1
      )
    }
    if skipLongBracket() { return Token(kind: .string(""), line: start.1) }
    index += 1
    // `==` and its like are no assignment.
    if index < text.count, text[index] == UInt8(ascii: "="), "=~<>".utf8.contains(byte) {
      index += 1
      return Token(kind: .symbol("?"), line: start.1)
    }
    return Token(kind: .symbol(Character(Unicode.Scalar(byte))), line: start.1)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
    default: false
    }
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: text[range], as: UTF8.self)
  }

  private mutating func advance() {
    if text[index] == UInt8(ascii: "\n") { line += 1 }
    index += 1
  }

  private mutating func skipSpaceAndComments() {
    while index < text.count {
      if text[index] <= 0x20 {
        advance()
      } else if text[index...].starts(with: [0x2D, 0x2D]) {
        index += 2
        if skipLongBracket() { continue }
        while index < text.count, text[index] != UInt8(ascii: "\n") { index += 1 }
      } else {
        return
      }
    }
  }

  private mutating func skipQuoted(_ quote: UInt8) {
    index += 1
    while index < text.count, text[index] != quote {
      if text[index] == UInt8(ascii: "\\") { advance() }
      if index < text.count { advance() }
    }
    index = Swift.min(index + 1, text.count)
  }

  /// Skips `[[ … ]]`, with any number of equal signs between the brackets, if one begins here.
  private mutating func skipLongBracket() -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: "[") else { return false }
    let level = text[(index + 1)...].prefix { $0 == UInt8(ascii: "=") }.count
    guard index + 1 + level < text.count, text[index + 1 + level] == UInt8(ascii: "[") else {
      return false
    }
    let close = [0x5D] + Array(repeating: UInt8(ascii: "="), count: level) + [0x5D]
    index += 2 + level
    while index < text.count, !text[index...].starts(with: close) { advance() }
    index = Swift.min(index + close.count, text.count)
    return true
  }
}
