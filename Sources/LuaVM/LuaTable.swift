/// The raw contents of a Lua table; metamethods played no part in reading them.
///
/// Tables that come from Lua have their fields in a fixed order: numbers ascending, strings by
/// their bytes, `false`, `true`, then opaque values. Two tables are equal if the order is, too.
public struct LuaTable: Sendable, Hashable {
  /// One key and its value, outside the array part.
  public struct Field: Sendable, Hashable {
    /// The key: a number, a string, a Boolean or an opaque value.
    public var key: LuaValue
    /// The value; never `nil` in tables that come from Lua.
    public var value: LuaValue

    /// Makes a field.
    public init(key: LuaValue, value: LuaValue) {
      self.key = key
      self.value = value
    }
  }

  /// The values at 1, 2, …, up to the first that is absent.
  public var array: [LuaValue]
  /// All other fields.
  public var fields: [Field]
  /// Whether the table is known to be an array even when it is empty.
  ///
  /// The mark is set by the host's `markarray` (`json.array` for scripts) and crosses both ways.
  public var isMarkedArray: Bool

  /// Makes an empty table.
  public init() {
    self.init(array: [])
  }

  /// Makes a table of its parts.
  public init(array: [LuaValue] = [], fields: [Field] = [], isMarkedArray: Bool = false) {
    self.array = array
    self.fields = fields
    self.isMarkedArray = isMarkedArray
  }

  /// Makes a table of named fields, in the order given.
  public init(record: KeyValuePairs<String, LuaValue>) {
    self.init(fields: record.map { Field(key: .string($0.key), value: $0.value) })
  }

  /// The value of the field with a name, or `nil` if there is none.
  ///
  /// Looks at each field in turn; meant for tables of some dozen fields.
  public subscript(name: String) -> LuaValue? {
    for field in fields {
      if case .string(let key) = field.key, key == name { return field.value }
    }
    return nil
  }
}

extension LuaTable: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// Makes a marked array.
  public init(arrayLiteral elements: LuaValue...) {
    self.init(array: elements, isMarkedArray: true)
  }

  /// Makes a table of named fields, in the order given.
  public init(dictionaryLiteral elements: (String, LuaValue)...) {
    self.init(fields: elements.map { Field(key: .string($0.0), value: $0.1) })
  }
}
