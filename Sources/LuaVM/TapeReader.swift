internal import CLuaShim

/// Reads values off a tape that the shim wrote.
///
/// The tape is the shim's own and complete, so reads are not checked against its end. It must not
/// be used after the next call with the session.
@unsafe struct TapeReader {
  private var next: UnsafeRawPointer
  private let end: UnsafeRawPointer

  init(_ view: shim_view) {
    // An empty view may have no address; nothing is read of it.
    let start =
      unsafe UnsafeRawPointer(view.bytes) ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
    unsafe next = start
    unsafe end = start + view.count
  }

  var isAtEnd: Bool { unsafe next >= end }

  mutating func byte() -> UInt8 {
    defer { unsafe next += 1 }
    return unsafe next.load(as: UInt8.self)
  }

  mutating func count() -> Int {
    defer { unsafe next += 4 }
    return Int(unsafe next.loadUnaligned(as: UInt32.self))
  }

  private mutating func word<Word: BitwiseCopyable>(_: Word.Type) -> Word {
    defer { unsafe next += 8 }
    return unsafe next.loadUnaligned(as: Word.self)
  }

  // Typed, since only for these has the library a fast way to a string.
  private mutating func bytes() -> UnsafeBufferPointer<UInt8> {
    let count = unsafe count()
    defer { unsafe next += count }
    return unsafe UnsafeBufferPointer(start: next.assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// Text without a tag, mended where it is not UTF-8.
  mutating func text() -> String {
    unsafe String(decoding: bytes(), as: UTF8.self)
  }

  /// A count and as many values.
  mutating func values() -> [LuaValue] {
    unsafe values(count())
  }

  /// A count and as many values.
  mutating func arguments() -> LuaArguments {
    let count = unsafe count()
    return unsafe count == 1 ? LuaArguments(value()) : LuaArguments(values(count))
  }

  private mutating func values(_ count: Int) -> [LuaValue] {
    guard count > 0 else { return [] }
    if count == 1 { return unsafe [value()] }
    var values: [LuaValue] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(unsafe value()) }
    return values
  }

  mutating func value() -> LuaValue {
    switch unsafe Int(byte()) {
    case Int(SHIM_TAG_FALSE): .boolean(false)
    case Int(SHIM_TAG_TRUE): .boolean(true)
    case Int(SHIM_TAG_INTEGER): unsafe .integer(word(Int64.self))
    case Int(SHIM_TAG_NUMBER): unsafe .number(word(Double.self))
    case Int(SHIM_TAG_STRING): unsafe .string(text())
    case Int(SHIM_TAG_BYTES): unsafe .bytes(Array(bytes()))
    case Int(SHIM_TAG_NULL): .null
    case Int(SHIM_TAG_TABLE): unsafe .table(table())
    case Int(SHIM_TAG_OPAQUE): unsafe .opaque(opaque())
    case Int(SHIM_TAG_FUNCTION): .function
    default: .nil
    }
  }

  private mutating func table() -> LuaTable {
    let arrayCount = unsafe count()
    let fieldCount = unsafe count()
    let isMarkedArray = unsafe byte() != 0
    let array = unsafe values(arrayCount)
    var fields: [LuaTable.Field] = []
    fields.reserveCapacity(fieldCount)
    for _ in 0..<fieldCount {
      let key = unsafe value()
      fields.append(LuaTable.Field(key: key, value: unsafe value()))
    }
    return LuaTable(array: array, fields: fields, isMarkedArray: isMarkedArray)
  }

  private mutating func opaque() -> LuaOpaque {
    _ = unsafe count()
    let kind = unsafe text()
    let payload = unsafe text()
    let display = unsafe text()
    let fieldCount = unsafe count()
    var fields: [String: LuaValue] = [:]
    fields.reserveCapacity(fieldCount)
    for _ in 0..<fieldCount {
      let name = unsafe text()
      fields[name] = unsafe value()
    }
    return LuaOpaque(kind: kind, payload: payload, display: display, fields: fields)
  }
}
