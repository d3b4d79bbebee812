import GodwitCore
import Testing

@Suite struct StoredJSONTests {
  static let values: [JSONValue] = [
    .null, "****9abc", ["$masked": ["tail": "9abc"]], ["$secret": "apiKey"], ["$object": [:]],
    ["$object": ["$secret": "x"]], ["$masked": "x"], ["$": 1], ["$a": 1, "$b": 2],
    ["$secret": .secret(SecretReference(name: "k"))], .pending(PendingValue(operation: 3)),
    ["$pending": 3], ["$pending": .pending(PendingValue(operation: 1))],
    ["$object": .masked(MaskedValue(tail: "", length: nil))],
    .masked(MaskedValue(tail: "9abc", length: 32)), .masked(MaskedValue(tail: "", length: 0)),
    .masked(MaskedValue(head: "https://h/", tail: "", length: nil)),
    .secret(SecretReference(name: "")),
    [["$masked": ["tail": .secret(SecretReference(name: "k"))]]],
  ]

  @Test(arguments: values) func `a value comes back as it went`(value: JSONValue) throws {
    let plain = StoredJSON.plain(value)
    #expect(!plain.holdsOpaque)
    #expect(StoredJSON.restored(try JSONValue(parsing: plain.encoded())) == value)
  }

  @Test(arguments: 0..<8) func `random values come back as they went`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let value = RandomJSON.value(depth: 4, opaque: true, &random)
      let plain = StoredJSON.plain(value)
      #expect(!plain.holdsOpaque)
      #expect(StoredJSON.restored(try JSONValue(parsing: plain.encoded())) == value)
    }
  }
}
