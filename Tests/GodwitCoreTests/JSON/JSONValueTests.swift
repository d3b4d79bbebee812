import GodwitCore
import Testing

@Suite struct JSONValueTests {
  static let secret = JSONValue.secret(SecretReference(name: "k"))
  static let masked = JSONValue.masked(MaskedValue(tail: "9abc", length: 32))

  static let empty: [(JSONValue, Bool)] = [
    (.null, true), (false, true), ("", true), ([], true), ([:], true), (true, false), (0, false),
    (" ", false), ([.null], false), (["a": .null], false), (masked, false), (secret, false),
  ]

  @Test(arguments: empty) func `null, false and what is empty are like an absent field`(
    value: JSONValue,
    isEmpty: Bool
  ) {
    #expect(value.isEmptyLike == isEmpty)
  }

  static let kinds: [(JSONValue, String)] = [
    (.null, "null"), (true, "a boolean"), (1, "a number"), ("", "a string"), ([], "an array"),
    ([:], "an object"), (masked, "a masked value"), (secret, "a secret"),
  ]

  @Test(arguments: kinds) func `a value has a name for people`(value: JSONValue, name: String) {
    #expect(value.kindName == name)
  }

  @Test func `what is opaque is found at every depth`() {
    #expect(JSONValue.array([1, ["a": ["b": Self.masked]]]).holdsOpaque)
    #expect(JSONValue.object(["a": Self.secret]).holdsOpaque)
    #expect(!JSONValue.object(["a": ["****9abc", .null]]).holdsOpaque)
    let other = JSONValue.secret(SecretReference(name: "other"))
    #expect(
      JSONValue.array([Self.secret, ["a": other], Self.masked]).secretNames == ["k", "other"]
    )
  }

  @Test func `a value gives itself as its own kind only`() {
    #expect(JSONValue.string("1").int64Value == nil)
    #expect(JSONValue.number(JSONNumber(1)).stringValue == nil)
    #expect(JSONValue.bool(true).boolValue == true)
    #expect(JSONValue.null.boolValue == nil)
    #expect(Self.masked.stringValue == nil)
    #expect(Self.masked.maskedValue?.tail == "9abc")
    #expect(JSONValue.array([1]).arrayValue == [1])
    #expect(JSONValue.array([1]).objectValue == nil)
  }
}
