/// A form that a service gives its keys, or an address its writing.
public enum SecretForm: String, Sendable, Hashable, CaseIterable {
  /// 32 hexadecimal digits.
  case hex32
  /// Hexadecimal digits in groups of 8, 4, 4, 4 and 12.
  case uuid
  /// An address with the scheme `http` or `https` and a host, without blanks.
  case webAddress

  /// Whether a text has the form.
  public func fits(_ text: String) -> Bool {
    switch self {
    case .hex32: text.utf8.count == 32 && Self.isHexadecimal(text)
    case .uuid:
      text.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count)
        == [8, 4, 4, 4, 12] && Self.isHexadecimal(text.filter { $0 != "-" })
    case .webAddress:
      ["https://", "http://"].contains { scheme in
        guard text.lowercased().hasPrefix(scheme) else { return false }
        let rest = text.dropFirst(scheme.count)
        return rest.first.map { !"/?#".contains($0) } == true
          && !rest.contains(where: \.isWhitespace)
      }
    }
  }

  private static func isHexadecimal(_ text: String) -> Bool {
    text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  /// What the form is, for messages.
  public var words: String {
    switch self {
    case .hex32: "32 hexadecimal digits"
    case .uuid: "a UUID"
    case .webAddress: "an address that begins with https:// or http://"
    }
  }
}

/// What is known of how a secret is written, without any of it.
///
/// It is enough to tell that Atlas would refuse the secret in a field, and is kept nowhere.
public struct SecretContent: Sendable, Hashable {
  /// The forms that it has.
  public let forms: Set<SecretForm>
  /// Whether it has no line end and no tabulator in it.
  public let isOneLine: Bool

  /// Looks at a secret's text.
  init(_ text: String) {
    forms = Set(SecretForm.allCases.filter { $0.fits(text) })
    isOneLine = !text.unicodeScalars.contains { $0 == "\n" || $0 == "\r" || $0 == "\t" }
  }
}

/// Why a value can be no secret of any field.
public enum SecretDefect: Sendable, Hashable {
  /// The bytes are not UTF-8.
  case notText
  /// It is what Atlas shows in place of a secret.
  case mask
  /// Its first or last character is a line end.
  case lineEnd
  /// Its first or last character is a blank.
  case blank
  /// A control character is in it that is neither a line end nor a tabulator.
  case control

  /// What is wrong, to follow the name of the secret.
  public var words: String {
    switch self {
    case .notText: "is not UTF-8 text"
    case .mask: "has the look of a mask, such as Atlas shows in place of a secret"
    case .lineEnd: "begins or ends with a line end"
    case .blank: "begins or ends with a blank"
    case .control: "has a control character in it"
    }
  }

  /// What to do about it.
  public var advice: String {
    switch self {
    case .mask: "give the secret itself: Atlas would take the stars for it"
    case .lineEnd:
      "leave it out, for example with printf %s in place of echo; of file: and cmd: one is left out"
    case .notText, .blank, .control: "check what the reference leads to"
    }
  }
}

extension SecretValue {
  /// Why it can be no secret of any field; `nil` if nothing speaks against it.
  public var defect: SecretDefect? {
    guard let text = withBytes({ String(validating: $0, as: UTF8.self) }) else { return .notText }
    if MaskedValue.looksMasked(text) { return .mask }
    let edges = [text.unicodeScalars.first, text.unicodeScalars.last].compactMap { $0 }
    if edges.contains(where: { $0 == "\n" || $0 == "\r" }) { return .lineEnd }
    if edges.contains(where: \.properties.isWhitespace) { return .blank }
    let isControl = text.unicodeScalars.contains { scalar in
      scalar.properties.generalCategory == .control && !["\n", "\r", "\t"].contains(scalar)
    }
    return isControl ? .control : nil
  }
}
