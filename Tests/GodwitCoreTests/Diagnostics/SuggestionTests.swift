import GodwitCore
import Testing

@Suite struct SuggestionTests {
  static let fields = ["apiKey", "region", "sendDatabaseMetrics", "sendQueryStatsMetrics"]

  static let words: [(String, String?)] = [
    ("region", "region"), ("regoin", "region"), ("REGION", "region"), ("regions", "region"),
    ("rgn", nil), ("apikey", "apiKey"), ("api_key", "apiKey"),
    ("sendDatabaseMetric", "sendDatabaseMetrics"),
    ("", nil), ("somethingElse", nil),
  ]

  @Test(arguments: words) func `a slip of the keyboard is understood`(word: String, meant: String?)
  {
    #expect(Suggestion.nearest(to: word, in: Self.fields) == meant)
  }

  @Test func `two neighbours swapped are one slip`() {
    #expect(Suggestion.nearest(to: "ab", in: ["xyba", "ba"]) == "ba")
  }

  @Test(arguments: [
    ("chanel", "channel", true), ("channels", "channel", true), ("chnanel", "channel", true),
    ("chammel", "channel", false), ("Channel", "channel", true), ("channel", "channel", false),
    ("types", "type", true), ("mail", "tail", false), ("id", "to", false), ("", "a", false),
  ])
  func `a word one letter off another is a slip, a short one is not`(
    word: String,
    other: String,
    isSlip: Bool
  ) {
    #expect(Suggestion.isSlip(word, of: other) == isSlip)
  }

  @Test func `advice names the nearest, else all`() {
    #expect(Suggestion.advice(for: "regoin", in: Self.fields) == "did you mean \"region\"?")
    #expect(Suggestion.advice(for: "zzzzzz", in: ["a", "b"]) == "valid: a, b")
  }

  @Test func `a word of any length is answered soon`() {
    let word = String(repeating: "x", count: 200_000)
    #expect(Suggestion.nearest(to: word, in: Self.fields) == nil)
  }
}
