import Crypto

/// MD5 as digest authentication writes it: 32 lower-case hexadecimal digits.
///
/// RFC 7616 still has it, and Atlas' challenge asks for it.
enum MD5 {
  static func hex(_ text: String) -> String {
    var hash = Insecure.MD5()
    var text = text
    text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    let digest = hash.finalize()
    return String(unsafeUninitializedCapacity: 32) { buffer in
      var index = 0
      for byte in digest {
        for nibble in [byte >> 4, byte & 15] {
          buffer.initializeElement(
            at: index,
            to: nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble
          )
          index += 1
        }
      }
      return 32
    }
  }
}
