import GodwitCore

/// What the simulator knows of one field of an integration type.
struct FieldRule: Sendable {
  /// What values a field takes.
  enum Kind: Sendable {
    /// Any string within a number of characters.
    case text(ClosedRange<Int>)
    /// A string of exactly 32 hexadecimal digits.
    case hex32
    /// An address with the scheme `http` or `https`.
    case webAddress
    /// A string of at most so many bytes.
    case template(maximumBytes: Int)
    /// `true` or `false`.
    case flag
    /// One of these strings.
    case oneOf([String])
    /// A list of names of roles that begin with a prefix.
    case roles(prefix: String)
    /// An object that is taken as it is.
    case object
  }

  /// How a field is answered.
  enum Exposure: Sendable {
    case clear
    case key
    case url
    case stars
    case never
  }

  let name: String
  let kind: Kind
  var isRequired = false
  /// Whether an explicit `null` will do for a required field.
  var isNullable = false
  var exposure = Exposure.clear
  /// What Atlas stores when a body leaves the field out.
  var standard: JSONValue?
  /// Whether an unset field is answered as `null` instead of being left out.
  var isShownUnset = false
  /// Whether a replacing PUT keeps the stored value when its body leaves the field out.
  var isKept = false

  init(
    _ name: String,
    _ kind: Kind = .text(0...4096),
    isRequired: Bool = false,
    isNullable: Bool = false,
    exposure: Exposure = .clear,
    standard: JSONValue? = nil,
    isShownUnset: Bool = false,
    isKept: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.isNullable = isNullable
    self.exposure = exposure
    self.standard = standard
    self.isShownUnset = isShownUnset
    self.isKept = isKept
  }

  /// A value of this field as API v2 answers it; `nil` for what is never answered.
  func shown(_ value: JSONValue) -> JSONValue? {
    if exposure == .never { return nil }
    guard case .string(let text) = value else { return value }
    return switch exposure {
    case .clear: value
    case .key: .string(Masking.key(text))
    case .url: .string(Masking.url(text))
    case .stars: .string(Masking.stars(text))
    case .never: nil
    }
  }

  /// Whether a value that was sent is one of Atlas' own masks of this field.
  func isMask(_ value: JSONValue) -> Bool {
    guard case .string(let text) = value else { return false }
    return switch exposure {
    case .clear: false
    case .key, .stars, .never: Masking.looksLikeMaskedKey(text)
    case .url: Masking.looksLikeMaskedURL(text)
    }
  }
}
