internal import LuaVM

extension LuaError {
  /// Whether what ended a script is an error of Atlas that it did not catch.
  var isAtlasError: Bool {
    if case .opaque(let opaque)? = value { opaque.kind == OpaqueKind.atlasError } else { false }
  }
}

extension LuaOpaque {
  /// An error of Atlas as a script sees it.
  init(_ error: ScriptReadError) {
    var fields: [String: LuaValue] = ["method": .string(error.method), "path": .string(error.path)]
    if let status = error.status { fields["status"] = .integer(Int64(status)) }
    if let code = error.errorCode { fields["errorCode"] = .string(code) }
    if let detail = error.detail { fields["detail"] = .string(detail) }
    if let reason = error.reason { fields["reason"] = .string(reason) }
    self.init(
      kind: OpaqueKind.atlasError,
      payload: error.line,
      display: error.line,
      fields: fields
    )
  }
}
