import GodwitCore
import Testing

@Suite struct ImageComparisonTests {
  private static func mask(_ tail: String, _ length: Int?, _ head: String = "") -> JSONValue {
    .masked(MaskedValue(head: head, tail: tail, length: length))
  }

  static let pairs: [(JSONValue?, JSONValue?, Bool)] = [
    (nil, nil, true), (nil, false, true), (nil, "", true), (nil, [], true), (nil, .null, true),
    (nil, [:], true), (false, "", true), (nil, true, false), (nil, 0, false), ("a", "a", true),
    ("a", "b", false), (1, "1", false), ([1, 2], [1, 2], true), ([1, 2], [2, 1], false),
    ([1], [1, 2], false), (["a": 1, "b": false], ["a": 1], true),
    (["a": ["b": 1]], ["a": [:]], false),
    (mask("9abc", 32), mask("9abc", 32), true), (mask("9abc", 32), mask("9abc", nil), true),
    (mask("9abc", 32), mask("9abc", 36), false), (mask("9abc", 32), mask("77e0", 32), false),
    (mask("", 32), mask("9abc", 32), false), (nil, mask("", nil), false),
    (mask("", nil, "https://h/"), mask("2101", nil, "https://h/"), true),
    (mask("2101", nil, "https://h/"), mask("2102", nil, "https://h/"), false),
    (mask("2101", nil, "https://h/"), mask("2101", nil, "https://i/"), false),
    (mask("9abc", 32), "****9abc", false), ([mask("9abc", 32)], [mask("9abc", nil)], true),
  ]

  @Test(arguments: pairs) func `two values mean the same, or not`(
    left: JSONValue?,
    right: JSONValue?,
    isSame: Bool
  ) {
    #expect(ImageComparison.isSame(left, right) == isSame)
    #expect(ImageComparison.isSame(right, left) == isSame)
  }

  @Test func `the fields that differ are named in order`() {
    let left: JSONObject = ["b": 1, "a": 1, "same": "x", "gone": true, "off": false]
    let right: JSONObject = ["b": 2, "a": 2, "same": "x", "new": 1]
    #expect(ImageComparison.differences(left, right) == ["a", "b", "gone", "new"])
  }
}
