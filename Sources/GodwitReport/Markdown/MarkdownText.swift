/// Making text fit to stand anywhere in a Markdown document, tables and HTML included.
enum MarkdownText {
  /// The text with all punctuation that could mean something as character references.
  ///
  /// Source: CommonMark 0.31, section 2.5: character references cannot stand for the characters
  /// that make structure. That holds within tables too, where a backslash escape does not help a
  /// bar behind a backslash.
  static func escaped(_ text: String, limit: Int = 300) -> String {
    let scalars = Array(SafeText.line(text, limit: limit).unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      if isPlain(scalar, next: next, behind: result) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "&#\(scalar.value);"
      }
    }
    return result
  }

  /// The text as code, in which nothing is taken for a mention, a link or emphasis.
  static func code(_ text: String, limit: Int = 300) -> String {
    "<code>" + escaped(text, limit: limit) + "</code>"
  }

  /// A reason or title: as it is, or as code if it holds what websites turn into mentions.
  static func prose(_ text: String, limit: Int = 300) -> String {
    text.utf8.contains { "@#".utf8.contains($0) }
      ? code(text, limit: limit) : escaped(text, limit: limit)
  }

  /// A link that says where it goes, for https addresses of plain characters; others as code.
  static func link(_ url: String) -> String {
    let plain = url.utf8.allSatisfy { byte in
      0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x39 ~= byte
        || "-._~:/?#&=%+".utf8.contains(byte)
    }
    guard plain, url.hasPrefix("https://"), url.utf8.count <= 500 else { return code(url) }
    return "[\(escaped(url))](<\(url)>)"
  }

  /// Whether a character means nothing to Markdown where it stands.
  private static func isPlain(
    _ scalar: Unicode.Scalar,
    next: Unicode.Scalar,
    behind text: String
  ) -> Bool {
    if !scalar.isASCII || isWord(scalar) { return true }
    switch scalar {
    case " ", ",", ";", "=", "%", "(", ")", "/", "\"", "?": return true
    // A colon with a letter or slash behind it may begin a link or be a picture's name.
    case ":": return next == " " || ("0"..."9").contains(next)
    case "_": return isWord(next) && isWithinWord(text)
    case "-", ".", "'": return isWithinWord(text)
    default: return false
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
  }

  /// Whether punctuation that comes next stands behind a letter or digit, where a hyphen or a full
  /// stop begins no list; not behind `www`, which would make a link.
  private static func isWithinWord(_ text: String) -> Bool {
    guard let last = text.unicodeScalars.last else { return false }
    return (isWord(last) || last == ")") && !text.lowercased().hasSuffix("www")
      && !text.unicodeScalars.allSatisfy { ("0"..."9").contains($0) }
  }
}
