import GodwitCore
import Testing

@testable import GodwitReport

@Suite
struct SafeTextTests {
  @Test(
    arguments: [
      ("plain", "plain"),
      ("Zürich 東京 👩‍👩‍👧", "Zürich 東京 👩‍👩‍👧"),
      ("a\nb\r\tc", "a\\nb\\r\\tc"),
      ("\u{1b}[31m", "\\u001b[31m"),
      ("a\u{202e}b", "a\\u202eb"),
      ("\u{e0041}", "\\udb40\\udc41"),
      ("\u{301}a", "\\u0301a"),
    ]
  )
  func `unsafe characters become visible`(text: String, expected: String) {
    #expect(SafeText.line(text) == expected)
  }

  @Test(
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("東京東京", 8, "東京東京"),
      ("東京東京x", 8, "東京東…"), ("", 5, ""),
    ]
  )
  func `long text is cut at a column`(text: String, limit: Int, expected: String) {
    #expect(SafeText.line(text, limit: limit) == expected)
    #expect(DisplayWidth.of(SafeText.line(text, limit: limit)) <= limit)
  }

  @Test
  func `marks cannot be piled up`() {
    let text = SafeText.line("e" + String(repeating: "\u{301}", count: 5000))
    #expect(text.unicodeScalars.count < 20)
  }

  @Test
  func `values are shown as JSON, masks and secrets bare`() {
    #expect(SafeText.value("EU") == "\"EU\"")
    #expect(SafeText.value(true) == "true")
    #expect(SafeText.value(["a": [1, .null]]) == "{\"a\":[1,null]}")
    #expect(SafeText.value(Estate.mask("9abc")) == "****9abc")
    #expect(SafeText.value(.secret(SecretReference(name: "key"))) == "<secret key>")
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_795_273_440, "2026-11-21T15:04:00Z"),
      (951_782_399, "2000-02-28T23:59:59Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
      (-1, "1969-12-31T23:59:59Z"), (Int64.max, "9999-12-31T23:59:59Z"),
    ]
  )
  func `moments are told in UTC`(seconds: Int64, expected: String) {
    #expect(Moment.iso(seconds) == expected)
  }

  @Test(arguments: [(0, "0 projects"), (1, "1 project"), (2, "2 projects")])
  func `plural forms`(count: Int, expected: String) {
    #expect(Wording.count(count, "project") == expected)
  }
}
