/// What the request log says of one request; see the documentation of the simulator.
struct RequestLogEntry {
  let method: String
  let path: String
  let query: String?
  var authentication: String?
  var challenge: ChallengeReason?
  var project: String?
  var type: String?
  /// The status that is answered; `nil` if the connection is closed without an answer.
  var status: Int?
  var errorCode: String?
  /// For a method other than GET: whether the world was changed.
  var mutationWasMade: Bool?
  var fault: Fault?
  var storesMask = false
  var microseconds: Int64 = 0

  /// The entry as one line of JSON, keys in a fixed order, with its line feed.
  func line(at time: WallClock) -> [UInt8] {
    var line = JSONLine()
    line.add("time", time.isoText)
    line.add("method", method)
    line.add("path", path)
    line.add("query", query)
    line.add("status", status)
    line.add("errorCode", errorCode)
    line.add("authentication", authentication ?? "none")
    line.add("challenge", challenge?.rawValue)
    line.add("project", project)
    line.add("type", type)
    line.add("mutation", mutationWasMade.map { $0 ? "made" : "not-made" })
    line.add("fault", fault?.rawValue)
    if storesMask { line.add("maskStored", raw: "true") }
    line.add("microseconds", Int(microseconds))
    return line.finished()
  }
}

/// Writes one flat JSON object without making values first.
struct JSONLine {
  private var bytes: [UInt8] = []

  init() {
    bytes.reserveCapacity(384)
  }

  mutating func add(_ key: String, _ text: String?) {
    guard let text else { return }
    addKey(key)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(jsonEscaping: text)
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func add(_ key: String, _ number: Int?) {
    guard let number else { return }
    add(key, raw: String(number))
  }

  mutating func add(_ key: String, raw: String) {
    addKey(key)
    bytes.append(contentsOf: raw.utf8)
  }

  private mutating func addKey(_ key: String) {
    bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: key.utf8)
    bytes.append(contentsOf: "\":".utf8)
  }

  consuming func finished() -> [UInt8] {
    bytes.append(contentsOf: "}\n".utf8)
    return bytes
  }
}

extension [UInt8] {
  /// Appends a text as it stands between the quotes of a JSON string.
  mutating func append(jsonEscaping text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0..<0x20, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        append(contentsOf: "\\u00".utf8)
        append(digits[Int(byte >> 4)])
        append(digits[Int(byte & 15)])
      default: append(byte)
      }
    }
  }
}
