import GodwitCore
import Testing

@Suite struct JSONEncodingTests {
  static let encodings: [(JSONValue, String)] = [
    (.null, "null"), (true, "true"), (false, "false"), (-7, "-7"), ("", "\"\""),
    ("\"\\/\n\r\t", #""\"\\/\n\r\t""#), ("\u{0}\u{8}\u{1F}\u{7F}", #""\u0000\u0008\u001f\u007f""#),
    ("ä€😀\u{2028}", "\"ä€😀\u{2028}\""), ([], "[]"), ([1, [], "x"], #"[1,[],"x"]"#), ([:], "{}"),
    (["b": 1, "a": [:]], #"{"a":{},"b":1}"#),
    (["é": 1, "z": 2, "Z": 3, "aa": 4, "a": 5], #"{"Z":3,"a":5,"aa":4,"z":2,"é":1}"#),
    (.masked(MaskedValue(tail: "9abc", length: 32)), #""****9abc""#),
    (.secret(SecretReference(name: "apiKey")), #""<secret apiKey>""#),
  ]

  @Test(arguments: encodings) func `a value has one text`(value: JSONValue, text: String) {
    #expect(value.encodedString() == text)
    #expect(value.encoded() == Array(text.utf8))
  }

  @Test func `pretty text has one member a line`() {
    let value: JSONValue = ["a": [1, ["b": .null]], "c": [:], "d": []]
    #expect(
      value.encodedString(pretty: true) == """
        {
          "a": [
            1,
            {
              "b": null
            }
          ],
          "c": {},
          "d": []
        }
        """
    )
  }

  @Test(arguments: 0..<8) func `random values come back as they went`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let value = RandomJSON.value(depth: 4, &random)
      let text = value.encodedString(pretty: Bool.random(using: &random))
      let back = try JSONValue(parsing: text)
      #expect(back == value)
      #expect(back.encoded() == value.encoded())
    }
  }
}
