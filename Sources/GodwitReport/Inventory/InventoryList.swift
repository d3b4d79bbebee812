public import GodwitCore

/// What `inventory` found, in the forms in which it is shown.
public struct InventoryList: Sendable {
  let rows: [InventoryRow]
  let notFound: [String]

  /// Takes the lines in the order in which they are shown.
  public init(_ rows: [InventoryRow], notFound: [String]) {
    self.rows = rows
    self.notFound = notFound
  }

  /// How the command ends.
  public var exitStatus: ExitStatus {
    guard rows.contains(where: { $0.failure != nil }) || !notFound.isEmpty else { return .success }
    return rows.contains { $0.failure == nil } ? .projectsFailed : .couldNotStart
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
