import GodwitCore

/// A small generator of pseudo-random numbers, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Random values of all kinds.
enum RandomJSON {
  /// Fragments that have caused trouble somewhere: escapes, controls, planes, forms of one letter.
  static let fragments = [
    "", "a", "Z", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1F}", "\u{7F}", "\u{80}", "ä",
    "a\u{308}", "€", "\u{2028}", "😀", "👩‍👩‍👧", "\u{10FFFF}", "$", "$masked", "****", "{}", "null",
  ]

  static func text(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0...4, using: &random))
      .map { _ in fragments.randomElement(using: &random) ?? "" }.joined()
  }

  static func number(_ random: inout SeededGenerator) -> JSONNumber {
    switch Int.random(in: 0...2, using: &random) {
    case 0: JSONNumber(Int64.random(in: .min ... .max, using: &random))
    case 1: JSONNumber(Int64.random(in: -9...9, using: &random))
    default: JSONNumber(Double.random(in: -1e300...1e300, using: &random)) ?? JSONNumber(0)
    }
  }

  static func value(
    depth: Int,
    opaque: Bool = false,
    _ random: inout SeededGenerator
  ) -> JSONValue {
    switch Int.random(in: 0...(depth > 0 ? 8 : 5), using: &random) {
    case 0: return opaque ? masked(&random) : .null
    case 1: return opaque ? .secret(SecretReference(name: text(&random))) : .null
    case 2: return .bool(Bool.random(using: &random))
    case 3: return .number(number(&random))
    case 4, 5: return .string(text(&random))
    case 6:
      let count = Int.random(in: 0...3, using: &random)
      return .array((0..<count).map { _ in value(depth: depth - 1, opaque: opaque, &random) })
    default:
      let count = Int.random(in: 0...3, using: &random)
      return .object(
        JSONObject(
          (0..<count).map { _ in
            (key: text(&random), value: value(depth: depth - 1, opaque: opaque, &random))
          }
        )
      )
    }
  }

  private static func masked(_ random: inout SeededGenerator) -> JSONValue {
    .masked(
      MaskedValue(
        head: Bool.random(using: &random) ? "https://example.com/" : "",
        tail: text(&random),
        length: Bool.random(using: &random) ? Int.random(in: 0...99, using: &random) : nil
      )
    )
  }
}
