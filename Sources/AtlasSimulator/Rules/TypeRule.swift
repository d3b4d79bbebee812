import GodwitCore

/// What the simulator knows of one integration type.
struct TypeRule: Sendable {
  /// What the API lets a caller do with a type.
  enum Writing: Sendable {
    /// Create, update and delete.
    case free
    /// Created by a person only; an update may change what is not a credential (SLACK).
    case oauth
    /// Listed, read and deleted (HIP_CHAT).
    case discontinued
  }

  let type: String
  let fields: [FieldRule]
  var writing = Writing.free
  /// Fields that API v2 always answers as `null` and ignores as `null` in bodies.
  var nullFields: [String] = []
  /// Whether API v2 knows the type at all.
  var isInV2 = true
  /// Fields that are taken and not kept.
  var unstoredFields: [String] = []
  /// Whether `type` comes last in answers instead of in the order of the alphabet (WEBHOOK).
  var hasTypeLast = false

  func field(_ name: String) -> FieldRule? {
    fields.first { $0.name == name }
  }
}

/// Every type that a world can hold.
enum TypeRules {
  /// The rule of a type, by its name in exactly Atlas' spelling.
  static func rule(for type: String) -> TypeRule? {
    byType[type]?.rule
  }

  /// The place of a type in every list; types are listed in a fixed order, not by age.
  static func place(of type: String) -> Int {
    byType[type]?.place ?? all.count
  }

  private static let byType = Dictionary(
    uniqueKeysWithValues: all.enumerated().map { ($1.type, (rule: $1, place: $0)) }
  )
}
