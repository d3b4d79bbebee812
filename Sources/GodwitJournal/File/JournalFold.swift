internal import Crypto
internal import Foundation
internal import GodwitCore

/// How operations and projects stand, as it follows from the rows of a journal.
///
/// The columns of a run file that say so are to agree with it; a row that says otherwise was changed by
/// another program.
struct JournalFold {
  /// What names an operation.
  struct Place: Hashable {
    var position: Int64
    var number: Int64
  }

  /// How an operation stands.
  struct Standing: Equatable {
    var status = OperationStatus.planned.rawValue
    var wasRepeated = false
  }

  /// How a project ended, with a hash of the particulars.
  struct Ending: Equatable {
    var outcome: String?
    var detail: Data
  }

  private var operations: [Place: Standing] = [:]
  private var endings: [Int64: Ending] = [:]
  /// A hash over the rows of each project.
  private var rows: [Int64: Data] = [:]
  /// The hash of the last row.
  private(set) var last = Data()

  /// A row of the journal.
  struct Entry {
    var milliseconds: Int64
    var position: Int64
    var number: Int64?
    var event: String
    var detail: String
  }

  /// Takes the next row, whose particulars are given as parsed as well.
  ///
  /// - Returns: the hash that the row has to have.
  @discardableResult
  mutating func add(_ entry: Entry, _ detail: JSONObject) -> Data {
    last = PlanHash.journal(
      after: last,
      at: entry.milliseconds,
      position: entry.position,
      number: entry.number,
      event: entry.event,
      detail: entry.detail
    )
    rows[entry.position] = Self.extend(rows[entry.position], by: entry)
    if let number = entry.number {
      let place = Place(position: entry.position, number: number)
      var standing = operations[place] ?? Standing()
      switch entry.event {
      case "intent":
        standing.status = OperationStatus.sending.rawValue
        if detail["isRepeat"]?.boolValue ?? false { standing.wasRepeated = true }
      case "outcome": standing.status = detail["status"]?.stringValue ?? ""
      default: standing.status = OperationStatus.planned.rawValue
      }
      operations[place] = standing
    } else {
      endings[entry.position] =
        entry.event == "settled"
        ? Ending(outcome: detail["outcome"]?.stringValue, detail: Self.hash(entry.detail)) : nil
    }
    return last
  }

  /// What is known of the places that entries are about, to be able to go back.
  struct Memory {
    fileprivate var last: Data
    fileprivate var operations: [Place: Standing?] = [:]
    fileprivate var endings: [Int64: Ending?] = [:]
    fileprivate var rows: [Int64: Data?] = [:]
  }

  /// Remembers what is known of the places that entries are about.
  func memory(of entries: [JournalEntry]) -> Memory {
    var memory = Memory(last: last)
    for entry in entries {
      let position = Int64(entry.position)
      memory.rows[position] = .some(rows[position])
      memory.endings[position] = .some(endings[position])
      if let number = entry.number {
        let place = Place(position: position, number: Int64(number))
        memory.operations[place] = .some(operations[place])
      }
    }
    return memory
  }

  /// Goes back to what was known.
  mutating func restore(_ memory: Memory) {
    last = memory.last
    for (place, standing) in memory.operations { operations[place] = standing }
    for (position, ending) in memory.endings { endings[position] = ending }
    for (position, hash) in memory.rows { rows[position] = hash }
  }

  /// How an operation stands.
  func standing(of number: Int64, at position: Int64) -> Standing {
    operations[Place(position: position, number: number)] ?? Standing()
  }

  /// Whether the columns of a project say how it ended.
  func fits(settled: String?, detail: String?, at position: Int64) -> Bool {
    guard let ending = endings[position] else { return settled == nil && detail == nil }
    return ending == Ending(outcome: settled, detail: detail.map(Self.hash) ?? Data())
  }

  /// Whether these are all the rows of a project, in order.
  func fits(_ entries: [Entry], at position: Int64) -> Bool {
    var hash: Data?
    for entry in entries { hash = Self.extend(hash, by: entry) }
    return hash == rows[position]
  }

  private static func extend(_ hash: Data?, by entry: Entry) -> Data {
    PlanHash.journal(
      after: hash ?? Data(),
      at: entry.milliseconds,
      position: entry.position,
      number: entry.number,
      event: entry.event,
      detail: entry.detail
    )
  }

  private static func hash(_ text: String) -> Data {
    Data(SHA256.hash(data: Data(text.utf8)))
  }
}
