internal import GodwitCore

// Writes of what the tool knows no rules for: recorded with the image that a GET of their path gave.

extension ProjectDraft {
  /// A path as it stands in a draft.
  struct PathEntry {
    /// What a GET answered, as an image; `nil` if there was nothing.
    let baseline: JSONObject?
    /// What it will answer after the writes so far.
    var shown: JSONObject?
  }

  /// Checks that the migration declared a request.
  func require(_ method: String, _ path: ScriptPath) throws(ScriptComplaint) {
    guard policy.may.allows(method, path.parts) else {
      let words = "\(method) \(path.text)"
      throw ScriptComplaint(
        "this migration may not \(words)",
        advice: "declare it: may = { request = { \"\(words)\" } }"
      )
    }
  }

  /// Checks the body of a request of which nothing is known.
  func check(_ call: RequestCall) throws(ScriptComplaint) {
    guard let body = call.body else {
      guard call.method == "DELETE" || call.method == "POST" else {
        throw ScriptComplaint("\(call.method) \(call.path) takes a body")
      }
      return
    }
    let check = FieldCheck(owner: "\(call.method) \(call.path)")
    for (name, value) in body.objectValue ?? ["body": body] {
      try check.refuseMasks(value, name)
      try check.refusePlainSecrets(value, name)
    }
    try checkPending(body)
  }

  /// Records a request.
  ///
  /// - Parameters:
  ///   - call: the request, checked.
  ///   - path: its path.
  /// - Returns: what stands for the answer; the image as it is, if nothing would change.
  mutating func request(_ call: RequestCall, _ path: ScriptPath) -> JSONValue {
    let body = call.body.map(AnswerImage.image)
    let before = call.method == "POST" ? nil : paths[path.text]?.shown
    if let before, let body, call.method != "DELETE", !JSONValue.object(body).holdsOpaque,
      ImageComparison.isShown(body, in: before)
    {
      return AnswerImage.value(before)
    }
    if call.method == "DELETE", before == nil { return .bool(false) }
    let number = nextNumber()
    let isDelete = call.method == "DELETE"
    record(
      Operation(
        number: number,
        verb: call.verb,
        target: .request(
          RequestTarget(method: call.method, path: path.text, query: call.query)
        ),
        before: before,
        body: body,
        after: isDelete ? nil : body ?? [:],
        changes: Self.changes(call, before, body),
        grade: Self.grade(call, before, body),
        position: call.position
      )
    )
    if call.method != "POST" {
      let laidOver = call.method == "PATCH" ? (before ?? [:]).merging(body ?? [:]) : body
      paths[path.text]?.shown = isDelete ? nil : laidOver
    }
    return .pending(PendingValue(operation: number))
  }

  private static func changes(
    _ call: RequestCall,
    _ before: JSONObject?,
    _ body: JSONObject?
  ) -> [FieldChange] {
    if call.method == "DELETE" {
      return (before ?? [:]).map { FieldChange(field: $0.key, before: $0.value, after: nil) }
    }
    return (body ?? [:]).compactMap { name, value in
      let old = before?[name]
      // What is sent where nothing was is told of, false and empty too.
      let isSame = old == nil ? value == .null : ImageComparison.isSame(old, value)
      if !value.holdsOpaque, isSame { return nil }
      return FieldChange(
        field: name.isEmpty ? "body" : name,
        before: old,
        after: value,
        isUnknowable: value.holdsOpaque && old != nil
      )
    }
  }

  /// No way back unless sending the image again restores it.
  private static func grade(
    _ call: RequestCall,
    _ before: JSONObject?,
    _ body: JSONObject?
  ) -> Reversibility {
    guard let before, let body else { return .notAtAll }
    switch call.method {
    case "PUT": return JSONValue.object(before).holdsOpaque ? .withSecret : .exact
    case "PATCH":
      // A field that was absent cannot be patched away.
      guard body.keys.allSatisfy({ before[$0] != nil }) else { return .notAtAll }
      let isHidden = body.keys.contains { before[$0]?.holdsOpaque == true }
      return isHidden ? .withSecret : .exact
    default: return .notAtAll
    }
  }
}

extension RequestCall {
  /// What the request does, as operations are told apart.
  var verb: Verb {
    switch method {
    case "POST": .create
    case "DELETE": .delete
    default: .update
    }
  }
}
