internal import GodwitCore

/// Finds the lines on which the keys of the returned table are written, for messages.
///
/// A compiled chunk does not tell where a key of a table came from, so the text is read again, as
/// far as tables and the functions in them go. What is put together elsewhere is not found where it
/// stands, and the nearest thing that is found is named instead.
struct KeyLines {
  private struct Key {
    var path: [String]
    var line: Int
    var isReturned: Bool
  }

  private let path: String
  private var keys: [Key] = []
  private var lastLine = 1
  private var returnLine: Int?

  init(_ source: ScriptSource) {
    path = source.path
    read(LuaTokens(source.text))
  }

  /// The line of the statement that returns, else the last line.
  var end: ScriptPosition { ScriptPosition(file: path, line: returnLine ?? lastLine) }

  /// The line on which a key is written.
  ///
  /// - Parameter keys: the keys from the returned table inwards, for example `may`, `update`.
  /// - Returns: the line of the key, or of what it is most likely in.
  func position(of keys: String...) -> ScriptPosition {
    ScriptPosition(file: path, line: line(of: keys[...]) ?? end.line)
  }

  private func line(of wanted: ArraySlice<String>) -> Int? {
    guard !wanted.isEmpty else { return nil }
    let same = keys.filter { $0.path.elementsEqual(wanted) }
    // The whole table may have been in a variable, which then stands in front of its keys.
    let inVariable = keys.filter { !$0.isReturned && $0.path.dropFirst().elementsEqual(wanted) }
    let found = same.last { $0.isReturned } ?? same.last ?? inVariable.last
    return found?.line ?? line(of: wanted.dropLast())
  }

  // MARK: - Reading

  private enum Frame {
    case table(key: String?, isReturned: Bool)
    case block
  }

  private mutating func read(_ tokens: LuaTokens) {
    var frames: [Frame] = []
    // The last key, and the tokens before the current one.
    var pending: String?
    var recent: [LuaTokens.Token] = []
    for token in tokens {
      lastLine = token.line
      switch token.kind {
      case .symbol("{"):
        let isReturned = recent.last?.kind == .word("return") && frames.isEmpty
        let isValue = recent.last?.kind == .symbol("=")
        frames.append(.table(key: isValue ? pending : nil, isReturned: isReturned))
      case .symbol("}"):
        if case .table? = frames.last { frames.removeLast() }
      case .symbol("="):
        pending = Self.key(before: recent)
        if let pending { note(pending, in: frames, line: recent.last?.line ?? token.line) }
      case .word("return") where frames.isEmpty: returnLine = token.line
      case .word("function"), .word("if"), .word("do"), .word("repeat"): frames.append(.block)
      case .word("end"), .word("until"):
        if case .block? = frames.last { frames.removeLast() }
      default: break
      }
      recent = Array(recent.suffix(1)) + [token]
    }
  }

  /// The name in `name =` or `["name"] =`.
  private static func key(before tokens: [LuaTokens.Token]) -> String? {
    switch (tokens.first?.kind, tokens.last?.kind) {
    case (_, .word(let name)?): name
    case (.string(let name)?, .symbol("]")?): name
    default: nil
    }
  }

  private mutating func note(_ key: String, in frames: [Frame], line: Int) {
    var path: [String] = []
    var isReturned = false
    for frame in frames.reversed() {
      guard case .table(let outer, let isRoot) = frame else { break }
      isReturned = isRoot
      if let outer { path.insert(outer, at: 0) }
    }
    guard case .table? = frames.last else { return }
    keys.append(Key(path: path + [key], line: line, isReturned: isReturned))
  }
}
