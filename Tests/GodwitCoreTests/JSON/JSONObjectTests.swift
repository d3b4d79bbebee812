import GodwitCore
import Testing

@Suite struct JSONObjectTests {
  /// A key by its bytes, as a dictionary can be trusted with.
  private struct Key: Hashable {
    var bytes: [UInt8]

    init(_ text: String) {
      bytes = Array(text.utf8)
    }
  }

  private static let keys = ["", "a", "aa", "b", "Z", "é", "e\u{301}", "\u{212B}", "Å", "😀", "$"]

  private static func check(_ object: JSONObject, _ model: [Key: JSONValue]) {
    #expect(object.count == model.count)
    let bytes = object.keys.map { Array($0.utf8) }
    #expect(bytes == bytes.sorted { $0.lexicographicallyPrecedes($1) })
    for key in keys { #expect(object[key] == model[Key(key)]) }
    for (key, value) in object { #expect(model[Key(key)] == value) }
  }

  @Test(arguments: 0..<20) func `it behaves like a dictionary by bytes`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var object = JSONObject()
    var model: [Key: JSONValue] = [:]
    for step in 0..<200 {
      let key = Self.keys.randomElement(using: &random) ?? ""
      switch Int.random(in: 0...4, using: &random) {
      case 0, 1:
        object[key] = .number(JSONNumber(Int64(step)))
        model[Key(key)] = .number(JSONNumber(Int64(step)))
      case 2:
        object[key] = nil
        model[Key(key)] = nil
      case 3:
        object = object.merging([key: .bool(true), "b": 5])
        model[Key(key)] = .bool(true)
        model[Key("b")] = 5
      default:
        object = object.removing { name, value in name.utf8.elementsEqual(key.utf8) || value == 5 }
        model = model.filter { $0.key != Key(key) && $0.value != 5 }
      }
      Self.check(object, model)
    }
  }

  @Test(arguments: 0..<20) func `members may come in any order`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let elements = (0..<30).map { step in
      (
        key: Self.keys.randomElement(using: &random) ?? "",
        value: JSONValue.number(JSONNumber(Int64(step)))
      )
    }
    var model: [Key: JSONValue] = [:]
    for (key, value) in elements { model[Key(key)] = value }
    Self.check(JSONObject(elements), model)
  }

  @Test func `keys that are canonically equivalent are kept apart`() throws {
    let object: JSONObject = ["é": 1, "e\u{301}": 2]
    #expect("é" == "e\u{301}")
    #expect(object.count == 2)
    #expect(object["é"] == 1)
    #expect(object["e\u{301}"] == 2)
    let parsed = try JSONValue(parsing: "{\"é\":1,\"e\u{301}\":2}")
    #expect(parsed.objectValue?.count == 2)
  }

  @Test func `values are mapped with their keys`() {
    let object: JSONObject = ["a": 1, "b": 2]
    #expect(object.mapValues { key, _ in .string(key) } == ["a": "a", "b": "b"])
  }

  @Test func `equality does not depend on the order of insertion`() {
    var left = JSONObject()
    left["b"] = 2
    left["a"] = 1
    #expect(left == ["a": 1, "b": 2])
    #expect(left.hashValue == (["a": 1, "b": 2] as JSONObject).hashValue)
  }
}
