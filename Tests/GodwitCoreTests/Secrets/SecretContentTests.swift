import GodwitCore
import Testing

@Suite struct SecretContentTests {
  private static let hex = "0123456789abcdef0123456789ab77e0"
  private static let uuid = "01234567-89ab-cdef-0123-456789ab77e0"

  @Test(
    arguments: [
      (hex, nil), ("NRIQ-1", nil), ("two\nlines", nil), ("{\n\t\"a\": 1\n}", nil),
      ("ÄÖ ü", nil), ("****", .mask), ("****9abc", .mask), ("******7890", .mask),
      ("https://a.example/****2101", .mask), ("hunter2\n", .lineEnd), ("\nhunter2", .lineEnd),
      ("hunter2\r\n", .lineEnd), (" hunter2", .blank), ("hunter2\t", .blank),
      ("hunter2\u{a0}", .blank), ("hun\u{0}ter2", .control), ("hun\u{1b}ter2", .control),
    ] as [(String, SecretDefect?)]
  )
  func `some values can be the secret of no field`(text: String, defect: SecretDefect?) {
    #expect(SecretValue(text).defect == defect)
  }

  @Test func `bytes that are no text are no secret`() {
    #expect(SecretValue([0xff, 0xfe]).defect == .notText)
  }

  static let written: [(String, Set<SecretForm>)] = [
    (hex, [.hex32]), (hex.uppercased(), [.hex32]), (String(hex.dropLast()), []),
    (hex.dropLast() + "g", []), (uuid, [.uuid]), (uuid.replacing("-", with: "0"), []),
    ("https://a.example/x", [.webAddress]), ("HTTP://a", [.webAddress]), ("https://", []),
    ("https:///x", []), ("https://a b", []), ("ftp://a", []), ("a.example/x", []),
  ]

  @Test(arguments: written) func `a form is told from the text`(
    text: String,
    forms: Set<SecretForm>
  ) {
    #expect(SecretValue(text).fingerprint.content?.forms == forms)
  }

  @Test(arguments: [("one", true), ("a\nb", false), ("a\rb", false), ("a\tb", false)])
  func `several lines are told from one`(text: String, isOneLine: Bool) {
    #expect(SecretValue(text).fingerprint.content?.isOneLine == isOneLine)
  }

  @Test(
    arguments: [
      ("12345", "2345", "5"), ("12345678", "5678", "78"), ("12345678901", "8901", "01"),
      ("123456789012", "9012", "9012"), (hex, "77e0", "77e0"), ("1234", "", ""),
    ]
  )
  func `of a short secret less is shown than compared`(text: String, tail: String, shown: String) {
    let print = SecretValue(text).fingerprint
    #expect(print.tail == tail)
    #expect(print.shownTail == shown)
    let mask = SecretDisplay.tail.mask(text)
    #expect("\(mask)" == "****\(shown)")
    #expect(mask.matches(print) == (tail.isEmpty ? nil : true))
  }
}
