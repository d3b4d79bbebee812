public import GodwitCore

/// Writes a run as CSV (RFC 4180), one line a project.
///
/// The first line names the columns. Cells that a spreadsheet would take for a formula get an
/// apostrophe in front; line breaks and control characters in names and reasons are escaped, so
/// that one line of the file is one project.
public struct RunCSV {
  /// The names of the columns, in order.
  public static let columns = [
    "id", "name", "org", "outcome", "reason", "at", "operations", "changes", "tasks", "advice",
  ]

  /// How many characters a cell holds at most; a spreadsheet takes 32,767.
  private static let cellLimit = 8000
  private let write: (String) -> Void

  /// Writes the line with the names of the columns.
  ///
  /// - Parameter write: receives the text line by line.
  public init(write: @escaping (String) -> Void) {
    self.write = write
    write(Self.line(Self.columns))
  }

  /// Writes one project.
  public func add(_ record: ProjectRecord) {
    let operations = record.operations.map { entry in
      "\(entry.operation.words) (\(Wording.name(of: entry.status)))"
    }
    let changes = record.operations.flatMap { entry in
      entry.operation.changes.map { Self.text(of: $0, in: entry.operation) }
    }
    write(
      Self.line([
        record.project.id.text,
        record.project.name,
        record.project.organization.text,
        record.outcome.rawValue,
        record.reason ?? "",
        record.position?.description ?? "",
        operations.joined(separator: "; "),
        changes.joined(separator: "; "),
        record.plan.tasks.map(\.title).joined(separator: "; "),
        record.advice ?? "",
      ])
    )
  }

  private static func text(of change: FieldChange, in operation: Operation) -> String {
    let text = ChangeText(change, of: operation, limit: 300)
    let values = [text.before, text.after].compactMap { $0 }.joined(separator: " -> ")
    let note = change.isUnknowable ? " (cannot know whether it differs)" : ""
    return "\(operation.target).\(text.field): \(values)\(note)"
  }

  /// Cells as one line with its end.
  static func line(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",") + "\r\n"
  }

  /// One cell: escaped, disarmed, and quoted where it has to be.
  ///
  /// Semicolons and tabs are quoted too, since spreadsheets of some countries split at them.
  static func cell(_ text: String) -> String {
    var text = SafeText.line(text, limit: cellLimit)
    if isFormula(text) { text = "'" + text }
    // Scalars, not characters: a quote with a mark on it is a quote to whoever reads the file.
    let scalars = text.unicodeScalars
    let needsQuotes =
      scalars.contains { ",;\"'".unicodeScalars.contains($0) }
      || scalars.first == " " || scalars.last == " "
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in scalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// Whether a spreadsheet could take the text for a formula.
  ///
  /// Source: OWASP, "CSV Injection": `=`, `+`, `-`, `@`, tab, carriage return and the full-width
  /// forms. Tabs and returns are escaped before; a backslash in front is harmless, yet marked too.
  private static func isFormula(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) else {
      return false
    }
    if text.hasPrefix("\\t") || text.hasPrefix("\\r") { return true }
    return "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(first)
  }
}
