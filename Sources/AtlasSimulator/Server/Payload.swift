import GodwitCore
import NIOCore

/// What an operation has to say, before its form is settled.
enum Payload {
  /// One object, as JSON text.
  case object(String)
  /// One page of a list.
  case list(ListPage)
  /// Nothing, as after a deletion.
  case nothing
}

/// The form in which a caller wants answers: `pretty` and `envelope`.
struct AnswerForm {
  var isPretty = false
  var isEnveloped = false

  static let plain = AnswerForm()

  init() {}

  init(_ query: Query) throws(APIError) {
    isPretty = try query.flag("pretty", default: false)
    isEnveloped = try query.flag("envelope", default: false)
  }

  /// The parameters that say so, for the links of a list.
  var filters: [(name: String, value: String)] {
    (isEnveloped ? [("envelope", "true")] : []) + (isPretty ? [("pretty", "true")] : [])
  }

  /// The bytes of an answer with this status; `address` is what the links of a list lead to.
  func body(of payload: Payload, status: Int, address: String) -> ByteBuffer {
    switch payload {
    case .nothing:
      return ByteBuffer()
    case .object(let text):
      return finished(ByteBuffer(string: isEnveloped ? Self.envelope(text, status) : text))
    case .list(let page):
      return finished(body(of: page, status: status, address: address))
    }
  }

  /// The bytes of an error.
  func body(of error: APIError) -> ByteBuffer {
    let text = String(json: error.json)
    return finished(ByteBuffer(string: isEnveloped ? Self.envelope(text, error.status) : text))
  }

  private static func envelope(_ text: String, _ status: Int) -> String {
    #"{"status":\#(status),"content":\#(text)}"#
  }

  private func body(of page: ListPage, status: Int, address: String) -> ByteBuffer {
    var page = page
    page.filters += filters
    var buffer = ByteBuffer()
    buffer.reserveCapacity(512 + page.items.reduce(0) { $0 + $1.utf8.count + 1 })
    buffer.writeStaticString(#"{"links":["#)
    buffer.writeString(page.links(to: address).map(\.json).joined(separator: ","))
    buffer.writeStaticString(#"],"results":["#)
    for (index, item) in page.items.enumerated() {
      if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
      buffer.writeString(item)
    }
    buffer.writeInteger(UInt8(ascii: "]"))
    if isEnveloped { buffer.writeString(#","status":\#(status)"#) }
    if page.hasCount, page.paging.includeCount {
      buffer.writeString(#","totalCount":\#(page.total)"#)
    }
    buffer.writeInteger(UInt8(ascii: "}"))
    return buffer
  }

  private func finished(_ compact: ByteBuffer) -> ByteBuffer {
    guard isPretty, let value = try? JSONValue(parsing: compact.readableBytesView) else {
      return compact
    }
    return ByteBuffer(bytes: value.encoded(pretty: true))
  }
}
