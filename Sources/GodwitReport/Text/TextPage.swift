/// Lines of a report as they grow, with the few forms of layout that reports use.
struct TextPage {
  /// The column at which asides such as `(move.lua:41)` stand if there is room.
  private static let asideColumn = 42

  /// A word or phrase that is not broken, with its colour.
  struct Piece {
    var text: String
    var color: TextStyle.Color?

    init(_ text: String, _ color: TextStyle.Color?) {
      self.text = text
      self.color = color
    }
  }

  private(set) var lines: [String] = []
  let style: TextStyle

  init(style: TextStyle) {
    self.style = style
  }

  /// The lines, each with its end.
  var text: String { lines.map { $0 + "\n" }.joined() }

  /// Adds one line as it is, less spaces at its end.
  mutating func add(_ line: String) {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    lines.append(String(line))
  }

  /// Begins a section: one empty line above, unless the page is empty.
  mutating func gap() {
    if let last = lines.last, !last.isEmpty { lines.append("") }
  }

  /// Adds a heading, bold on a terminal.
  mutating func heading(_ text: String, _ color: TextStyle.Color? = .bold) {
    gap()
    add(style.paint(text, color))
  }

  /// Adds a line with an aside in parentheses, in the asides' column where the line is short.
  ///
  /// - Parameters:
  ///   - line: the line, perhaps with colours.
  ///   - width: the columns of `line` without colours; `nil` where it has none.
  ///   - aside: what stands in the parentheses; without it the line stands alone.
  mutating func add(_ line: String, width: Int? = nil, aside: String?) {
    guard let aside, !aside.isEmpty else { return add(line) }
    let width = width ?? DisplayWidth.of(line)
    let padding = max(2, Self.asideColumn - width)
    let note = "(\(aside))"
    if width + padding + DisplayWidth.of(note) <= style.columns {
      add(line + String(repeating: " ", count: padding) + style.paint(note, .faint))
    } else if width + 2 + DisplayWidth.of(note) <= style.columns {
      add(line + "  " + style.paint(note, .faint))
    } else {
      add(line)
      let indent = line.prefix { $0 == " " }.count + 4
      add(String(repeating: " ", count: indent) + style.paint(note, .faint))
    }
  }

  /// Adds words, wrapped; the first line begins with `first`, the others with as many spaces.
  mutating func wrap(_ text: String, first: String, _ color: TextStyle.Color? = nil) {
    wrap(
      items: text.split(separator: " ").map(String.init),
      separator: "",
      first: first,
      color
    )
  }

  /// Adds items with a separator between, wrapped between items only.
  mutating func wrap(
    items: [String],
    separator: String,
    first: String,
    _ color: TextStyle.Color? = nil
  ) {
    let pieces = items.enumerated().map { index, item in
      Piece(index == items.count - 1 ? item : item + separator, color)
    }
    wrap(pieces: pieces, first: first)
  }

  /// Adds pieces of various colours with spaces between, wrapped between pieces only.
  mutating func wrap(pieces: [Piece], first: String) {
    let indent = DisplayWidth.of(first)
    var line = first
    var width = indent
    for (index, piece) in pieces.enumerated() {
      let columns = DisplayWidth.of(piece.text)
      if index > 0, width > indent, width + 1 + columns > style.columns {
        add(line)
        line = String(repeating: " ", count: indent)
        width = indent
      }
      if width > indent {
        line += " "
        width += 1
      }
      line += style.paint(piece.text, piece.color)
      width += columns
    }
    add(line)
  }
}
