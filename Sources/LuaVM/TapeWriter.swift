internal import CLuaShim

/// Writes values to a session's input tape.
///
/// Only one writer of a session may be in use, and only until the next call with the session.
@unsafe struct TapeWriter {
  private let state: OpaquePointer
  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  private(set) var count = 0
  private var nodes = 0
  private var depth = 0
  private var deepest = 0
  private var programBytes = 0
  private var isExhausted = false

  init(state: OpaquePointer) {
    unsafe self.state = state
    unsafe base = UnsafeMutableRawPointer(shim_input(state, 256))
    unsafe capacity = base == nil ? 0 : 256
  }

  /// Why the tape cannot be given to the shim, if it cannot.
  @inline(__always)
  func problem(in limits: LuaLimits) -> String? {
    let isSound =
      unsafe !isExhausted && deepest <= limits.valueDepth && nodes <= limits.valueNodes
      && count - programBytes <= limits.valueBytes
    return isSound ? nil : unsafe firstProblem(in: limits)
  }

  private func firstProblem(in limits: LuaLimits) -> String {
    if unsafe isExhausted {
      "not enough memory for a value"
    } else if unsafe deepest > limits.valueDepth {
      "a value from the host is nested more than \(limits.valueDepth) deep"
    } else if unsafe nodes > limits.valueNodes {
      "a value from the host has more than \(limits.valueNodes) parts"
    } else {
      "a value from the host has more than \(limits.valueBytes) bytes"
    }
  }

  /// Goes back to the start.
  mutating func reset() {
    unsafe count = 0
    unsafe nodes = 0
    unsafe deepest = 0
    unsafe programBytes = 0
  }

  @inline(__always)
  private mutating func room(_ size: Int) -> UnsafeMutableRawPointer? {
    if unsafe count + size > capacity { unsafe grow(by: size) }
    guard let base = unsafe base else { return nil }
    defer { unsafe count += size }
    return unsafe base + count
  }

  @inline(never)
  private mutating func grow(by size: Int) {
    let wanted = unsafe max(count + size, capacity * 2, 256)
    unsafe base = isExhausted ? nil : UnsafeMutableRawPointer(shim_input(state, wanted))
    unsafe isExhausted = base == nil
    unsafe capacity = wanted
  }

  private mutating func append(tag: Int) {
    unsafe room(1)?.storeBytes(of: UInt8(truncatingIfNeeded: tag), as: UInt8.self)
  }

  private mutating func append<Word: BitwiseCopyable>(tag: Int, word: Word) {
    guard let place = unsafe room(9) else { return }
    unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: tag), as: UInt8.self)
    unsafe (place + 1).storeBytes(of: word, as: Word.self)
  }

  mutating func append(count: Int) {
    unsafe room(4)?.storeBytes(of: UInt32(clamping: count), as: UInt32.self)
  }

  private mutating func append(text: UnsafeRawBufferPointer) {
    unsafe append(count: text.count)
    guard let start = text.baseAddress else { return }
    unsafe room(text.count)?.copyMemory(from: start, byteCount: text.count)
  }

  mutating func append(text: String) {
    var text = text
    text.withUTF8 { unsafe append(text: UnsafeRawBufferPointer($0)) }
  }

  mutating func append(string: String) {
    unsafe append(tag: Int(SHIM_TAG_STRING))
    unsafe append(text: string)
  }

  mutating func append(_ value: LuaValue) {
    unsafe nodes += 1
    switch value {
    case .nil, .function: unsafe append(tag: Int(SHIM_TAG_NIL))
    case .boolean(false): unsafe append(tag: Int(SHIM_TAG_FALSE))
    case .boolean(true): unsafe append(tag: Int(SHIM_TAG_TRUE))
    case .integer(let integer): unsafe append(tag: Int(SHIM_TAG_INTEGER), word: integer)
    case .number(let number): unsafe append(tag: Int(SHIM_TAG_NUMBER), word: number)
    case .string(let text): unsafe append(string: text)
    case .bytes(let bytes):
      unsafe append(tag: Int(SHIM_TAG_STRING))
      unsafe bytes.withUnsafeBytes { unsafe append(text: $0) }
    case .null: unsafe append(tag: Int(SHIM_TAG_NULL))
    case .table(let table): unsafe append(table)
    case .opaque(let opaque): unsafe append(opaque)
    case .program(let program): unsafe append(program)
    }
  }

  private mutating func append(_ table: LuaTable) {
    unsafe descend()
    unsafe append(tag: Int(SHIM_TAG_TABLE))
    unsafe append(count: table.array.count)
    unsafe append(count: table.fields.count)
    unsafe append(tag: table.isMarkedArray ? 1 : 0)
    for value in table.array { unsafe append(value) }
    for field in table.fields {
      unsafe append(field.key)
      unsafe append(field.value)
    }
    unsafe depth -= 1
  }

  /// The length stands before the rest, so that the shim can keep an opaque value as it came.
  private mutating func append(_ opaque: LuaOpaque) {
    unsafe descend()
    unsafe append(tag: Int(SHIM_TAG_OPAQUE))
    let place = unsafe count
    unsafe append(count: 0)
    unsafe append(text: opaque.kind)
    unsafe append(text: opaque.payload)
    unsafe append(text: opaque.display)
    unsafe append(count: opaque.fields.count)
    for (name, value) in opaque.fields.sorted(by: { $0.key < $1.key }) {
      unsafe append(text: name)
      unsafe append(value)
    }
    let length = UInt32(clamping: unsafe count - place - 4)
    if !(unsafe isExhausted) {
      unsafe base?.storeBytes(of: length, toByteOffset: place, as: UInt32.self)
    }
    unsafe depth -= 1
  }

  private mutating func append(_ program: LuaProgram) {
    let start = unsafe count
    unsafe append(tag: Int(SHIM_TAG_PROGRAM))
    unsafe append(text: program.name)
    unsafe program.storage.code.withUnsafeBytes { unsafe append(text: $0) }
    unsafe programBytes += count - start
  }

  private mutating func descend() {
    unsafe depth += 1
    unsafe deepest = max(deepest, depth)
  }
}

extension LuaValue {
  /// Tag and word of a value that is no more than these on a tape.
  var scalar: (tag: UInt8, word: UInt64)? {
    switch self {
    case .nil, .function: (UInt8(SHIM_TAG_NIL), 0)
    case .boolean(let boolean): (UInt8(boolean ? SHIM_TAG_TRUE : SHIM_TAG_FALSE), 0)
    case .integer(let integer): (UInt8(SHIM_TAG_INTEGER), UInt64(bitPattern: integer))
    case .number(let number): (UInt8(SHIM_TAG_NUMBER), number.bitPattern)
    case .null: (UInt8(SHIM_TAG_NULL), 0)
    case .string, .bytes, .table, .opaque, .program: nil
    }
  }
}
