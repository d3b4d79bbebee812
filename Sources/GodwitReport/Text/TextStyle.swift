/// How text for people is drawn: whether with colour, and how wide.
public struct TextStyle: Sendable, Hashable {
  /// Whether colours are used; only ever on a terminal.
  public var isColored: Bool
  /// The columns of the terminal; `nil` where there is none.
  public var width: Int?

  /// Makes a style; without arguments the one for files and pipes.
  public init(isColored: Bool = false, width: Int? = nil) {
    self.isColored = isColored
    self.width = width
  }

  /// The columns that text is wrapped to: at most 100, at least 40.
  var columns: Int { min(max(width ?? 100, 40), 100) }

  /// The colours that reports use.
  enum Color: String {
    case green = "32"
    case yellow = "33"
    case red = "31"
    case bold = "1"
    case faint = "2"
  }

  /// Text in a colour, or as it is where there are none.
  func paint(_ text: String, _ color: Color?) -> String {
    guard isColored, let color, !text.isEmpty else { return text }
    return "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m"
  }
}
