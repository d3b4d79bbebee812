extension JSONValue {
  /// This value as JSON text, keys in byte order.
  ///
  /// Masked values and secrets are written as what a person is shown of them, so this is for
  /// reports. Requests go through the encoder of the Atlas client, which refuses the first and
  /// resolves the second; the run file uses ``StoredJSON``.
  ///
  /// - Parameter pretty: whether to write one member a line, indented by two spaces.
  /// - Returns: the text as UTF-8.
  public func encoded(pretty: Bool = false) -> [UInt8] {
    var writer = JSONWriter(isPretty: pretty)
    writer.write(self)
    return writer.bytes
  }

  /// ``encoded(pretty:)`` as a string.
  public func encodedString(pretty: Bool = false) -> String {
    String(decoding: encoded(pretty: pretty), as: UTF8.self)
  }
}

/// Writes JSON text into a growing buffer.
struct JSONWriter {
  var bytes: [UInt8] = []
  let isPretty: Bool
  private var depth = 0

  init(isPretty: Bool) {
    self.isPretty = isPretty
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .number(let value): append(value.text)
    case .string(let value): writeString(value)
    case .array(let elements):
      writeSequence(elements, open: "[", close: "]") { writer, element in writer.write(element) }
    case .object(let object):
      writeSequence(object, open: "{", close: "}") { writer, member in
        writer.writeString(member.key)
        writer.append(writer.isPretty ? ": " : ":")
        writer.write(member.value)
      }
    case .masked(let value): writeString(value.description)
    case .secret(let value): writeString(value.description)
    case .pending(let value): writeString(value.description)
    }
  }

  private mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func writeSequence<S: Collection>(
    _ elements: S,
    open: String,
    close: String,
    writeElement: (inout JSONWriter, S.Element) -> Void
  ) {
    append(open)
    depth += 1
    var isFirst = true
    for element in elements {
      if !isFirst { append(",") }
      isFirst = false
      newLine()
      writeElement(&self, element)
    }
    depth -= 1
    if !isFirst { newLine() }
    append(close)
  }

  private mutating func newLine() {
    guard isPretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
  }

  private mutating func writeString(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20, 0x7F:
        append("\\u00")
        let hexadecimal = Array("0123456789abcdef".utf8)
        bytes.append(hexadecimal[Int(byte >> 4)])
        bytes.append(hexadecimal[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
