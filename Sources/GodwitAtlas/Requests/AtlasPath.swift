internal import GodwitCore

/// A path below the root of an API generation that a script asked for.
struct AtlasPath: Sendable, Hashable {
  /// Path and query, percent-encoded, with a slash in front.
  let text: String

  /// The root of the API itself.
  static let root = AtlasPath()

  private init() {
    text = ""
  }

  /// Checks and encodes a path.
  ///
  /// - Parameters:
  ///   - path: for example `/settings`; what is percent-encoded in it stays so.
  ///   - project: the project that the path is relative to; `nil` for the root.
  ///   - query: names with values, not encoded.
  /// - Throws: ``RefusedPath`` for a path that has a query, a fragment, empty segments or steps such
  ///   as `..`: it would not lead where it says.
  init(
    _ path: String,
    in project: ProjectID?,
    query: [String: String]
  ) throws(RefusedPath) {
    let root = project.map { "/groups/" + PercentEncoding.encode($0.text) } ?? ""
    var text = root
    if !(path.isEmpty || path == "/") {
      guard path.hasPrefix("/") else {
        throw RefusedPath(reason: "it must begin with a slash")
      }
      for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
        text += try "/" + Self.encoded(segment)
      }
    }
    let pairs = query.sorted { $0.key.bytesPrecede($1.key) }.map { name, value in
      "\(PercentEncoding.encode(name))=\(PercentEncoding.encode(value))"
    }
    self.text = pairs.isEmpty ? text : text + "?" + pairs.joined(separator: "&")
  }

  private static func encoded(_ segment: Substring) throws(RefusedPath) -> String {
    guard !segment.isEmpty else { throw RefusedPath(reason: "a part of it is empty") }
    if let mark = segment.first(where: { "?#".contains($0) }) {
      throw RefusedPath(reason: "\(mark) does not belong into it; the query is given apart")
    }
    guard let bytes = PercentEncoding.decode(segment) else {
      throw RefusedPath(reason: "a % in it does not begin two hexadecimal digits")
    }
    if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw RefusedPath(reason: "it has control characters")
    }
    if [".", ".."].contains(String(decoding: bytes, as: UTF8.self)) {
      throw RefusedPath(reason: "steps such as .. lead elsewhere")
    }
    return PercentEncoding.encode(bytes)
  }
}

/// Why a path is not asked for.
struct RefusedPath: Error, Sendable, Hashable {
  var reason: String
}
