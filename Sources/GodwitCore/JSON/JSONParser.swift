/// Why a text is not JSON, and where.
public struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong, for example `"unexpected end"`.
  public let reason: String
  /// The line of the offending byte, from 1.
  public let line: Int
  /// The column of the offending byte in its line, in bytes, from 1.
  public let column: Int

  /// Names an offence and its place.
  public init(reason: String, line: Int, column: Int) {
    self.reason = reason
    self.line = line
    self.column = column
  }

  /// One line for people; it never quotes the text, which may hold a secret.
  public var description: String { "not JSON at line \(line), column \(column): \(reason)" }
}

extension JSONValue {
  /// Reads one JSON text (RFC 8259).
  ///
  /// Numbers keep their text; of a repeated key the last one counts; nesting past 512 levels is
  /// refused.
  ///
  /// - Throws: ``JSONParseError`` with the place of the first offence.
  public init(parsing bytes: some Collection<UInt8>) throws(JSONParseError) {
    let result: Result<JSONValue, JSONParseError>? = bytes.withContiguousStorageIfAvailable {
      JSONValue.parse(Span(_unsafeElements: $0))
    }
    self = try (result ?? JSONValue.parse(Array(bytes).span)).get()
  }

  /// Reads one JSON text.
  ///
  /// - Throws: ``JSONParseError`` with the place of the first offence.
  public init(parsing text: String) throws(JSONParseError) {
    try self.init(parsing: Array(text.utf8))
  }

  private static func parse(_ bytes: borrowing Span<UInt8>) -> Result<JSONValue, JSONParseError> {
    var parser = JSONParser(count: bytes.count)
    do throws(JSONParser.Failure) {
      let value = try parser.value(bytes, depth: 0)
      parser.skipSpace(bytes)
      if parser.index != bytes.count { throw JSONParser.Failure(reason: "text after the value") }
      return .success(value)
    } catch {
      return .failure(parser.error(bytes, error.reason))
    }
  }
}

/// A recursive-descent reader over bytes.
private struct JSONParser {
  struct Failure: Error {
    var reason: String
  }

  var index = 0
  let count: Int

  init(count: Int) {
    self.count = count
  }

