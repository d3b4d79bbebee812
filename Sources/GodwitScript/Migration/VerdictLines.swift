internal import GodwitCore

/// Finds the line of a `return skip(…)` or `return hold(…)`.
///
/// Such a return is a tail call: by the time that the host asks where the script is, the frame that
/// made the call is gone. So the text is searched, and a line is named if only one fits.
struct VerdictLines {
  private struct Line {
    var kind: String
    /// The literal text with which the reason begins, if it begins with one.
    var literal: String
    var position: ScriptPosition
  }

  private var lines: [Line] = []

  init(_ source: ScriptSource) {
    read(source.text, path: source.path)
    for module in source.modules.values { read(module.text, path: module.path) }
  }

  /// The line that returned a verdict; `nil` if none or several could have.
  func position(of kind: String, reason: String) -> ScriptPosition? {
    let fitting = lines.filter { $0.kind == kind && reason.hasPrefix($0.literal) }
    let longest = fitting.map(\.literal.count).max()
    let nearest = fitting.filter { $0.literal.count == longest }
    return nearest.count == 1 ? nearest.first?.position : nil
  }

  private mutating func read(_ text: [UInt8], path: String) {
    var recent: [LuaTokens.Token] = []
    var open: Line?
    for token in LuaTokens(text) {
      if var line = open, token.kind != .symbol("(") {
        if case .string(let literal) = token.kind {
          line.literal = String(literal.prefix { $0 != "\\" })
        }
        lines.append(line)
        open = nil
      }
      if case .word(let word) = token.kind, word == "skip" || word == "hold",
        recent.last?.kind == .word("return")
      {
        let position = ScriptPosition(file: path, line: token.line)
        open = Line(kind: word, literal: "", position: position)
      }
      recent = [token]
    }
  }
}
