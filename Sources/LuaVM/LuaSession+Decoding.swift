internal import CLuaShim

// What the shim wrote, as values of Swift. Each of these is to be called once after a call of the
// shim came back in the way named, and before the next.
extension LuaSession {
  /// The request that the last call came back with.
  @unsafe @inline(__always)
  func request() -> LuaRequest {
    var reader = unsafe TapeReader(shim_output(state))
    let position = unsafe position(from: &reader)
    let name = unsafe name(from: &reader)
    return unsafe LuaRequest(name: name, arguments: reader.arguments(), position: position)
  }

  /// The error that the last call came back with.
  @unsafe
  func failure() -> LuaError {
    var reader = unsafe TapeReader(shim_output(state))
    let reason = Int(unsafe reader.byte())
    let message = unsafe reader.text()
    let position = unsafe position(from: &reader)
    let value = unsafe reader.value()
    let depth = unsafe reader.count()
    let frames = (0..<depth).compactMap { _ -> LuaError.Frame? in
      let place = unsafe self.position(from: &reader)
      let function = unsafe reader.text()
      return place.map {
        LuaError.Frame(position: $0, function: function.isEmpty ? nil : function)
      }
    }
    return LuaError(
      kind: limits.kind(reason: reason),
      message: message,
      position: position,
      value: value == .nil ? nil : value,
      traceback: frames
    )
  }

  private func name(from reader: inout TapeReader) -> String {
    let number = unsafe reader.count()
    guard number < SHIM_NAMES_MAX else { return unsafe reader.text() }
    if let name = unsafe names[number] { return name }
    let view = unsafe shim_request_name(state, UInt32(number))
    let bytes = unsafe UnsafeBufferPointer(start: view.bytes, count: view.count)
    let name = unsafe String(decoding: bytes, as: UTF8.self)
    unsafe names[number] = name
    return name
  }

  func position(from reader: inout TapeReader) -> LuaPosition? {
    let chunk = unsafe reader.count()
    let line = unsafe reader.count()
    guard line > 0 else { return nil }
    while unsafe chunks.count <= chunk {
      guard let name = unsafe shim_chunk_name(state, UInt32(chunks.count)) else { return nil }
      unsafe chunks.append(String(cString: name))
    }
    return LuaPosition(file: unsafe chunks[chunk], line: line)
  }
}
