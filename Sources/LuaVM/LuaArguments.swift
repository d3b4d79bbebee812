/// The arguments of a request, in order.
///
/// A collection of its own and no array: most requests have one argument, which then needs no
/// memory of its own.
public struct LuaArguments: Sendable {
  private let storage: Storage

  private enum Storage: Sendable {
    case none
    case one(LuaValue)
    case some([LuaValue])
  }

  /// Makes them of values.
  /// - Parameter values: The arguments.
  public init(_ values: [LuaValue]) {
    storage = values.count > 1 ? .some(values) : values.first.map { .one($0) } ?? .none
  }

  /// Makes them of one value.
  init(_ value: LuaValue) {
    storage = .one(value)
  }
}

extension LuaArguments: RandomAccessCollection {
  /// 0.
  public var startIndex: Int { 0 }
  /// How many there are.
  public var endIndex: Int {
    switch storage {
    case .none: 0
    case .one: 1
    case .some(let values): values.count
    }
  }

  /// The argument at an index, which must be one of ``startIndex`` up to before ``endIndex``.
  public subscript(index: Int) -> LuaValue {
    switch storage {
    case .one(let value) where index == 0: value
    case .some(let values): values[index]
    case .one, .none: preconditionFailure("there is no argument \(index)")
    }
  }
}

extension LuaArguments: Hashable {
  /// Whether there are the same values in the same order.
  public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }

  /// Hashes the values in order.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for value in self { hasher.combine(value) }
  }
}

extension LuaArguments: ExpressibleByArrayLiteral {
  /// Makes them of the values listed.
  public init(arrayLiteral elements: LuaValue...) {
    self.init(elements)
  }
}
