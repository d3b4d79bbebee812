internal import GodwitCore
internal import LuaVM

/// A value that cannot cross between a script and Atlas, and where in it the trouble is.
struct ValueRefusal: Error {
  /// The path to the offending part, for example `.tags[2]`; empty for the value itself.
  var path: String
  /// What is wrong with it, for example `a function has no JSON form`.
  var reason: String

  /// Path and reason, for a message that begins with the value's name.
  func message(about name: String) -> String {
    "\(name)\(path): \(reason)"
  }
}

/// The kinds of opaque values that scripts hold.
enum OpaqueKind {
  static let secret = "secret"
  static let masked = "masked"
  static let pending = "pending"
  static let atlasError = "atlas-error"
}

extension JSONValue {
  /// The JSON form of what a script passed.
  ///
  /// - Throws: ``ValueRefusal`` for functions, NaN and the infinities, text that is not UTF-8,
  ///   keys that are not text, and tables that are an array and an object at once.
  init(_ value: LuaValue, path: String = "") throws(ValueRefusal) {
    switch value {
    case .nil, .null: self = .null
    case .boolean(let value): self = .bool(value)
    case .integer(let value): self = .number(JSONNumber(value))
    case .number(let value):
      guard let number = JSONNumber(value) else {
        throw ValueRefusal(path: path, reason: "\(LuaValue.number(value).shown) has no JSON form")
      }
      self = .number(number)
    case .string(let value): self = .string(value)
    case .bytes: throw ValueRefusal(path: path, reason: "the text is not valid UTF-8")
    case .function, .program: throw ValueRefusal(path: path, reason: "a function has no JSON form")
    case .opaque(let opaque): self = try Self.opaque(opaque, path: path)
    case .table(let table): self = try Self.table(table, path: path)
    }
  }

  private static func opaque(_ opaque: LuaOpaque, path: String) throws(ValueRefusal) -> JSONValue {
    switch opaque.kind {
    case OpaqueKind.secret: return .secret(SecretReference(name: opaque.payload))
    case OpaqueKind.masked: return .masked(MaskedValue(payload: opaque.payload))
    case OpaqueKind.pending:
      return .pending(PendingValue(operation: Int(opaque.payload) ?? 0))
    default:
      throw ValueRefusal(path: path, reason: "a value of kind \(opaque.kind) has no JSON form")
    }
  }

  private static func table(_ table: LuaTable, path: String) throws(ValueRefusal) -> JSONValue {
    if table.isMarkedArray || (!table.array.isEmpty && table.fields.isEmpty) {
      guard table.fields.isEmpty else { throw mixture(table, path: path) }
      var elements: [JSONValue] = []
      for (index, element) in table.array.enumerated() {
        elements.append(try JSONValue(element, path: "\(path)[\(index + 1)]"))
      }
      return .array(elements)
    }
    guard table.array.isEmpty else { throw mixture(table, path: path) }
    var members: [JSONObject.Element] = []
    for field in table.fields {
      guard case .string(let key) = field.key else { throw mixture(table, path: path) }
      members.append((key, try JSONValue(field.value, path: "\(path).\(key)")))
    }
    return .object(JSONObject(members))
  }

  /// Why a table is neither an array nor an object.
  private static func mixture(_ table: LuaTable, path: String) -> ValueRefusal {
    let other = table.fields.first { $0.key.text == nil }?.key
    let reason =
      switch other {
      case .integer(let index)? where index > 0:
        "the array has a hole before [\(index)]; json.null can stand in one"
      case let key?: "the key [\(key.shown)] is not text"
      case nil: "a table is an array or has named fields, not both"
      }
    return ValueRefusal(path: path, reason: reason)
  }
}

extension LuaValue {
  /// A scalar in words, for messages and logs; text that is not UTF-8 is mended.
  var shown: String {
    switch self {
    case .string(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let value): String(value)
    case .number(let value): value.isNaN ? "NaN" : String(value)
    case .boolean(let value): String(value)
    case .opaque(let opaque): opaque.display
    default: typeName
    }
  }
}

extension LuaValue {
  /// What a script sees of a JSON value: masked values and secrets as opaque values.
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .boolean(value)
    case .number(let value):
      self = value.int64Value.map(LuaValue.integer) ?? .number(value.doubleValue)
    case .string(let value): self = .string(value)
    case .array(let elements):
      self = .table(LuaTable(array: elements.map { LuaValue($0) }, isMarkedArray: true))
    case .object(let object): self = .table(LuaTable(object))
    case .masked(let masked): self = .opaque(LuaOpaque(masked))
    case .secret(let reference): self = .opaque(LuaOpaque(reference))
    case .pending(let value): self = .opaque(LuaOpaque(value))
    }
  }
}

extension LuaTable {
  /// The members of an object as fields.
  init(_ object: JSONObject) {
    self.init(fields: object.map { Field(key: .string($0.key), value: LuaValue($0.value)) })
  }
}

extension LuaOpaque {
  /// A secret as a script sees it: a name without a value.
  init(_ reference: SecretReference) {
    self.init(
      kind: OpaqueKind.secret,
      payload: reference.name,
      display: reference.description
    )
  }

  /// A value that only applying will have, as a script sees it.
  init(_ pending: PendingValue) {
    self.init(
      kind: OpaqueKind.pending,
      payload: String(pending.operation),
      display: pending.description
    )
  }

  /// A masked value as a script sees it.
  init(_ masked: MaskedValue) {
    self.init(
      kind: OpaqueKind.masked,
      payload: masked.payload,
      display: masked.description,
      fields: ["tail": .string(masked.tail)]
    )
  }
}

extension MaskedValue {
  /// All parts in one text, by which two masked values are compared.
  var payload: String {
    "\(length.map(String.init) ?? "")\u{0}\(head)\u{0}\(tail)"
  }

  /// Takes ``payload`` apart.
  init(payload: String) {
    let parts = payload.split(
      separator: "\u{0}",
      maxSplits: 2,
      omittingEmptySubsequences: false
    )
    self.init(
      head: parts.count > 1 ? String(parts[1]) : "",
      tail: parts.count > 2 ? String(parts[2]) : "",
      length: parts.first.flatMap { Int($0) }
    )
  }
}
