/// A JSON value that can also hold what is not plain text: masked values, secrets and pending
/// values.
///
/// `masked` appears in what was read from Atlas, `secret` and `pending` in what is to be sent. None
/// has a plain JSON form: the encoder for requests refuses the first and resolves the second, and the run
/// file keeps them in a tagged form (``StoredJSON``).
public enum JSONValue: Sendable, Hashable {
  /// JSON's `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, with the text it was read from.
  case number(JSONNumber)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object.
  case object(JSONObject)
  /// A secret as Atlas shows it, for example `****9abc`.
  case masked(MaskedValue)
  /// A secret to be filled in when the request is sent.
  case secret(SecretReference)
  /// What an earlier operation's answer will hold, to be filled in when the request is sent.
  case pending(PendingValue)
}

extension JSONValue {
  /// The string, if this is one.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The Boolean, if this is one.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The integer, if this is a number that is one.
  public var int64Value: Int64? {
    if case .number(let value) = self { value.int64Value } else { nil }
  }

  /// The elements, if this is an array.
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, if this is an object.
  public var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The masked value, if this is one.
  public var maskedValue: MaskedValue? {
    if case .masked(let value) = self { value } else { nil }
  }

  /// What kind of value this is, as a person would call it.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    case .masked: "a masked value"
    case .secret: "a secret"
    case .pending: "a pending value"
    }
  }

  /// Whether Atlas treats this value like an absent field: null, `false`, or an empty string, array
  /// or object.
  public var isEmptyLike: Bool {
    switch self {
    case .null, .bool(false): true
    case .string(let value): value.isEmpty
    case .array(let value): value.isEmpty
    case .object(let value): value.isEmpty
    default: false
    }
  }

  /// Whether a masked value or a secret is in it, at any depth.
  public var holdsOpaque: Bool {
    switch self {
    case .masked, .secret: true
    case .array(let elements): elements.contains { $0.holdsOpaque }
    case .object(let object): object.contains { $0.value.holdsOpaque }
    default: false
    }
  }

  /// The names of the secrets that it refers to, at any depth.
  public var secretNames: Set<String> {
    switch self {
    case .secret(let reference): [reference.name]
    case .array(let elements): elements.reduce(into: []) { $0.formUnion($1.secretNames) }
    case .object(let object): object.reduce(into: []) { $0.formUnion($1.value.secretNames) }
    default: []
    }
  }
}

// There is no `nil` literal for `.null`: it would make `condition ? value : nil` a value that is
// present, where an absent one is meant.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(value) }

  /// Makes an integer.
  public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }

  /// Makes a Boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// Makes an array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// Makes an object.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
}
