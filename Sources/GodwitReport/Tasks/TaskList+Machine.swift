internal import GodwitCore

extension TaskList {
  /// The names of the columns of the CSV form, in order; the first is a project's id, so that the
  /// file can be given to `--targets`.
  public static let columns = ["id", "name", "org", "type", "title", "url", "detail"]

  /// The tasks as CSV (RFC 4180), one line a task.
  public func csv() -> String {
    var text = RunCSV.line(Self.columns)
    for row in rows {
      text += RunCSV.line([
        row.project.id.text,
        row.project.name,
        row.project.organization.text,
        row.task.type?.text ?? "",
        row.task.title,
        row.task.url ?? "",
        row.task.detail ?? "",
      ])
    }
    return text
  }

  /// The tasks as JSON: `formatVersion`, `run` and `tasks`, one task on one line.
  public func json() -> String {
    let tasks = rows.map { row in
      var object: JSONObject = [
        "project": [
          "id": .string(row.project.id.text),
          "name": .string(row.project.name),
          "orgId": .string(row.project.organization.text),
        ]
      ]
      for (key, value) in RunJSON.form(of: row.task) { object[key] = value }
      return "\n    " + SafeText.json(.object(object))
    }
    let list = tasks.isEmpty ? "[]" : "[\(tasks.joined(separator: ","))\n  ]"
    return """
      {
        "formatVersion": \(RunJSON.formatVersion),
        "run": \(SafeText.json(.string(info.id))),
        "tasks": \(list)
      }

      """
  }
}
