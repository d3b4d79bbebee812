import GodwitCore
import Testing

@Suite struct JSONNumberTests {
  static let pairs: [(String, String, Bool)] = [
    ("1", "1", true), ("1", "1.0", true), ("10", "1e1", true), ("1.50", "1.5", true),
    ("0", "-0.0", true), ("1", "2", false), ("0.1", "0.2", false),
    ("9007199254740992", "9007199254740992.0", true),
    ("9007199254740993", "9007199254740992.0", false),
    ("9223372036854775807", "9223372036854775806", false),
    ("9223372036854775807", "9223372036854775808", false), ("1e999", "1e999", true),
    ("1e999", "2e999", false),
  ]

  @Test(arguments: pairs) func `numbers are compared by what they mean`(
    left: String,
    right: String,
    areEqual: Bool
  ) throws {
    let left = try JSONValue(parsing: left)
    let right = try JSONValue(parsing: right)
    #expect((left == right) == areEqual)
    #expect((right == left) == areEqual)
    if areEqual { #expect(Set([left, right]).count == 1) }
  }

  @Test func `integers are whole up to 64 bits`() throws {
    #expect(try JSONValue(parsing: "9223372036854775807").int64Value == .max)
    #expect(try JSONValue(parsing: "-9223372036854775808").int64Value == .min)
    for text in ["9223372036854775808", "1.0", "1e3"] {
      #expect(try JSONValue(parsing: text).int64Value == nil)
    }
  }

  @Test func `NaN and the infinities are no numbers`() {
    for value in [Double.nan, .infinity, -.infinity] { #expect(JSONNumber(value) == nil) }
  }

  static let doubles = [
    0.1, -0.0, 1e21, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 123_456_789.25,
  ]

  @Test(arguments: doubles) func `a floating-point value survives its text`(value: Double) throws {
    let number = try #require(JSONNumber(value))
    guard case .number(let back) = try JSONValue(parsing: number.text) else {
      Issue.record("not a number")
      return
    }
    #expect(back.doubleValue == value)
  }
}
