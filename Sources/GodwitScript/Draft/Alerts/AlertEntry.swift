internal import GodwitCore

/// An alert configuration as it stands in a draft.
struct AlertEntry {
  /// Its id; `nil` if the script itself makes it.
  let id: AlertConfigurationID?
  /// The number of the operation that makes it.
  let number: Int?
  /// As it was read; `nil` if the script itself makes it.
  let baseline: AlertConfiguration?
  /// The fields as the script wants them: masks as they were read, secrets as references.
  var wanted: JSONObject
  /// The fields as Atlas shows them, or will.
  var shown: JSONObject
  /// Whether the script takes it away.
  var isDeleted = false

  init(_ baseline: AlertConfiguration) {
    id = baseline.id
    number = nil
    self.baseline = baseline
    wanted = baseline.fields.removing { key, _ in AlertConfiguration.readOnlyKeys.contains(key) }
    shown = baseline.fields
  }

  init(number: Int, wanted: JSONObject, shown: JSONObject) {
    id = nil
    self.number = number
    baseline = nil
    self.wanted = wanted
    self.shown = shown
  }

  /// Whether a script's id means this one.
  func isNamed(_ reference: AlertReference) -> Bool {
    switch reference {
    case .id(let id): self.id == id
    case .pending(let pending): number == pending.operation
    }
  }

  /// The configuration as a script gets it.
  var object: JSONObject {
    var object = shown
    if let id {
      object["id"] = .string(id.text)
    } else if let number {
      object["id"] = .pending(PendingValue(operation: number))
    }
    return object
  }

  var target: AlertTarget {
    let event = (shown["eventTypeName"] ?? baseline?.fields["eventTypeName"])?.stringValue
    return AlertTarget(
      id: id,
      eventTypeName: event ?? "",
      isLegacy: baseline?.isLegacy ?? false
    )
  }
}

/// How a script names an alert configuration: by its id, or by the pending one of a new one.
enum AlertReference: Hashable {
  case id(AlertConfigurationID)
  case pending(PendingValue)

  /// As messages name it.
  var words: String {
    switch self {
    case .id(let id): "alert configuration \(id)"
    case .pending(let pending): "alert configuration \(pending)"
    }
  }
}

/// What a write of an alert configuration sends and shows.
struct AlertBody {
  /// The complete configuration to send.
  var body: JSONObject
  /// The image that Atlas will show.
  var after: JSONObject
  /// Secrets that were supplied and show the same already.
  var unchanged: [UnchangedSecret] = []
  /// What changes, compared with an image before.
  var changes: [FieldChange] = []

  /// Checks a configuration and puts the body together.
  ///
  /// - Throws: ``ScriptComplaint`` that names the field.
  init(
    _ wanted: JSONObject,
    over baseline: AlertConfiguration?,
    policy: DraftPolicy,
    isConfigured: (IntegrationType) -> Bool
  ) throws(ScriptComplaint) {
    body = wanted.removing { _, value in value == .null }
    after = body
    var bodies: [JSONValue] = []
    var shown: [JSONValue] = []
    var unknowable: [FieldChange] = []
    for (index, value) in (wanted["notifications"]?.arrayValue ?? []).enumerated() {
      let notification = try NotificationBody(
        value.objectValue ?? [:],
        place: "notifications[\(index + 1)]",
        stored: baseline?.notifications ?? [],
        policy: policy,
        isConfigured: isConfigured
      )
      bodies.append(.object(notification.body))
      shown.append(.object(notification.after))
      unchanged += notification.unchanged
      unknowable += notification.unknowable
    }
    body["notifications"] = .array(bodies)
    after["notifications"] = .array(shown)
    let names = Set(unknowable.map(\.field))
    changes =
      AlertComparison.told(from: baseline?.fields, to: after).filter { !names.contains($0.field) }
      + unknowable
  }
}
