/// The parameters of an `Authorization: Digest` header.
struct DigestFields {
  private var values: [String: String] = [:]

  /// Reads what follows the word `Digest`: `name=value` or `name="value"`, separated by commas.
  ///
  /// - Returns: `nil` if the text is not of that form.
  init?(parsing text: Substring) {
    var rest = text.utf8[...]
    while true {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
      guard !rest.isEmpty else { return }
      guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      guard let name = String(rest[..<equals]) else { return nil }
      rest = rest[rest.index(after: equals)...]
      guard let value = Self.takeValue(&rest) else { return nil }
      values[name.lowercased()] = value
    }
  }

  private static func takeValue(_ rest: inout Substring.UTF8View) -> String? {
    guard rest.first == UInt8(ascii: "\"") else {
      let end = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
      let value = String(rest[..<(end ?? rest.endIndex)])
      rest = rest[(end ?? rest.endIndex)...]
      return value
    }
    rest = rest.dropFirst()
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst() else { return nil }
        bytes.append(escaped)
      default: bytes.append(byte)
      }
    }
    return nil
  }

  subscript(name: String) -> String? {
    values[name]
  }
}
