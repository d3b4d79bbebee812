internal import GodwitCore
internal import NIOCore

/// Why an answer cannot be used.
struct UnreadableAnswer: Error, Sendable, Hashable {
  var reason: String
}

/// One page of a list.
///
/// Source: Atlas' lists are `{"links":[{"href","rel"}],"results":[…],"totalCount":n}`; `next` is
/// absent on the last page. Of the link only its presence is used: its address names Atlas' own
/// host, and credentials go to the configured one alone.
struct Page<Element: Sendable>: Sendable {
  var elements: [Element]
  var hasNext: Bool
  /// The number of elements on all pages; may be absent, and an estimate.
  var totalCount: Int?

  /// Reads a page; an element that `make` cannot read makes the whole unreadable.
  init(_ body: ByteBuffer, _ make: (JSONObject) -> Element?) throws(UnreadableAnswer) {
    let object = try AnswerBody.object(body)
    guard let results = object["results"]?.arrayValue else {
      throw UnreadableAnswer(reason: "a list without results")
    }
    elements = []
    elements.reserveCapacity(results.count)
    for result in results {
      guard let element = result.objectValue.flatMap(make) else {
        throw UnreadableAnswer(reason: "a list with an element that is not understood")
      }
      elements.append(element)
    }
    let links = object["links"]?.arrayValue ?? []
    hasNext = links.contains { $0.objectValue?["rel"]?.stringValue == "next" }
    totalCount = object["totalCount"]?.int64Value.map(Int.init)
  }
}

/// Reading the bodies of answers.
enum AnswerBody {
  /// Reads a body of any JSON.
  static func value(_ body: ByteBuffer) throws(UnreadableAnswer) -> JSONValue {
    guard body.readableBytes > 0 else { throw UnreadableAnswer(reason: "an empty body") }
    do {
      return try JSONValue(parsing: body.readableBytesView)
    } catch {
      throw UnreadableAnswer(reason: error.description)
    }
  }

  /// Reads a body that must be a JSON object.
  static func object(_ body: ByteBuffer) throws(UnreadableAnswer) -> JSONObject {
    let value = try value(body)
    guard let object = value.objectValue else {
      throw UnreadableAnswer(reason: "\(value.kindName) in the place of an object")
    }
    return object
  }
}
