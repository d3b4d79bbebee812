internal import GodwitCore

/// Finds the line of a `return skip(…)` or `return hold(…)`.
///
/// Such a return is a tail call: by the time that the host asks where the script is, the frame that
/// made the call is gone. So the text is searched, and a line is named if only one fits best.
struct VerdictLines {
  private struct Line {
    var kind: String
    /// The literal pieces of the reason, in order, with what is put in between left out.
    var pieces: [String] = []
    /// Whether the reason begins with the first piece, and ends with the last.
    var isAnchored = (start: false, end: false)
    var position: ScriptPosition

    /// How many characters of a reason the pieces explain; `nil` if they do not fit.
    func fit(_ reason: String) -> Int? {
      var rest = reason[...]
      if isAnchored.start, let first = pieces.first {
        guard rest.hasPrefix(first) else { return nil }
      }
      if isAnchored.end, let last = pieces.last {
        guard rest.hasSuffix(last) else { return nil }
      }
      for piece in pieces {
        guard let range = rest.firstRange(of: piece) else { return nil }
        rest = rest[range.upperBound...]
      }
      return pieces.reduce(0) { $0 + $1.count }
    }
  }

  private var lines: [Line] = []

  init(_ source: ScriptSource) {
    read(source.text, path: source.path)
    for module in source.modules.values { read(module.text, path: module.path) }
  }

  /// The line that returned a verdict; `nil` if none or several could have.
  func position(of kind: String, reason: String) -> ScriptPosition? {
    let fits = lines.compactMap { line in
      line.kind == kind ? line.fit(reason).map { (line.position, $0) } : nil
    }
    let best = fits.map(\.1).max()
    let nearest = fits.filter { $0.1 == best }
    return nearest.count == 1 ? nearest.first?.0 : nil
  }

  private mutating func read(_ text: [UInt8], path: String) {
    var last: LuaTokens.Token?
    var open: Line?
    var depth = 0
    for token in LuaTokens(text) {
      if let line = open {
        open = advance(line, over: token, after: last, depth: &depth)
      } else if case .word(let word) = token.kind, word == "skip" || word == "hold",
        last?.kind == .word("return")
      {
        let position = ScriptPosition(file: path, line: token.line)
        open = Line(kind: word, position: position)
        depth = 0
      }
      last = token
    }
  }

  /// Takes one more token of an argument; at its end the line is noted and `nil` returned.
  private mutating func advance(
    _ line: Line,
    over token: LuaTokens.Token,
    after last: LuaTokens.Token?,
    depth: inout Int
  ) -> Line? {
    var line = line
    switch token.kind {
    case .symbol("("), .symbol("{"), .symbol("["): depth += 1
    case .symbol(")"), .symbol("}"), .symbol("]"):
      depth -= 1
      if depth == 0 {
        if case .string(let literal)? = last?.kind {
          line.isAnchored.end = literal == line.pieces.last
        }
        lines.append(line)
        return nil
      }
    case .string(let literal) where depth <= 1:
      // An escape or a format leaves open what stands in its place.
      let parts = literal.split(separator: "%", omittingEmptySubsequences: false)
      let isPlain = parts.count == 1 && !literal.contains("\\")
      if depth == 1, isPlain, last?.kind == .symbol("("), line.pieces.isEmpty {
        line.isAnchored.start = true
      }
      if isPlain {
        line.pieces.append(literal)
      } else if let first = parts.first?.prefix(while: { $0 != "\\" }) {
        line.pieces.append(String(first))
      }
      if depth == 0 {  // skip "reason", without brackets
        lines.append(line)
        return nil
      }
    default:
      if depth == 0 { return nil }
    }
    return line
  }
}
