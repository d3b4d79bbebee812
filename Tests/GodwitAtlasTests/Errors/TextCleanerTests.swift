import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct TextCleanerTests {
  private static let cleaner = TextCleaner([
    SecretValue("s3cret/Key+1"), SecretValue("s3cret"), SecretValue("abc"), SecretValue(""),
  ])

  @Test(arguments: [
    ("the key s3cret/Key+1 is wrong", "the key <secret> is wrong"),
    ("S3CRET/KEY+1s3cret", "<secret><secret>"),
    ("path s3cret%2FKey%2B1", "path <secret>"),
    ("abc stays", "abc stays"),
    ("a\nb\u{1B}[31mc\u{202E}d\0", "a\\u{a}b\\u{1b}[31mc\\u{202e}d\\u{0}"),
    ("ü 🦜", "ü 🦜"),
    ("", ""),
  ])
  func `takes out secrets and what a terminal would obey`(text: String, expected: String) {
    #expect(Self.cleaner.clean(text) == expected)
  }

  @Test func `cuts long texts`() {
    #expect(Self.cleaner.clean(String(repeating: "x", count: 600)).count == 501)
  }
}
