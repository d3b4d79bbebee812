import Testing

@testable import GodwitAtlas

@Suite struct PercentEncodingTests {
  @Test(arguments: [
    ("DATADOG", "DATADOG"), ("a-b_c.d~e", "a-b_c.d~e"), ("a b", "a%20b"), ("ü", "%C3%BC"),
    ("a/b?c#d%", "a%2Fb%3Fc%23d%25"), ("(),:&@+'", "%28%29%2C%3A%26%40%2B%27"),
    (".", "%2E"), ("..", "%2E%2E"), ("...", "..."), ("", ""),
  ])
  func `encodes all but the unreserved characters`(text: String, expected: String) {
    #expect(PercentEncoding.encode(text) == expected)
  }
}
