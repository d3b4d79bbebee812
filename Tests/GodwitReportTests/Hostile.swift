/// Texts that somebody could put into a project's name, a reason or a value.
enum Hostile {
  static let texts: [String] = [
    "\u{1b}[2J\u{1b}[31mred",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31m C1 \u{90}",
    "safe\u{202e}gpj.exe",
    "\u{2066}isolate\u{2069}\u{200f}\u{61c}",
    "two\nlines\r\nand\ttabs\u{b}\u{c}\u{85}\u{2028}\u{2029}",
    "nul\0and\u{7f}del",
    "\u{301}\u{338}marks first",
    "e" + String(repeating: "\u{301}", count: 5000),
    String(repeating: "long ", count: 2000),
    String(repeating: "界", count: 3000),
    "\u{e0041}\u{feff}\u{200b}\u{ad}\u{e000}\u{3164}invisible",
    "=1+2\";=cmd|' /C calc'!A0",
    "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u{ff1d}1",
    "a\\|b`c`*d*_e_[f](javascript:alert(1))<script>alert(1)</script>&amp;",
    "</details><img src=x onerror=alert(1)>| cell | ---",
    "# heading", "- item", "1. item", "> quote", "www.example.com https://example.com @team #12",
    "\"quoted\", 'single', \\back\\", "", " ", "<secret apiKey>", "****9abc",
  ]

  /// Scalars that may never be in anything that is printed, line ends and Godwit's own colours
  /// excepted.
  static func unsafeScalars(in text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x0A: false
      case 0..<0x20, 0x7F..<0xA0: true
      case 0x61C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F: true
      case 0xFEFF, 0xE000...0xF8FF, 0xE0000...0xE007F: true
      default: false
      }
    }
  }
}
