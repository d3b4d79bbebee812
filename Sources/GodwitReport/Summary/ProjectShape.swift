public import GodwitCore

/// What a plan does, without whom it is done to: projects with equal shapes change alike.
///
/// Part of it are the operations in order, with verb, type, grade, lost secrets and changed fields;
/// of a field the values before and after. Not part of it are the tails of secrets that Atlas shows
/// before, since they differ from project to project, nor the lines of the script. A secret that is
/// to be sent counts by the name of its input. Two shapes are equal if these texts are.
public struct ProjectShape: Sendable, Hashable {
  /// All that the shape is made of, as canonical JSON.
  let canonical: String

  /// The shape of operations in their order.
  public init(operations: [Operation]) {
    canonical = JSONValue.array(operations.map(Self.form)).encodedString()
  }

  /// The shape of a project's plan.
  public init(_ plan: ProjectPlan) {
    self.init(operations: plan.operations)
  }

  /// A short name for the shape, 16 hexadecimal digits, the same in every process and version.
  ///
  /// FNV-1a, 64 bits: good for naming and choosing, not for proving that two shapes are equal;
  /// `==` compares the whole.
  public var digest: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in canonical.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func form(_ operation: Operation) -> JSONValue {
    let changes = operation.changes.map { change -> JSONValue in
      [
        .string(change.field),
        change.before.map { [StoredJSON.plain(erasingMasks($0))] } ?? .null,
        after(change, in: operation).map { [StoredJSON.plain($0)] } ?? .null,
        .bool(change.isUnknowable),
      ]
    }
    return [
      .string(operation.verb.rawValue),
      .string(operation.target.description),
      .string(operation.grade.rawValue),
      .array(operation.lostSecrets.map { .string($0) }),
      .array(changes),
    ]
  }

  private static func after(_ change: FieldChange, in operation: Operation) -> JSONValue? {
    if case .secret? = operation.body?[change.field] { return operation.body?[change.field] }
    return change.after
  }

  private static func erasingMasks(_ value: JSONValue) -> JSONValue {
    switch value {
    case .masked: .masked(MaskedValue(tail: "", length: nil))
    case .array(let elements): .array(elements.map(erasingMasks))
    case .object(let object): .object(object.mapValues { _, value in erasingMasks(value) })
    default: value
    }
  }
}
