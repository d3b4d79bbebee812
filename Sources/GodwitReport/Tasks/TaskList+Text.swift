internal import GodwitCore

extension TaskList {
  /// The tasks for a terminal: one title, then a line for each project with its address.
  public func text(style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    guard !rows.isEmpty else {
      page.add("This run has no tasks for people.")
      return page.text
    }
    let tasks = Wording.count(rows.count, "task")
    page.add("\(tasks) for people in \(Wording.count(projectCount, "project"))")
    for (title, rows) in byTitle {
      page.heading("\(SafeText.line(title, limit: 200)): \(rows.count)")
      let details = Set(rows.map(\.task.detail))
      if details.count == 1, let detail = rows.first?.task.detail {
        page.wrap(SafeText.line(detail, limit: 2000), first: "  ")
      }
      let width = min(40, rows.map { DisplayWidth.of(Self.name(of: $0.project)) }.max() ?? 0)
      for row in rows {
        let name = DisplayWidth.pad(Self.name(of: row.project), to: width)
        page.add("  \(name)  \(SafeText.line(row.task.url ?? row.project.id.text, limit: 500))")
        if details.count > 1, let detail = row.task.detail {
          page.wrap(SafeText.line(detail, limit: 2000), first: "      ")
        }
      }
    }
    page.gap()
    page.add("Plan again when they are done: the projects then go on.")
    return page.text
  }

  /// The tasks as a Markdown document: a list to tick off under each title.
  public func markdown() -> String {
    var lines = ["# Tasks for people: \(MarkdownText.code(info.id))", ""]
    lines.append(
      "\(Wording.count(rows.count, "task")) in \(Wording.count(projectCount, "project"))."
    )
    for (title, rows) in byTitle {
      lines += ["", "## \(MarkdownText.prose(title)): \(rows.count)", ""]
      for row in rows {
        var line = "- [ ] \(MarkdownText.code(row.project.name))"
        if let url = row.task.url { line += " " + MarkdownText.link(url) }
        if let detail = row.task.detail { line += " " + MarkdownText.prose(detail, limit: 2000) }
        lines.append(line)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func name(of project: Project) -> String { SafeText.line(project.name, limit: 60) }
}
