/// A Lua value on the Swift side: a copy, never a reference into a Lua state.
public enum LuaValue: Sendable, Hashable {
  /// `nil`.
  case `nil`
  /// `true` or `false`.
  case boolean(Bool)
  /// A number of the subtype integer.
  case integer(Int64)
  /// A number of the subtype float; NaN and the infinities cross as they are.
  case number(Double)
  /// A string that is valid UTF-8.
  case string(String)
  /// A string that is not valid UTF-8.
  case bytes([UInt8])
  /// `json.null`: a value of its own, unlike `nil` true in conditions and kept in tables.
  case null
  /// A table, copied whole.
  case table(LuaTable)
  /// A userdata that the host made.
  case opaque(LuaOpaque)
  /// The presence of a function; it cannot be called from Swift, nor given back.
  case function
  /// Swift to Lua only: becomes the loaded chunk, as a function.
  case program(LuaProgram)
}

// Not by a nil literal: `== nil` on an optional value would then mean ``LuaValue/nil``.
extension LuaValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
  /// Makes a ``LuaValue/boolean(_:)``.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// Makes an ``LuaValue/integer(_:)``.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Makes a ``LuaValue/number(_:)``.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a ``LuaValue/string(_:)``.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension LuaValue {
  /// The text of a ``LuaValue/string(_:)``, or `nil`.
  public var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The contents of a ``LuaValue/table(_:)``, or `nil`.
  public var contents: LuaTable? {
    if case .table(let table) = self { table } else { nil }
  }

  /// The name of the value's type, as a person would say it in a message.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string, .bytes: "string"
    case .null: "null"
    case .table: "table"
    case .opaque(let opaque): opaque.kind
    case .function, .program: "function"
    }
  }
}
