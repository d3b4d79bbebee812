internal import GodwitCore

/// What the journal has of one project, in order.
struct ProjectHistory {
  /// The last intent of each operation that has one.
  private(set) var intents: [Int: CommittedIntent] = [:]
  /// The images that were kept with the outcomes of operations that were made.
  private(set) var answers: [Int: JSONObject] = [:]
  /// The operations of which an attempt was once in doubt.
  private(set) var unanswered: Set<Int> = []
  private var entries: [(sequence: Int64, number: Int?, note: String?)] = []

  /// Takes the next row.
  mutating func add(sequence: Int64, number: Int?, event: String, _ detail: JSONObject) {
    entries.append((sequence, number, detail["note"]?.stringValue))
    guard let number else { return }
    switch (event, detail["status"]?.stringValue.flatMap(OperationStatus.init(rawValue:))) {
    case ("intent", _):
      intents[number] = CommittedIntent(
        image: detail["image"]?.objectValue,
        stamp: detail["stamp"]?.stringValue,
        isRepeat: detail["isRepeat"]?.boolValue ?? false
      )
    case ("outcome", .done?): answers[number] = detail["image"]?.objectValue
    case ("outcome", .inDoubt?): unanswered.insert(number)
    default: break
    }
  }

  /// The operations on which there is a row after another one.
  func numbers(after sequence: Int64) -> Set<Int> {
    Set(entries.filter { $0.sequence > sequence }.compactMap(\.number))
  }

  /// The notes of the last row on an operation and of all rows after it; none without such a row.
  func notes(sinceLastOf number: Int) -> [String?] {
    guard let start = entries.lastIndex(where: { $0.number == number }) else { return [] }
    return entries[start...].map(\.note)
  }
}
