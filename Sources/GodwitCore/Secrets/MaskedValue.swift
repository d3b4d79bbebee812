/// A secret as Atlas shows it: a few readable characters and stars.
///
/// A masked value never goes back to Atlas: `****9abc` would replace the real key. That is why it
/// is a type of its own from the decoder to the encoder, which refuses it.
public struct MaskedValue: Sendable, Hashable, CustomStringConvertible {
  /// What stays readable in front, for example `"https://example.com/"`; mostly empty.
  public let head: String
  /// The last characters, for example `"9abc"`; empty where Atlas shows none.
  public let tail: String
  /// How many characters the secret has, where Atlas shows it.
  public let length: Int?

  /// Makes a masked value from its parts.
  public init(head: String = "", tail: String, length: Int?) {
    self.head = head
    self.tail = tail
    self.length = length
  }

  /// How a person is shown it, for example `****9abc`; of a short secret less than Atlas shows.
  public var description: String { "\(head)****\(shownTail)" }

  /// What people are shown of the tail: of a short secret only what does not give it away.
  public var shownTail: String {
    length.map { SecretFingerprint.shown(tail, ofLength: $0) } ?? tail
  }

  /// Compares what is shown of this secret with a secret that is known.
  ///
  /// - Returns: `true` if all that is shown fits, `false` if something does not, and `nil` where
  ///   nothing that tells secrets apart is shown.
  public func matches(_ fingerprint: SecretFingerprint) -> Bool? {
    if let length, length != fingerprint.length { return false }
    if !head.isEmpty, head != fingerprint.head { return false }
    if tail.isEmpty { return nil }
    return tail == fingerprint.tail
  }
}

/// How Atlas shows the value of a secret field.
///
/// Source: answers of the Atlas Administration API v2 as recorded in the Atlas CLI's end-to-end
/// snapshots: keys keep their length with all but the last four characters starred; URLs keep
/// scheme and host, and since May 2026 the last four characters.
public enum SecretDisplay: String, Sendable, Hashable {
  /// As many characters as the secret has, the last four in clear.
  case tail
  /// Scheme and host, `****`, and mostly the last four characters.
  case url
  /// Stars only.
  case stars
  /// Not shown at all: the field is absent from answers.
  case absent
}

extension SecretDisplay {
  /// Turns the text of a secret field, starred or in clear, into a masked value.
  ///
  /// API v1.0 shows some keys in clear; what leaves this function never does.
  ///
  /// - Parameter text: the field's value as Atlas sent it.
  /// - Returns: what may be shown of it.
  public func mask(_ text: String) -> MaskedValue {
    if self == .url { return Self.maskURL(text) }
    let length = text.count
    guard self != .stars, length > 4 else {
      return MaskedValue(tail: "", length: self == .stars ? nil : length)
    }
    let tail = String(text.suffix(4))
    return MaskedValue(
      tail: tail.contains("*") ? "" : tail,
      length: Self.isOfFixedLength(text) ? nil : length
    )
  }

  /// Whether a mask says nothing of the secret's length: six stars and four characters or none.
  ///
  /// Source: the pages of API v1.0 show keys so, whatever their length.
  private static func isOfFixedLength(_ text: String) -> Bool {
    let stars = text.prefix { $0 == "*" }.count
    return stars == 6 && (text.count == 6 || text.count == 10)
  }

  /// What Atlas will show of a secret once it is stored; `nil` where it shows nothing.
  public func preview(of fingerprint: SecretFingerprint) -> MaskedValue? {
    switch self {
    case .tail: MaskedValue(tail: fingerprint.tail, length: fingerprint.length)
    case .url: MaskedValue(head: fingerprint.head, tail: fingerprint.tail, length: nil)
    case .stars: MaskedValue(tail: "", length: nil)
    case .absent: nil
    }
  }

  private static func maskURL(_ text: String) -> MaskedValue {
    let head = SecretFingerprint.head(of: text)
    let rest = path(of: text)
    let tail: Substring
    if let star = rest.lastIndex(of: "*") {
      tail = rest[rest.index(after: star)...]
    } else {
      tail = rest.count > 4 ? rest.suffix(4) : ""
    }
    return MaskedValue(head: head, tail: String(tail.suffix(4)), length: nil)
  }

  /// What follows the host of a URL and the slash behind it; the whole of other texts.
  static func path(of text: String) -> Substring {
    let origin = SecretFingerprint.origin(of: text)
    let rest = text[origin.endIndex...]
    return !origin.isEmpty && rest.first == "/" ? rest.dropFirst() : rest
  }
}

extension MaskedValue {
  /// Whether a text has the look of a mask: stars, at most four characters behind them, and for a
  /// URL scheme and host in front.
  public static func looksMasked(_ text: String) -> Bool {
    let body = SecretDisplay.path(of: text)
    let stars = body.prefix { $0 == "*" }.count
    return stars >= 4 && body.count - stars <= 4
  }
}
