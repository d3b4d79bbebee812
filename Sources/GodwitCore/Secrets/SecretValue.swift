internal import Crypto

/// The value of a secret, in memory only.
///
/// It has no description, no reflection and no encoding, so that no log, report or crash message
/// can show it by accident; ``withBytes(_:)`` is the one way in. The memory of libraries that it
/// passes through is not erased.
public struct SecretValue: Sendable {
  private let bytes: [UInt8]

  /// Keeps `bytes` as a secret.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Keeps the UTF-8 bytes of a text as a secret.
  public init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Lends the bytes for the time of a call.
  public func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
    try body(bytes)
  }

  /// Whether there is nothing in it.
  public var isEmpty: Bool { bytes.isEmpty }

  /// What may be kept and shown of the secret.
  public var fingerprint: SecretFingerprint {
    let text = String(decoding: bytes, as: UTF8.self)
    let length = text.count
    var fingerprint = SecretFingerprint(
      head: SecretFingerprint.head(of: text),
      tail: length > 4 ? String(text.suffix(4)) : "",
      length: length
    )
    fingerprint.content = SecretContent(text)
    return fingerprint
  }

  /// A hash that tells whether another value is the same, without the value.
  ///
  /// It detects a swap; it does not hide a guessable secret from somebody who has the key.
  ///
  /// - Parameter key: the key of the run file, 32 random bytes.
  /// - Returns: HMAC-SHA256 in hexadecimal digits.
  public func keyedHash(key: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key))
    return code.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always the same words.
  public var description: String { "<secret>" }

  /// Always the same words.
  public var debugDescription: String { "<secret>" }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What may be kept and shown of a secret: the end and the length, as Atlas shows them too.
public struct SecretFingerprint: Sendable, Hashable {
  /// Scheme and host if the secret is a web address, for example `"https://example.com/"`; else
  /// empty.
  public let head: String
  /// The last four characters; empty for secrets of four characters or fewer.
  public let tail: String
  /// The number of characters.
  public let length: Int
  /// How it is written; `nil` if the value is not at hand.
  ///
  /// It is neither kept nor compared.
  public internal(set) var content: SecretContent?

  /// What people are shown of the tail: what does not give the secret away.
  public var shownTail: String { Self.shown(tail, ofLength: length) }

  /// What people are shown of a tail: all of it from twelve characters on, else as many of its
  /// characters as a quarter of the secret has.
  static func shown(_ tail: String, ofLength length: Int) -> String {
    length >= 12 ? tail : String(tail.suffix(max(0, length) / 4))
  }

  /// Compares what is kept.
  public static func == (left: SecretFingerprint, right: SecretFingerprint) -> Bool {
    left.head == right.head && left.tail == right.tail && left.length == right.length
  }

  /// Hashes what is kept.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(head)
    hasher.combine(tail)
    hasher.combine(length)
  }

  /// Makes a fingerprint from its parts.
  public init(head: String, tail: String, length: Int) {
    self.head = head
    self.tail = tail
    self.length = length
  }

  /// What may be shown of a URL: scheme and host of a web address, with a slash behind them.
  ///
  /// User name and password in front of a host are secret, and so may be what follows it; other
  /// schemes are not told from a secret that happens to have `://` in it.
  static func head(of text: String) -> String {
    let origin = origin(of: text)
    guard let colon = origin.firstRange(of: "://"),
      ["http", "https"].contains(origin[..<colon.lowerBound].lowercased())
    else { return "" }
    let host = origin[colon.upperBound...].split(
      separator: "@",
      omittingEmptySubsequences: false
    ).last
    guard let host, !host.isEmpty else { return "" }
    // An `@` behind the host could also be that of a password with such characters in it.
    let isClear = !text[origin.endIndex...].prefix { $0 != "/" }.contains("@")
    return isClear ? "\(origin[..<colon.upperBound])\(host)/" : ""
  }

  /// The beginning of a URL, up to where its path begins; empty for other texts.
  static func origin(of text: String) -> Substring {
    guard let colon = text.firstRange(of: "://"),
      !text[..<colon.lowerBound].isEmpty,
      text[..<colon.lowerBound].allSatisfy({ $0.isASCII && $0.isLetter })
    else { return text.prefix(0) }
    let host = text[colon.upperBound...].prefix { !"/?#\\*".contains($0) }
    return text[..<host.endIndex]
  }
}

/// The name of a secret input, in the place where its value will be sent.
public struct SecretReference: Sendable, Hashable, CustomStringConvertible {
  /// The parameter's name, for example `"apiKey"`.
  public let name: String

  /// Refers to the secret of that name.
  public init(name: String) {
    self.name = name
  }

  /// How a person is shown it, for example `<secret apiKey>`.
  public var description: String { "<secret \(name)>" }
}
