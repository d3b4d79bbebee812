import HTTPTypes

/// The parts of a request that the API looks at.
struct APIRequest {
  private(set) var method: String
  /// Path and query as they were sent; digest authentication covers them so.
  let target: String
  private(set) var path: String
  let query: Query
  let accept: String?
  let contentType: String?
  var body: [UInt8] = []

  init(_ head: HTTPRequest) {
    method = head.method.rawValue
    target = head.path ?? "/"
    if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
      path = String(target[..<mark])
      query = Query(parsing: String(target[target.utf8.index(after: mark)...]))
    } else {
      path = target
      query = Query(parsing: nil)
    }
    accept = head.headerFields[.accept]
    contentType = head.headerFields[.contentType]
  }

  var isRead: Bool { method == "GET" || method == "HEAD" || method == "OPTIONS" }

  /// The GET whose answer has the form of the answer to this PUT or PATCH.
  ///
  /// A PUT of an integration is answered with all integrations of the project.
  var readingWhatItWrites: APIRequest {
    var read = self
    read.method = "GET"
    read.body = []
    var segments = path.split(separator: "/", omittingEmptySubsequences: false)
    if segments.count > 1, segments[segments.count - 2] == "integrations" {
      segments.removeLast()
      read.path = segments.joined(separator: "/")
    }
    return read
  }
}

/// The query of a request, decoded.
struct Query {
  /// The text as it was sent, without the question mark.
  let text: String?
  private var values: [String: String] = [:]

  init(parsing text: String?) {
    self.text = text
    for pair in (text ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentEncoding.decode(parts[0], plusIsSpace: true) ?? String(parts[0])
      guard parts.count == 2 else {
        values[name] = ""
        continue
      }
      values[name] = PercentEncoding.decode(parts[1], plusIsSpace: true) ?? String(parts[1])
    }
  }

  subscript(name: String) -> String? { values[name] }

  /// A Boolean parameter.
  ///
  /// - Throws: `INVALID_QUERY_PARAMETER` for anything but `true` and `false`.
  func flag(_ name: String, default standard: Bool) throws(APIError) -> Bool {
    switch values[name] {
    case nil: standard
    case "true": true
    case "false": false
    default: throw .invalidQuery(name)
    }
  }

  /// An integer parameter within bounds.
  ///
  /// - Throws: `INVALID_QUERY_PARAMETER` for anything else.
  func integer(
    _ name: String,
    default standard: Int,
    in bounds: ClosedRange<Int>
  ) throws(APIError) -> Int {
    guard let text = values[name] else { return standard }
    guard let value = Int(text), bounds.contains(value) else { throw .invalidQuery(name) }
    return value
  }
}
