import GodwitCore

/// Making text from scripts, files and Atlas fit to be printed.
///
/// Whatever could move a cursor, hide or reorder what stands beside it, or break a line becomes a
/// visible escape: control characters, bidirectional overrides, separators, invisible and private
/// characters. Backslashes stay as they are: what is shown is for reading, not for parsing.
enum SafeText {
  /// How many scalars one visible character may pile up; more is a way to paint other lines.
  private static let scalarsPerCharacter = 10

  /// One line of at most `limit` columns; what is cut off is marked with an ellipsis.
  static func line(_ text: String, limit: Int = 300) -> String {
    let isPlain = text.utf8.count <= limit && text.utf8.allSatisfy { 0x20..<0x7F ~= $0 }
    if isPlain { return text }
    let scalars = text.unicodeScalars
    // A line of `limit` columns can hold no more than this; the rest is not even looked at.
    let bounded = scalars.prefix(limit * scalarsPerCharacter)
    let isCut = bounded.endIndex < scalars.endIndex
    return cut(escaped(Substring(bounded)), to: limit, isCutAlready: isCut)
  }

  /// A JSON value as a person reads it: masks and secrets bare, strings quoted, on one line.
  static func value(_ value: JSONValue, limit: Int = 80) -> String {
    switch value {
    case .masked(let masked): line(masked.description, limit: limit)
    case .secret(let reference): line(reference.description, limit: limit)
    case .pending(let pending): line(pending.description, limit: limit)
    default: line(value.encodedString(), limit: limit)
    }
  }

  /// JSON text in which what could paint a terminal is escaped; it means the same afterwards.
  static func json(_ value: JSONValue) -> String {
    let text = value.encodedString()
    return text.utf8.allSatisfy { $0 < 0x80 } ? text : escaped(Substring(text))
  }

  /// The text with every unsafe scalar escaped, uncut.
  static func escaped(_ text: Substring) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) || (isMark(scalar) && !carriesMarks(previous)) {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    return result
  }

  private static func cut(_ text: String, to limit: Int, isCutAlready: Bool) -> String {
    var result = ""
    var width = 0
    var lastFit = result.endIndex
    for character in text {
      let columns = DisplayWidth.of(character)
      if width + columns > limit { return String(result[..<lastFit]) + "…" }
      width += columns
      if character.unicodeScalars.count > scalarsPerCharacter {
        result.unicodeScalars.append(
          contentsOf: character.unicodeScalars.prefix(scalarsPerCharacter)
        )
      } else {
        result.append(character)
      }
      if width < limit { lastFit = result.endIndex }
    }
    return isCutAlready ? result + "…" : result
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    switch scalar.value {
    case 0x200C, 0x200D, 0xFE00...0xFE0F: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
      return true
    default:
      return scalar.properties.isDefaultIgnorableCodePoint
        || scalar.properties.isNoncharacterCodePoint
    }
  }

  /// Whether a mark may follow: not at the beginning and not on punctuation, where it would change
  /// what Godwit itself has written, or hide a quote from whoever looks for one.
  private static func carriesMarks(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      return UTF16.encode(scalar).map { units in
        units.map { unit in
          let digits = String(unit, radix: 16)
          return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
      } ?? "?"
    }
  }
}
