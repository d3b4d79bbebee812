internal import GodwitCore
internal import NIOCore

/// What Atlas says in the body of an error.
///
/// Source: the v2 OpenAPI description, schema *ApiError*: `error`, `errorCode`, `reason`, `detail`,
/// `parameters` and, with 400 only, `badRequestDetail`. A proxy may answer HTML or nothing at all.
struct ErrorBody: Sendable, Hashable {
  var errorCode: String?
  var reason: String?
  var detail: String?
  var parameters: [String] = []

  /// Reads a body; what is not JSON says nothing.
  init(_ body: ByteBuffer) {
    guard let object = (try? JSONValue(parsing: body.readableBytesView))?.objectValue else {
      return
    }
    errorCode = object["errorCode"]?.stringValue
    reason = object["reason"]?.stringValue
    detail = object["detail"]?.stringValue
    parameters = (object["parameters"]?.arrayValue ?? []).map(Self.text)
    let fields = object["badRequestDetail"]?.objectValue?["fields"]?.arrayValue ?? []
    let problems = fields.compactMap { field -> String? in
      guard let field = field.objectValue, let name = field["field"]?.stringValue else {
        return nil
      }
      return name + ": " + (field["description"]?.stringValue ?? "not accepted")
    }
    if !problems.isEmpty {
      detail = ([detail].compactMap(\.self) + problems).joined(separator: "; ")
    }
  }

  private static func text(_ value: JSONValue) -> String {
    value.stringValue ?? value.encodedString()
  }
}
