/// Making text fit to stand anywhere in a Markdown document, tables and HTML included.
enum MarkdownText {
  /// The text with all punctuation that could mean something as character references.
  ///
  /// Source: CommonMark 0.31, section 2.5: character references cannot stand for the characters
  /// that make structure. That holds within tables too, where a backslash escape does not help a
  /// bar behind a backslash.
  static func escaped(_ text: String, limit: Int = 300) -> String {
    var result = ""
    for scalar in SafeText.line(text, limit: limit).unicodeScalars {
      let isPlain =
        !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || " ,;=%()".unicodeScalars.contains(scalar)
      if isPlain {
        result.unicodeScalars.append(scalar)
      } else if "-.'".unicodeScalars.contains(scalar), isWithinWord(result) {
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
    text.contains { "@#".contains($0) } ? code(text, limit: limit) : escaped(text, limit: limit)
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

  /// Whether punctuation that comes next stands behind a letter or digit, where a hyphen or a full
  /// stop begins no list; not behind `www`, which would make a link.
  private static func isWithinWord(_ text: String) -> Bool {
    guard let last = text.unicodeScalars.last else { return false }
    let isWord = last.properties.isAlphabetic || ("0"..."9").contains(last) || last == ")"
    return isWord && !text.lowercased().hasSuffix("www")
      && !text.unicodeScalars.allSatisfy { ("0"..."9").contains($0) }
  }
}
