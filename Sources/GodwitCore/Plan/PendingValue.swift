/// What only Atlas can give and an operation of the same plan will: the id in its answer.
///
/// It stands where the id will be; applying fills it in before the request is sent.
public struct PendingValue: Sendable, Hashable, CustomStringConvertible {
  /// The number of the operation whose answer has it.
  public var operation: Int

  /// Stands for the id in the answer to an operation.
  public init(operation: Int) {
    self.operation = operation
  }

  /// How a person is shown it, for example `<id from operation 1>`.
  public var description: String { "<id from operation \(operation)>" }
}

extension JSONValue {
  /// The pending values in it, at any depth.
  public var pendingValues: Set<PendingValue> {
    switch self {
    case .pending(let value): [value]
    case .array(let elements): elements.reduce(into: []) { $0.formUnion($1.pendingValues) }
    case .object(let object): object.reduce(into: []) { $0.formUnion($1.value.pendingValues) }
    default: []
    }
  }

  /// The value with each pending value replaced.
  ///
  /// - Parameter value: gives what stands for a pending value.
  /// - Returns: a value with nothing pending in it.
  public func replacingPending(
    _ value: (PendingValue) throws -> JSONValue
  ) rethrows -> JSONValue {
    switch self {
    case .pending(let pending): try value(pending)
    case .array(let elements): .array(try elements.map { try $0.replacingPending(value) })
    case .object(let object):
      .object(
        JSONObject(try object.map { ($0.key, try $0.value.replacingPending(value)) })
      )
    default: self
    }
  }
}
