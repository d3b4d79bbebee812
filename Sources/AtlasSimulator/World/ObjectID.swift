import Synchronization

/// The 24 lower-case hexadecimal digits by which Atlas names everything.
///
/// Like MongoDB's own: four bytes of time in seconds, five of a maker, three of a counter.
enum ObjectID {
  static func text(seconds: Int64, maker: UInt64, counter: UInt32) -> String {
    let parts = (
      UInt64(UInt32(truncatingIfNeeded: seconds)) << 32 | (maker >> 8) & 0xffff_ffff,
      (maker & 0xff) << 24 | UInt64(counter & 0xff_ffff)
    )
    return String(unsafeUninitializedCapacity: 24) { buffer in
      for index in 0..<24 {
        let nibble =
          index < 16
          ? (parts.0 >> UInt64((15 - index) * 4)) & 15
          : (parts.1 >> UInt64((23 - index) * 4)) & 15
        let digit = UInt8(truncatingIfNeeded: nibble)
        buffer.initializeElement(
          at: index,
          to: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
        )
      }
      return 24
    }
  }

  /// Whether a text has the form of an id.
  static func isWellFormed(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 24
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }
}

/// Makes ids that no other id of this process, and hardly any of another, is equal to.
final class ObjectIDMaker: Sendable {
  private let maker = UInt64.random(in: 0..<(1 << 40))
  private let counter = Atomic<UInt32>(UInt32.random(in: 0..<(1 << 24)))

  func next() -> String {
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    return ObjectID.text(seconds: WallClock.now().seconds, maker: maker, counter: number)
  }
}
