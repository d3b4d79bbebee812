import GodwitCore

/// Counts the planned operations that cannot be taken back, by what they do.
struct IrreversibleTally: Sendable {
  /// One kind of operation with the projects that have it.
  struct Entry: Sendable {
    var example: Operation
    var count = 0
    var names = NameTally()

    /// Orders kinds of operations on one type.
    fileprivate var tieBreaker: [String] {
      [example.verb.rawValue, example.grade.rawValue] + example.lostSecrets
    }
  }

  private struct Key: Hashable {
    var verb: Verb
    var target: String
    var grade: Reversibility
    var lost: [String]
  }

  private var entries: [Key: Entry] = [:]
  /// How many operations there are in all.
  private(set) var count = 0

  /// Counts the operations of a project.
  mutating func add(_ record: ProjectRecord) {
    for operation in record.plan.operations where operation.isIrreversible {
      let key = Key(
        verb: operation.verb,
        target: operation.target.description,
        grade: operation.grade,
        lost: operation.lostSecrets
      )
      var entry = entries[key] ?? Entry(example: operation.example)
      entry.count += 1
      entry.names.add(record.project)
      entries[key] = entry
      count += 1
    }
  }

  /// The kinds, commonest first.
  var sorted: [Entry] {
    entries.values.sorted { left, right in
      if left.count != right.count { return left.count > right.count }
      let targets = (left.example.target.description, right.example.target.description)
      if targets.0 != targets.1 { return targets.0.bytesPrecede(targets.1) }
      return left.tieBreaker.lexicographicallyPrecedes(right.tieBreaker)
    }
  }

  /// The fields whose secrets would be lost, as `--escrow` names them, for example
  /// `DATADOG.apiKey`.
  var escrowNames: [String] {
    var names: Set<String> = []
    for entry in entries.values {
      // Those of alerts are copies, and named by their integration already.
      let prefix = entry.example.target.integrationType.map { "\($0)." } ?? ""
      for field in entry.example.lostSecrets { names.insert(prefix + field) }
    }
    return names.sorted { $0.bytesPrecede($1) }
  }
}
