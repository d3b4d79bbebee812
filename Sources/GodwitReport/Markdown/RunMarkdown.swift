public import GodwitCore

/// Writes a run as Markdown: totals, groups, causes and tasks first, then a table of all projects.
///
/// What comes first is folded beforehand; the projects pass one at a time. Long tables are folded
/// away (`<details>`). Everything from outside is escaped.
public struct RunMarkdown {
  /// From how many projects on their table is folded away.
  private static let detailsFrom = 30

  private let write: (String) -> Void
  private let summary: RunSummary
  private let isFolded: Bool

  /// Writes all that comes before the projects.
  ///
  /// - Parameters:
  ///   - summary: the whole run, folded.
  ///   - write: receives the text piece by piece.
  public init(_ summary: RunSummary, write: @escaping (String) -> Void) {
    self.write = write
    self.summary = summary
    isFolded = summary.totals.counts.values.reduce(0, +) >= Self.detailsFrom
    write(MarkdownSections(summary: summary).text)
    let count = Wording.count(summary.totals.counts.values.reduce(0, +), "project")
    write("\n## Projects\n\n")
    if isFolded { write("<details><summary>\(count)</summary>\n\n") }
    write("| Project | Organization | Outcome | Reason | At | Operations |\n")
    write("|---|---|---|---|---|---|\n")
  }

  /// Writes one project.
  public func add(_ record: ProjectRecord) {
    let project = record.project
    let operations = record.operations.map { entry in
      let status = entry.status == .planned ? "" : " " + Wording.name(of: entry.status)
      return MarkdownText.code(entry.operation.words) + status
    }
    let cells = [
      MarkdownText.code(project.name) + " " + MarkdownText.escaped(project.id.text, limit: 40),
      MarkdownText.escaped(summary.name(of: project.organization), limit: 80),
      Wording.name(of: record.outcome),
      MarkdownText.prose(record.reason ?? ""),
      record.position.map { MarkdownText.code($0.description) } ?? "",
      operations.joined(separator: "<br>"),
    ]
    write("| " + cells.joined(separator: " | ") + " |\n")
  }

  /// Writes the end.
  public func finish() {
    if isFolded { write("\n</details>\n") }
  }
}
