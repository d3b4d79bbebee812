import GodwitCore
import Testing

@Suite struct MaskedValueTests {
  static let masks: [(String, Bool)] = [
    ("****", true), ("****9abc", true), ("******7890", true),
    ("****************************9abc", true),
    ("****a", true), ("https://example.com/****", true), ("https://example.com/****2101", true),
    ("http://h:8080/****", true), ("https://****", true), ("https://user:x@h/****2101", true),
    ("", false), ("***", false), ("***9abc", false), ("****9abcd", false), ("a****9abc", false),
    (" ****9abc", false), ("9abc****", false), ("https://example.com/", false),
    ("https://example.com/hook", false), ("https://example.com/***2101", false),
    ("https://example.com/****21012", false), ("https://example.com/a/****", false),
    ("**** stars in a text ****", false), ("prom_user_0123", false),
  ]

  @Test(arguments: masks) func `the look of a mask is stars and a short end`(
    text: String,
    isMask: Bool
  ) {
    #expect(MaskedValue.looksMasked(text) == isMask)
  }

  @Test func `it shows head, stars and tail`() {
    #expect(MaskedValue(tail: "9abc", length: 32).description == "****9abc")
    #expect(
      MaskedValue(head: "https://example.com/", tail: "", length: nil).description
        == "https://example.com/****"
    )
  }

  static let secret = "0123456789abcdef0123456789ab9abc"

  static let matches: [(MaskedValue, Bool?)] = [
    (MaskedValue(tail: "9abc", length: 32), true), (MaskedValue(tail: "9abc", length: nil), true),
    (MaskedValue(tail: "9abc", length: 36), false), (MaskedValue(tail: "77e0", length: 32), false),
    (MaskedValue(tail: "", length: 32), nil), (MaskedValue(tail: "", length: 31), false),
    (MaskedValue(tail: "", length: nil), nil),
    (MaskedValue(head: "https://a/", tail: "9abc", length: nil), false),
  ]

  @Test(arguments: matches) func `a secret fits, does not, or nobody can tell`(
    masked: MaskedValue,
    result: Bool?
  ) {
    #expect(masked.matches(SecretValue(Self.secret).fingerprint) == result)
  }

  @Test func `a URL fits by host and tail`() {
    let secret = SecretValue("https://example.com/hooks/abcd2101").fingerprint
    func masked(_ text: String) -> MaskedValue { SecretDisplay.url.mask(text) }
    #expect(masked("https://example.com/****2101").matches(secret) == true)
    #expect(masked("https://example.com/****").matches(secret) == nil)
    #expect(masked("https://example.org/****").matches(secret) == false)
    #expect(masked("https://example.com/****2102").matches(secret) == false)
  }
}
