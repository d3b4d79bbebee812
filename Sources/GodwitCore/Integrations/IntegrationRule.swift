/// What is known of one field of an integration type.
public struct FieldRule: Sendable, Hashable {
  /// What a field may hold.
  public enum Kind: Sendable, Hashable {
    /// Text of any content; the bounds count characters.
    case string(ClosedRange<Int>)
    /// `true` or `false`.
    case boolean
    /// One of some words.
    case enumeration([String])
    /// A whole number within bounds.
    case integer(ClosedRange<Int64>)
    /// A list of texts, whose order does not count.
    case texts
  }

  /// The field's name in Atlas' API.
  public let name: String
  /// What it may hold.
  public let kind: Kind
  /// Whether a body without it is refused.
  public let isRequired: Bool
  /// How Atlas shows it, for a secret field; `nil` for one that is shown in clear.
  public let secret: SecretDisplay?
  /// Whether only Atlas and people set it: it is read, and never part of a body.
  public let isReadOnly: Bool
  /// What Atlas puts in where a body leaves the field out or clears it.
  public let serverDefault: JSONValue?
  /// The form without which Atlas refuses a secret; `nil` where none is known to be demanded.
  public let demands: SecretForm?
  /// The form that a secret mostly has, where it is not known whether Atlas demands it.
  public let usualForm: SecretForm?

  /// Makes the rule of a field.
  public init(
    _ name: String,
    _ kind: Kind = .string(0...65_536),
    isRequired: Bool = false,
    secret: SecretDisplay? = nil,
    isReadOnly: Bool = false,
    serverDefault: JSONValue? = nil,
    demands: SecretForm? = nil,
    usualForm: SecretForm? = nil
  ) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.secret = secret
    self.isReadOnly = isReadOnly
    self.serverDefault = serverDefault
    self.demands = demands
    self.usualForm = usualForm
  }
}

/// What is known of one integration type.
public struct IntegrationRule: Sendable, Hashable {
  /// What Atlas lets the API do with a type, beyond reading and deleting it.
  public enum Writability: Sendable, Hashable {
    /// Create and update.
    case full
    /// Update, without the field named; creating takes a person (OAuth2 consent).
    case updateWithout(field: String)
    /// Neither: the service behind it is gone.
    case deleteOnly
  }

  /// The type.
  public let type: IntegrationType
  /// Its fields, without `id` and `type`.
  public let fields: [FieldRule]
  /// What may be written.
  public let writability: Writability
  /// The generations of the API that know the type.
  public let generations: Set<APIGeneration>

  /// Makes the rule of a type.
  public init(
    _ type: IntegrationType,
    fields: [FieldRule],
    writability: Writability = .full,
    generations: Set<APIGeneration> = Set(APIGeneration.allCases)
  ) {
    self.type = type
    self.fields = fields
    self.writability = writability
    self.generations = generations
  }

  /// The rule of a field, if it is known.
  public func field(_ name: String) -> FieldRule? {
    fields.first { $0.name == name }
  }

  /// The names of the secret fields, those that Atlas never shows included.
  public var secretFields: [FieldRule] {
    fields.filter { $0.secret != nil }
  }
}
