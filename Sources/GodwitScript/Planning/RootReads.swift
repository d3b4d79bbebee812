internal import GodwitCore
internal import LuaVM

/// Reads relative to the API's root, for scripts.
enum RootReads {
  /// Answers `atlas.get` and `atlas.request`.
  ///
  /// - Throws: ``ScriptComplaint`` for a write, ``ScriptReadError`` for what Atlas refuses.
  static func answer(
    _ call: RequestCall,
    _ reads: ScriptReads
  ) async throws -> [LuaValue] {
    guard call.method == "GET" else {
      throw ScriptComplaint(
        "atlas.request may only read",
        advice: "writes belong to a project: project:request{ method = \"\(call.method)\", … }"
      )
    }
    let path = try ScriptPath(call.path, isOfRoot: true)
    return [LuaValue(try await reads.get(nil, path.text, call.texts).get())]
  }
}
