public import GodwitCore

/// One thing that happened while a run was applied.
public struct JournalEntry: Sendable, Hashable {
  /// What happened.
  public enum Event: Sendable, Hashable {
    /// A write is about to be sent; committed before the first byte.
    ///
    /// `image` is what Atlas showed just before, `stamp` Atlas' id of that version; a repeat follows an
    /// attempt to which no answer was kept.
    case intent(image: JSONObject?, stamp: String?, isRepeat: Bool)
    /// What became of an operation, with the masked image after where one was seen.
    case outcome(OperationStatus, image: JSONObject?, note: String?)
    /// A project has ended in a bucket; `needsPerson` if a person has to say what became of a write.
    case settled(
      ProjectOutcome,
      reason: String?,
      advice: String?,
      position: ScriptPosition?,
      needsPerson: Bool = false
    )
    /// A project that had ended is taken up again.
    case reopened
  }

  /// The project's position in the run.
  public var position: Int
  /// The operation's number; `nil` for what concerns the whole project.
  public var number: Int?
  /// What happened.
  public var event: Event

  /// Makes an entry.
  public init(position: Int, number: Int? = nil, event: Event) {
    self.position = position
    self.number = number
    self.event = event
  }
}

extension JournalEntry.Event {
  /// The names of all events.
  static let names: Set<String> = ["intent", "outcome", "settled", "reopened"]

  /// The event's name in the journal.
  var name: String {
    switch self {
    case .intent: "intent"
    case .outcome: "outcome"
    case .settled: "settled"
    case .reopened: "reopened"
    }
  }

  /// The event's particulars as stored JSON.
  var detail: JSONObject {
    var object: JSONObject = [:]
    switch self {
    case .intent(let image, let stamp, let isRepeat):
      object.set("image", image.map(JSONValue.object))
      object.set("stamp", stamp.map(JSONValue.string))
      if isRepeat { object["isRepeat"] = true }
    case .outcome(let status, let image, let note):
      object["status"] = .string(status.rawValue)
      object.set("image", image.map(JSONValue.object))
      object.set("note", note.map(JSONValue.string))
    case .settled(let outcome, let reason, let advice, let position, let needsPerson):
      let why = StoredReason(
        reason: reason,
        advice: advice,
        position: position,
        needsPerson: needsPerson
      )
      object = why.members
      object["outcome"] = .string(outcome.rawValue)
    case .reopened: break
    }
    return object
  }
}

/// The last intent that was committed for an operation.
public struct CommittedIntent: Sendable, Hashable {
  /// What Atlas showed just before; `nil` if there was no integration.
  public var image: JSONObject?
  /// Atlas' id of that version.
  public var stamp: String?
  /// Whether an earlier attempt may still have been made, or on its way.
  public var isRepeat: Bool

  /// Makes an intent.
  public init(image: JSONObject?, stamp: String?, isRepeat: Bool) {
    self.image = image
    self.stamp = stamp
    self.isRepeat = isRepeat
  }
}
