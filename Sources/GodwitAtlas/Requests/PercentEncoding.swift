/// Percent-encoding of path segments and query values (RFC 3986).
enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Encodes everything but the unreserved characters, and the dots of `.` and `..`, which would
  /// be taken for steps in the path.
  static func encode(_ text: String) -> String {
    if text == "." || text == ".." { return text == "." ? "%2E" : "%2E%2E" }
    var text = text
    let isPlain = text.withUTF8 { $0.allSatisfy(isUnreserved) }
    return isPlain ? text : encode(Array(text.utf8))
  }

  /// Encodes everything but the unreserved characters.
  static func encode(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * 3)
    for byte in bytes {
      if isUnreserved(byte) {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }
}
