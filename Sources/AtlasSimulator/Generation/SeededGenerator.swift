/// A deterministic stream of pseudo-random numbers (SplitMix64).
///
/// Worlds must come out alike on every machine and with every version of the standard library, so
/// the ways of drawing are its own too.
struct SeededGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// FNV-1a over UTF-8, to make a seed from a text.
  static func hash(of text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 {
      hash ^= UInt64(byte)
      hash &*= 0x0000_0100_0000_01b3
    }
    return hash
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to `bound` − 1.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number of a closed range.
  mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// A number from 0 up to, not including, 1.
  mutating func fraction() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// `true` with this probability.
  mutating func chance(_ probability: Double) -> Bool {
    fraction() < probability
  }

  /// One of several elements, which must not be empty.
  mutating func choice<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// One of several elements by weight; the weights are relative.
  mutating func choice<Element>(weighted elements: [(Element, Int)]) -> Element {
    var remaining = below(elements.reduce(0) { $0 + $1.1 })
    for (element, weight) in elements {
      if remaining < weight { return element }
      remaining -= weight
    }
    return elements[elements.count - 1].0
  }
}

/// The kinds of text that keys, tokens and ids are made of.
extension SeededGenerator {
  private static let hexadecimal = Array("0123456789abcdef".utf8)
  private static let lowercase = Array("abcdefghijklmnopqrstuvwxyz".utf8)
  private static let alphanumeric = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8
  )

  private mutating func text(_ count: Int, of alphabet: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: count) { buffer in
      for index in 0..<count {
        buffer.initializeElement(at: index, to: alphabet[below(alphabet.count)])
      }
      return count
    }
  }

  mutating func hex(_ count: Int) -> String { text(count, of: Self.hexadecimal) }

  mutating func letters(_ count: Int) -> String { text(count, of: Self.lowercase) }

  mutating func token(_ count: Int) -> String { text(count, of: Self.alphanumeric) }

  mutating func digits(_ count: Int) -> String { text(count, of: Array(Self.hexadecimal[..<10])) }

  /// A UUID of version 4.
  mutating func uuid() -> String {
    "\(hex(8))-\(hex(4))-4\(hex(3))-\(choice(["8", "9", "a", "b"]))\(hex(3))-\(hex(12))"
  }
}