  func error(_ bytes: borrowing Span<UInt8>, _ reason: String) -> JSONParseError {
    var line = 1
    var column = 1
    for position in 0..<min(index, count) {
      if bytes[position] == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return JSONParseError(reason: reason, line: line, column: column)
  }

  mutating func skipSpace(_ bytes: borrowing Span<UInt8>) {
    while index < count {
      switch bytes[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: return
      }
    }
  }

  mutating func value(_ bytes: borrowing Span<UInt8>, depth: Int) throws(Failure) -> JSONValue {
    skipSpace(bytes)
    guard index < count else { throw Failure(reason: "unexpected end") }
    let opens = bytes[index] == UInt8(ascii: "{") || bytes[index] == UInt8(ascii: "[")
    guard depth < 512 || !opens else { throw Failure(reason: "nested too deeply") }
    switch bytes[index] {
    case UInt8(ascii: "{"): return .object(try object(bytes, depth: depth))
    case UInt8(ascii: "["): return .array(try array(bytes, depth: depth))
    case UInt8(ascii: "\""): return .string(try string(bytes))
    case UInt8(ascii: "t"): return try literal(bytes, "true", .bool(true))
    case UInt8(ascii: "f"): return try literal(bytes, "false", .bool(false))
    case UInt8(ascii: "n"): return try literal(bytes, "null", .null)
    default: return .number(try number(bytes))
    }
  }

  private mutating func literal(
    _ bytes: borrowing Span<UInt8>,
    _ word: StaticString,
    _ value: JSONValue
  ) throws(Failure) -> JSONValue {
    for offset in 0..<word.utf8CodeUnitCount {
      guard index + offset < count, bytes[index + offset] == (word.utf8Start + offset).pointee
      else { throw Failure(reason: "unexpected character") }
    }
    index += word.utf8CodeUnitCount
    return value
  }

  private mutating func object(
    _ bytes: borrowing Span<UInt8>,
    depth: Int
  ) throws(Failure) -> JSONObject {
    index += 1
    var members: [JSONObject.Element] = []
    skipSpace(bytes)
    if index < count, bytes[index] == UInt8(ascii: "}") {
      index += 1
      return JSONObject()
    }
    while true {
      skipSpace(bytes)
      guard index < count, bytes[index] == UInt8(ascii: "\"") else {
        throw Failure(reason: "a key was expected")
      }
      let key = try string(bytes)
      skipSpace(bytes)
      guard index < count, bytes[index] == UInt8(ascii: ":") else {
        throw Failure(reason: "':' was expected")
      }
      index += 1
      members.append((key, try value(bytes, depth: depth + 1)))
      if try isClosed(bytes, by: UInt8(ascii: "}")) { return JSONObject(members) }
    }
  }

  private mutating func array(
    _ bytes: borrowing Span<UInt8>,
    depth: Int
  ) throws(Failure) -> [JSONValue] {
    index += 1
    var elements: [JSONValue] = []
    skipSpace(bytes)
    if index < count, bytes[index] == UInt8(ascii: "]") {
      index += 1
      return elements
    }
    while true {
      elements.append(try value(bytes, depth: depth + 1))
      if try isClosed(bytes, by: UInt8(ascii: "]")) { return elements }
    }
  }

  /// Reads the comma or the closing bracket after a member.
  private mutating func isClosed(
    _ bytes: borrowing Span<UInt8>,
    by close: UInt8
  ) throws(Failure) -> Bool {
    skipSpace(bytes)
    guard index < count else { throw Failure(reason: "unexpected end") }
    let byte = bytes[index]
    guard byte == close || byte == UInt8(ascii: ",") else {
      throw Failure(reason: "',' or a closing bracket was expected")
    }
    index += 1
    return byte == close
  }

  private mutating func number(_ bytes: borrowing Span<UInt8>) throws(Failure) -> JSONNumber {
    let start = index
    if index < count, bytes[index] == UInt8(ascii: "-") { index += 1 }
    let integerStart = index
    skipDigits(bytes)
    guard index > integerStart else { throw Failure(reason: "unexpected character") }
    if index - integerStart > 1, bytes[integerStart] == UInt8(ascii: "0") {
      throw Failure(reason: "a number may not begin with 0")
    }
    if index < count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      let start = index
      skipDigits(bytes)
      guard index > start else { throw Failure(reason: "digits were expected after '.'") }
    }
    if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
        index += 1
      }
      let start = index
      skipDigits(bytes)
      guard index > start else { throw Failure(reason: "digits were expected in the exponent") }
    }
    return JSONNumber(validated: text(bytes, start..<index) ?? "0")
  }

  private mutating func skipDigits(_ bytes: borrowing Span<UInt8>) {
    while index < count, bytes[index] &- 0x30 < 10 { index += 1 }
  }

  private func text(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> String? {
    bytes.extracting(range).withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
  }

  private mutating func string(_ bytes: borrowing Span<UInt8>) throws(Failure) -> String {
    index += 1
    let start = index
    while index < count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        guard let result = text(bytes, start..<index) else {
          throw Failure(reason: "invalid UTF-8")
        }
        index += 1
        return result
      case UInt8(ascii: "\\"): return try escapedString(bytes, from: start)
      case 0..<0x20: throw Failure(reason: "a control character in a string")
      default: index += 1
      }
    }
    throw Failure(reason: "unexpected end in a string")
  }

  /// Reads the rest of a string that has escapes in it.
  private mutating func escapedString(
    _ bytes: borrowing Span<UInt8>,
    from start: Int
  ) throws(Failure) -> String {
    var buffer: [UInt8] = (start..<index).map { bytes[$0] }
    while index < count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: buffer, as: UTF8.self) else {
          throw Failure(reason: "invalid UTF-8")
        }
        return result
      case UInt8(ascii: "\\"): try escape(bytes, into: &buffer)
      case 0..<0x20:
        index -= 1
        throw Failure(reason: "a control character in a string")
      default: buffer.append(byte)
      }
    }
    throw Failure(reason: "unexpected end in a string")
  }

  private mutating func escape(
    _ bytes: borrowing Span<UInt8>,
    into buffer: inout [UInt8]
  ) throws(Failure) {
    guard index < count else { throw Failure(reason: "unexpected end in a string") }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"): buffer.append(contentsOf: String(try unicodeEscape(bytes)).utf8)
    default: throw Failure(reason: "an unknown escape in a string")
    }
  }

  private mutating func unicodeEscape(
    _ bytes: borrowing Span<UInt8>
  ) throws(Failure) -> Unicode.Scalar {
    let high = try hexadecimal(bytes)
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, index + 1 < count, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    else { throw Failure(reason: "half a surrogate pair in a string") }
    index += 2
    let low = try hexadecimal(bytes)
    guard 0xDC00..<0xE000 ~= low,
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw Failure(reason: "half a surrogate pair in a string") }
    return scalar
  }

  private mutating func hexadecimal(_ bytes: borrowing Span<UInt8>) throws(Failure) -> UInt32 {
    guard index + 4 <= count else { throw Failure(reason: "unexpected end in a string") }
    var result: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
        throw Failure(reason: "four hexadecimal digits were expected")
      }
      result = result << 4 | UInt32(digit)
      index += 1
    }
    return result
  }
}
