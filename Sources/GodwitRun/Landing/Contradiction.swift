internal import GodwitCore

/// A field that Atlas did not store as it was sent, although it accepted the write.
struct Contradiction: Sendable, Hashable {
  /// The field's name; a dot leads into an object.
  var field: String
  /// The value that was sent, secrets masked; `nil` for a field that was cleared.
  var sent: JSONValue?
  /// The value that the answer shows; `nil` if it does not show the field.
  var shown: JSONValue?

  /// For example `region: sent "EU", shows "US"`.
  var words: String {
    "\(field): sent \(Self.text(sent)), shows \(Self.text(shown))"
  }

  private static let textLimit = 200

  private static func text(_ value: JSONValue?) -> String {
    switch value {
    case nil, .null?: return "nothing"
    case .masked(let masked)?: return masked.description
    case .secret(let reference)?: return "the secret \(reference.name)"
    case let value?:
      let text = value.encodedString()
      return text.count > textLimit ? text.prefix(textLimit) + "…" : text
    }
  }
}

extension LandingJudge {
  /// The fields that an accepted write sent and that its answer shows differently.
  ///
  /// Fields that Atlas adds do not count. The answer to a request by path may show anything; of it
  /// only single values count that it shows under the name under which they were sent.
  ///
  /// - Parameters:
  ///   - operation: the write, with no pending value left in it.
  ///   - shown: the fields that the answer shows.
  /// - Returns: the contradictions in the order of the field names.
  static func contradictions(of operation: Operation, in shown: JSONObject) -> [Contradiction] {
    guard operation.verb != .delete, let body = operation.body else { return [] }
    switch operation.target {
    case .integration:
      return fields(of: body, except: ["type"]).filter { field in
        let expected = operation.after?[field] ?? body[field].flatMap(\.asSecret)
        return !isShown(expected, in: shown[field])
      }.map { Contradiction(field: $0, sent: operation.after?[$0], shown: shown[$0]) }
    case .alert:
      guard let after = operation.after else { return [] }
      return fields(of: body, except: []).filter { field in
        after[field].map { !AlertComparison.isShown([field: $0], in: shown) } ?? false
      }.map { Contradiction(field: $0, sent: after[$0], shown: shown[$0]) }
    case .request: return contradictions(of: body, in: shown, path: [])
    }
  }

  private static func fields(of body: JSONObject, except: Set<String>) -> [String] {
    body.keys.filter { !except.contains($0) }.sorted { $0.bytesPrecede($1) }
  }

  private static func contradictions(
    of sent: JSONObject,
    in shown: JSONObject,
    path: [String]
  ) -> [Contradiction] {
    fields(of: sent, except: []).flatMap { key -> [Contradiction] in
      let path = path + [key]
      switch (sent[key], shown[key]) {
      case (.object(let sent)?, .object(let shown)?):
        return contradictions(of: sent, in: shown, path: path)
      case (let sent?, let shown?) where sent.isPlainScalar && shown.isPlainScalar:
        guard !ImageComparison.isSame(sent, shown) else { return [] }
        return [Contradiction(field: path.joined(separator: "."), sent: sent, shown: shown)]
      default: return []
      }
    }
  }
}

extension JSONValue {
  /// This value if it is a secret: what Atlas shows of one that it never showed before cannot be
  /// predicted.
  fileprivate var asSecret: JSONValue? {
    if case .secret = self { self } else { nil }
  }

  /// Whether this is a single value that can be compared: no list, object, secret or pending value.
  fileprivate var isPlainScalar: Bool {
    switch self {
    case .bool, .number, .string: true
    default: false
    }
  }
}
