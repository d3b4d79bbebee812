import GodwitCore
import Testing

@Suite struct SecretDisplayTests {
  static let masks: [(SecretDisplay, String, MaskedValue)] = [
    (.tail, "****9abc", MaskedValue(tail: "9abc", length: 8)),
    (.tail, "0123456789abcdef", MaskedValue(tail: "cdef", length: 16)),
    (.tail, "****************", MaskedValue(tail: "", length: 16)),
    // As the pages of API v1.0 show a key of any length.
    (.tail, "******9abc", MaskedValue(tail: "9abc", length: nil)),
    (.tail, "******", MaskedValue(tail: "", length: nil)),
    (.tail, "*******9abc", MaskedValue(tail: "9abc", length: 11)),
    (.tail, "*******abc", MaskedValue(tail: "", length: 10)),
    (.tail, "12345", MaskedValue(tail: "2345", length: 5)),
    (.tail, "1234", MaskedValue(tail: "", length: 4)),
    (.tail, "", MaskedValue(tail: "", length: 0)),
    (.url, "https://h/****", MaskedValue(head: "https://h/", tail: "", length: nil)),
    (.url, "https://h/****2101", MaskedValue(head: "https://h/", tail: "2101", length: nil)),
    (.url, "https://h/hook/12345", MaskedValue(head: "https://h/", tail: "2345", length: nil)),
    (.url, "https://h/abcd", MaskedValue(head: "https://h/", tail: "", length: nil)),
    (.url, "https://h", MaskedValue(head: "https://h/", tail: "", length: nil)),
    (.url, "https://h/a*bcdefgh", MaskedValue(head: "https://h/", tail: "efgh", length: nil)),
    (.url, "****2101", MaskedValue(tail: "2101", length: nil)),
    (.url, "HTTP://H:80/x/abcdef", MaskedValue(head: "HTTP://H:80/", tail: "cdef", length: nil)),
    (.stars, "{\"text\": 1}", MaskedValue(tail: "", length: nil)),
    (.stars, "****abcd", MaskedValue(tail: "", length: nil)),
    (.absent, "hunter22", MaskedValue(tail: "er22", length: 8)),
  ]

  @Test(arguments: masks) func `a field's text becomes what may be shown of it`(
    display: SecretDisplay,
    text: String,
    masked: MaskedValue
  ) {
    #expect(display.mask(text) == masked)
  }

  static let leaks: [(String, String)] = [
    ("https://user:hunter2@h/x/abcd", "https://h/"), ("https://hunter2@h/x/abcd", "https://h/"),
    ("https://h?token=hunter2&x=abcd", "https://h/"), ("https://h#hunter2/abcd", "https://h/"),
    ("https://h\\hunter2/abcd", "https://h/"), ("https://user:hunter2?x@h/abcd", ""),
    ("https://user:hun*hunter2@h/abcd", ""), ("secret://hunter2hunter2/abcd", ""),
    ("k://hunter2abcd", ""), ("https://", ""), ("https://@", ""), ("://hunter2", ""),
  ]

  @Test(arguments: leaks) func `no more of a URL is shown than scheme and host`(
    text: String,
    head: String
  ) {
    let fingerprint = SecretValue(text).fingerprint
    #expect(fingerprint.head == head)
    let masked = SecretDisplay.url.mask(text)
    #expect(masked.head == head)
    #expect(!masked.description.contains("hunter"))
  }

  static let secrets = [
    "0123456789abcdef0123456789abcdef", "12345", "1234", "a", "https://h/hook/12345",
    "https://h/abcd", "https://user:pass@h/hooks/12345", "https://h?x=12345", "😀😀😀😀😀é",
  ]

  /// Atlas' own masks, as recorded.
  private static func shown(_ secret: String, _ display: SecretDisplay) -> String? {
    switch display {
    case .tail:
      String(repeating: "*", count: max(0, secret.count - 4)) + secret.suffix(4)
    case .url:
      secret.wholeMatch(of: /([a-z]+:\/\/[^\/?#]+).*/).map { "\($0.1)/****\(secret.suffix(4))" }
    case .stars: String(repeating: "*", count: secret.count)
    case .absent: nil
    }
  }

  @Test(arguments: secrets, [SecretDisplay.tail, .url, .stars, .absent])
  func `the preview is what Atlas will show`(secret: String, display: SecretDisplay) {
    let fingerprint = SecretValue(secret).fingerprint
    guard let shown = Self.shown(secret, display) else { return }
    let masked = display.mask(shown)
    #expect(masked.matches(fingerprint) != false)
    let preview = display.preview(of: fingerprint)
    #expect(ImageComparison.isSame(preview.map { .masked($0) }, .masked(masked)))
  }

  @Test func `a field that is never shown has no preview`() {
    #expect(SecretDisplay.absent.preview(of: SecretValue("hunter2").fingerprint) == nil)
  }
}
