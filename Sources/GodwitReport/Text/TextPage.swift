/// Lines of a report as they grow, with the few forms of layout that reports use.
struct TextPage {
  /// The column at which asides such as `(move.lua:41)` stand if there is room.
  private static let asideColumn = 42

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
    let indent = String(repeating: " ", count: DisplayWidth.of(first))
    var start = first
    var line = ""
    for (index, item) in items.enumerated() {
      let piece = index == items.count - 1 ? item : item + separator
      let width = DisplayWidth.of(indent) + DisplayWidth.of(line) + 1 + DisplayWidth.of(piece)
      if !line.isEmpty, width > style.columns {
        add(start + style.paint(line, color))
        start = indent
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + piece
    }
    add(start + style.paint(line, color))
  }
}
