import GodwitCore

/// Projects with the same reason for being skipped, held, failed and so on.
struct Cause: Sendable {
  let reason: String
  let position: ScriptPosition?
  /// What was planned and is not done, for a project that its script held.
  var operations: [Operation]
  /// The secrets that going back needs, by operation.
  var restoring: [[String]] = []
  var advice: String?
  var names: NameTally

  /// Orders causes of one reason.
  fileprivate var tieBreaker: [String] {
    let line = String(position?.line ?? 0)
    let padded = String(repeating: "0", count: max(0, 12 - line.count)) + line
    return [position?.file ?? "", padded, ProjectShape(operations: operations).canonical]
  }
}

/// Counts projects by reason; a reason is a text with the line of the script that gave it.
///
/// Reasons may be as many as projects, so the number kept has a limit; what comes after it is
/// counted and not told apart.
struct CauseTally: Sendable {
  private static let limit = 1000
  /// The reason by which projects beyond the limit are counted.
  static let otherReasons = "other reasons"
  private static let reasonLimit = 1000

  private struct Key: Hashable {
    var reason: String
    var position: ScriptPosition?
    var shape: ProjectShape?
  }

  private var causes: [Key: Cause] = [:]
  private(set) var count = 0

  /// Counts a project under its reason.
  mutating func add(_ record: ProjectRecord) {
    count += 1
    let isHeldByScript = record.outcome == .held && record.plan.outcome == .held
    let operations = isHeldByScript ? record.plan.operations : []
    var key = Key(
      reason: Self.general(record),
      position: record.position,
      shape: operations.isEmpty ? nil : ProjectShape(operations: operations)
    )
    if causes[key] == nil, causes.count >= Self.limit {
      key = Key(reason: Self.otherReasons, position: nil, shape: nil)
    }
    var cause =
      causes[key]
      ?? Cause(
        reason: key.reason,
        position: key.position,
        operations: operations.map(\.example),
        restoring: operations.map(\.secretsToRestore),
        advice: nil,
        names: NameTally(limit: record.outcome == .notFound ? 20 : 5)
      )
    let isExample = cause.names.add(record.project)
    if isExample {
      cause.advice = record.advice
      cause.operations = key.shape == nil ? [] : operations.map(\.example)
      cause.restoring = key.shape == nil ? [] : operations.map(\.secretsToRestore)
    }
    causes[key] = cause
  }

  /// The reasons, commonest first.
  var sorted: [Cause] {
    causes.values.sorted { left, right in
      if left.names.count != right.names.count { return left.names.count > right.names.count }
      if left.reason != right.reason { return left.reason.bytesPrecede(right.reason) }
      return left.tieBreaker.lexicographicallyPrecedes(right.tieBreaker)
    }
  }

  /// The reason without the project's own id, so that one trouble of many projects is one cause.
  private static func general(_ record: ProjectRecord) -> String {
    let reason = String((record.reason ?? "").prefix(reasonLimit))
    let id = record.project.id.text
    guard ProjectID.isWellFormed(id) else { return reason }
    return reason.replacing(id, with: "{project}")
  }
}
