public import GodwitCore

/// The runs that are kept, as a table or as JSON; newest first, however they are given.
public struct RunsList: Sendable {
  /// One run.
  public struct Row: Sendable {
    /// Its head.
    public var info: RunInfo
    /// Its totals; `nil` where they are not known, as in a plan that was interrupted.
    public var totals: Totals?
    /// Its file.
    public var file: String

    /// Makes a row.
    public init(info: RunInfo, totals: Totals?, file: String) {
      self.info = info
      self.totals = totals
      self.file = file
    }
  }

  private let rows: [Row]

  /// Takes runs in any order.
  public init(_ rows: [Row]) {
    self.rows = rows.sorted { left, right in
      if left.info.createdSeconds != right.info.createdSeconds {
        return left.info.createdSeconds > right.info.createdSeconds
      }
      return right.info.id.bytesPrecede(left.info.id)
    }
  }

  /// A table with a heading; a sentence where there are no runs.
  public func text(style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    guard !rows.isEmpty else {
      page.add("No runs are kept here.")
      return page.text
    }
    let heads = ["RUN", "WHEN", "SCRIPT", "PHASE", "PROJECTS"]
    let cells = rows.map { row in
      [
        SafeText.line(row.info.id, limit: 80),
        Moment.text(row.info.createdSeconds),
        SafeText.line(row.info.script.path, limit: 60),
        row.info.phase.rawValue,
        row.totals.map(Self.brief) ?? "not known",
      ]
    }
    let widths = heads.indices.map { column in
      ([heads] + cells).map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    for (index, line) in ([heads] + cells).enumerated() {
      let text = zip(line, widths).map { DisplayWidth.pad($0, to: $1) }.joined(separator: "  ")
      let trimmed = String(text.reversed().drop { $0 == " " }.reversed())
      page.add(index == 0 ? style.paint(trimmed, .bold) : trimmed)
    }
    return page.text
  }

  /// A document `{"formatVersion": 1, "runs": […]}`, one run on a line.
  public func json() -> String {
    let lines = rows.map { row -> String in
      let form: JSONValue = [
        "run": .string(row.info.id),
        "file": .string(row.file),
        "createdAt": .string(Moment.iso(row.info.createdSeconds)),
        "phase": .string(row.info.phase.rawValue),
        "script": ["path": .string(row.info.script.path), "name": .string(row.info.script.name)],
        "baseURL": .string(row.info.target.baseURL),
        "totals": row.totals.map { .object(RunJSON.form(of: $0)) } ?? .null,
      ]
      return "    " + SafeText.json(form)
    }
    let body = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n  ]"
    return "{\n  \"formatVersion\": \(RunJSON.formatVersion),\n  \"runs\": \(body)\n}\n"
  }

  /// The buckets that are not empty, for example `200: 83 changed, 117 skipped`.
  private static func brief(_ totals: Totals) -> String {
    let parts = ProjectOutcome.allCases.compactMap { outcome in
      totals[outcome] > 0 ? "\(totals[outcome]) \(Wording.name(of: outcome))" : nil
    }
    return parts.isEmpty
      ? "\(totals.selected)" : "\(totals.selected): " + parts.joined(separator: ", ")
  }
}
