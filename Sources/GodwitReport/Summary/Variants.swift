import GodwitCore

/// Counts how many different values stand in one place over many projects, up to a limit.
struct Variants: Sendable {
  private static let limit = 1000
  private var values: Set<JSONValue> = []

  /// Takes the value of one more project.
  mutating func add(_ value: JSONValue) {
    if values.count <= Self.limit { values.insert(value) }
  }

  /// How many differ, as words: `nil` if all are alike.
  var phrase: String? {
    switch values.count {
    case ...1: nil
    case Self.limit + 1: "more than \(Self.limit) different"
    default: "\(values.count) different"
    }
  }
}

extension JSONValue {
  /// Whether there is a masked value in it, at any depth.
  var holdsMask: Bool {
    switch self {
    case .masked: true
    case .array(let elements): elements.contains { $0.holdsMask }
    case .object(let object): object.contains { $0.value.holdsMask }
    default: false
    }
  }
}
