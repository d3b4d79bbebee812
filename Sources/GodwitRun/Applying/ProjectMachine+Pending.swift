internal import GodwitCore
internal import GodwitJournal

// What an operation takes from the answers to earlier ones.

extension ProjectMachine {
  /// An operation with the ids from earlier answers in the place of its pending values.
  ///
  /// - Returns: `nil` if an answer that is needed has no id.
  func filled(_ operation: Operation) -> Operation? {
    guard !operation.pendingValues.isEmpty else { return operation }
    var operation = operation
    var isMissing = false
    func fill(_ object: JSONObject?) -> JSONObject? {
      guard let object else { return nil }
      return object.mapValues { _, value in
        value.replacingPending { pending in
          guard let id = answers[pending.operation]?["id"] else {
            isMissing = true
            return .null
          }
          return id
        }
      }
    }
    operation.body = fill(operation.body)
    operation.after = fill(operation.after)
    return isMissing ? nil : operation
  }

  /// Ends the project since an earlier answer does not have what is needed.
  mutating func missesAnswer(_ index: Int) -> Action {
    let operation = record.operations[index].operation
    let needed = operation.pendingValues.map(\.operation).sorted()
      .filter { answers[$0]?["id"] == nil }
      .map(String.init).joined(separator: ", ")
    record.operations[index].status = .failed
    let reason = "the answer to operation \(needed) has no id, and \(operation.words) needs it"
    return end(
      .failed,
      reason: reason,
      advice: "look at the project in Atlas, then plan again",
      with: [entry(.outcome(.failed, image: nil, note: reason), operation.number)]
    )
  }
}

extension ProjectMachine {
  /// Whether something is still to be written by path where this was: the answer to a write by path
  /// may be empty or anything, so that the image before the next one has to be read.
  func needsImage(after operation: Operation) -> Bool {
    guard operation.target.request != nil, let resource = operation.resource else { return false }
    return record.operations.contains {
      !$0.status.isSettled && $0.operation.resource == resource
    }
  }
}

extension ProjectView {
  /// What is committed with an intent: the image before; for a new alert configuration the ids of
  /// those that are there, so that it can be told from them.
  func before(_ operation: Operation) -> ShownImage? {
    if let resource = operation.resource { return shown(resource) }
    guard operation.target.alert != nil else { return nil }
    let ids = alerts.keys.sorted().map { JSONValue.string($0.text) }
    return ShownImage(fields: [CommittedIntent.knownAlertsKey: .array(ids)], stamp: nil)
  }
}

extension CommittedIntent {
  /// Under which key the image of an intent to make an alert configuration has the ids of those
  /// that were there.
  static let knownAlertsKey = "knownAlerts"

  /// The ids of the alert configurations that were there just before.
  var knownAlerts: Set<AlertConfigurationID> {
    let ids = image?[Self.knownAlertsKey]?.arrayValue ?? []
    return Set(ids.compactMap { $0.stringValue.map { AlertConfigurationID($0) } })
  }
}

extension JSONObject {
  /// Whether this is what Atlas answered when it made an alert configuration.
  func names(_ id: AlertConfigurationID) -> Bool {
    self["id"] == .string(id.text)
  }
}

extension Operation {
  /// Whether nothing that can be read shows what became of it: a POST of what is not known.
  var leavesNoTrace: Bool {
    target.request.map { $0.method == "POST" } ?? false
  }

  /// The `notifierId`s that it sends: of notifications whose secrets Atlas shall keep.
  var notifierIDs: Set<String> {
    guard target.alert != nil else { return [] }
    let notifications = body?["notifications"]?.arrayValue ?? []
    return Set(notifications.compactMap { $0.objectValue?["notifierId"]?.stringValue })
  }
}
