public import GodwitCore

/// What `inventory` found, in the forms in which it is shown.
public struct InventoryList: Sendable {
  let rows: [InventoryRow]
  let notFound: [String]
  /// The end of a key that was looked for.
  let tail: String?

  /// Takes the lines in the order in which they are shown.
  ///
  /// - Parameters:
  ///   - rows: a line for each project.
  ///   - notFound: what was named and is not there.
  ///   - tail: the end of a key that was looked for; the text says where alerts have it.
  public init(_ rows: [InventoryRow], notFound: [String], tail: String? = nil) {
    self.rows = rows
    self.notFound = notFound
    self.tail = tail
  }

  /// How the command ends.
  public var exitStatus: ExitStatus {
    guard rows.contains(where: { $0.failure != nil }) || !notFound.isEmpty else { return .success }
    return rows.contains { $0.failure == nil } ? .projectsFailed : .couldNotStart
  }

  /// What was named and is not there, for a form that has no place for it; `nil` if nothing is.
  public var complaint: Diagnostic? {
    guard !notFound.isEmpty else { return nil }
    let names = notFound.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      "not found: \(names)",
      advice: "check the names, and what the credentials can see"
    )
  }

  /// The integrations of all projects that were read.
  var entries: [ProjectInventory.Entry] { rows.compactMap(\.inventory).flatMap(\.entries) }
}

extension SlackKind {
  /// What stands beside a SLACK integration, if it is worth a remark.
  var remark: String? {
    switch self {
    case .oauth: nil
    case .legacy: "legacy"
    case .unclear: "legacy?"
    }
  }
}
