import Testing

@testable import GodwitAtlas

@Suite struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\u{FF}\u{FE}?>", "w7/Dvj8+"),
  ])
  func `encodes as RFC 4648 has it`(text: String, expected: String) {
    #expect(Base64.encode(Array(text.utf8)) == expected)
  }
}
