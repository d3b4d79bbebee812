import GodwitCore
import Testing

@Suite struct JSONParserTests {
  static let valid: [(String, JSONValue)] = [
    ("null", .null), ("true", true), (" false\r\n\t", false), ("0", 0), ("-0", 0), ("-12", -12),
    ("\"\"", ""), ("\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d"),
    ("\"\\b\\f\\n\\r\\t\"", "\u{8}\u{C}\n\r\t"), ("\"\\u00e4\\u20AC\"", "ä€"),
    ("\"\\u0000\"", "\u{0}"), ("\"\\ud83d\\uDE00\"", "😀"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
    ("[]", []), ("[ ]", []), ("[1,[2],\"3\"]", [1, [2], "3"]), ("{}", [:]), ("{ }", [:]),
    ("{\"b\":1,\"a\":{\"c\":[]}}", ["a": ["c": []], "b": 1]),
    ("{\"a\":1,\"a\":2,\"\":3}", ["": 3, "a": 2]),
  ]

  @Test(arguments: valid) func `what RFC 8259 allows is read`(text: String, value: JSONValue) throws
  {
    #expect(try JSONValue(parsing: text) == value)
    #expect(try JSONValue(parsing: Array(text.utf8)[...]) == value)
  }

  static let invalid: [(String, Int, Int, String)] = [
    ("", 1, 1, "unexpected end"), (" \n ", 2, 2, "unexpected end"),
    ("nul", 1, 1, "unexpected character"), ("True", 1, 1, "unexpected character"),
    ("NaN", 1, 1, "unexpected character"), ("-Infinity", 1, 2, "unexpected character"),
    ("+1", 1, 1, "unexpected character"), ("-", 1, 2, "unexpected character"),
    (".5", 1, 1, "unexpected character"), ("01", 1, 3, "a number may not begin with 0"),
    ("-007", 1, 5, "a number may not begin with 0"),
    ("1.", 1, 3, "digits were expected after '.'"),
    ("1.e3", 1, 3, "digits were expected after '.'"),
    ("1e", 1, 3, "digits were expected in the exponent"),
    ("1E+", 1, 4, "digits were expected in the exponent"), ("0x10", 1, 2, "text after the value"),
    ("1 2", 1, 3, "text after the value"), ("{}\n]", 2, 1, "text after the value"),
    ("[1", 1, 3, "unexpected end"), ("[1,", 1, 4, "unexpected end"),
    ("[1,]", 1, 4, "unexpected character"), ("[,]", 1, 2, "unexpected character"),
    ("[1 2]", 1, 4, "',' or a closing bracket was expected"),
    ("[1}", 1, 3, "',' or a closing bracket was expected"),
    ("{", 1, 2, "a key was expected"), ("{\"a\":1,}", 1, 8, "a key was expected"),
    ("{a:1}", 1, 2, "a key was expected"), ("{\"a\" 1}", 1, 6, "':' was expected"),
    ("{\"a\":}", 1, 6, "unexpected character"), ("\"abc", 1, 5, "unexpected end in a string"),
    ("\"a\\", 1, 4, "unexpected end in a string"), ("\"\\u12", 1, 4, "unexpected end in a string"),
    ("\"\\x41\"", 1, 4, "an unknown escape in a string"),
    ("\"\\u12g4\"", 1, 6, "four hexadecimal digits were expected"),
    ("\"a\nb\"", 1, 3, "a control character in a string"),
    ("\"\\n\u{1}\"", 1, 4, "a control character in a string"),
    ("\"\\ud800\"", 1, 8, "half a surrogate pair in a string"),
    ("\"\\udc00\"", 1, 8, "half a surrogate pair in a string"),
    ("\"\\ud800\\ud800\"", 1, 14, "half a surrogate pair in a string"),
    ("\u{FEFF}1", 1, 1, "unexpected character"), ("// x\n1", 1, 1, "unexpected character"),
  ]

  @Test(arguments: invalid) func `what it forbids is refused, with the place`(
    text: String,
    line: Int,
    column: Int,
    reason: String
  ) {
    #expect(throws: JSONParseError(reason: reason, line: line, column: column)) {
      try JSONValue(parsing: text)
    }
  }

  static let malformed: [[UInt8]] = [
    [0x22, 0xC3, 0x22], [0x22, 0x80, 0x22], [0x22, 0xC0, 0xAF, 0x22],
    [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
    [0x22, 0x5C, 0x6E, 0xFF, 0x22],
  ]

  @Test(arguments: malformed) func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
    let error = #expect(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
    #expect(error?.reason == "invalid UTF-8")
  }

  static let numbers = [
    "1200", "1.50", "-0.0", "1e3", "1E-05", "9223372036854775807", "-9223372036854775808",
    "18446744073709551616", "0.1000000000000000055511151231257827", "1e999",
  ]

  @Test(arguments: numbers) func `a number keeps its text`(text: String) throws {
    #expect(try JSONValue(parsing: "[\(text)]").encodedString() == "[\(text)]")
  }

  @Test func `512 levels are read, and one more is refused`() throws {
    func nested(_ levels: Int, _ inner: String) -> String {
      String(repeating: "[", count: levels) + inner + String(repeating: "]", count: levels)
    }
    _ = try JSONValue(parsing: nested(512, "1"))
    for inner in ["[1]", "{}"] {
      let error = #expect(throws: JSONParseError.self) {
        try JSONValue(parsing: nested(512, inner))
      }
      #expect(error?.reason == "nested too deeply")
    }
  }

  @Test func `an error never quotes the text`() {
    for text in ["{\"apiKey\":\"hunter2hunter2", "hunter2", "{\"a\":\"hunter2\\q\"}", "[hunter2]"] {
      let error = #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
      #expect(error.map { "\($0)".contains("hunter") } == false)
    }
    let error = JSONParseError(reason: "unexpected end", line: 2, column: 7)
    #expect(error.description == "not JSON at line 2, column 7: unexpected end")
  }

  @Test func `any prefix of a text is refused, and no byte string stops the parser`() {
    var random = SeededGenerator(seed: 1)
    let text = Array(#"{"a":[1.5e3,true,null,"\u00e4\ud83d\ude00x"],"b":{"c":-1}}"#.utf8)
    for count in 0..<text.count {
      #expect(throws: JSONParseError.self) { try JSONValue(parsing: text[..<count]) }
    }
    for _ in 0..<5000 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255,
          using: &random
        )
      }
      guard let value = try? JSONValue(parsing: bytes) else { continue }
      #expect((try? JSONValue(parsing: value.encoded())) == value)
    }
  }
}
