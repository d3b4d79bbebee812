import Foundation
import GodwitCore
import GodwitReport

/// Reads the tasks that `manual RUN -o csv` wrote.
enum TasksFile {
  /// One task.
  struct Row {
    let project: String
    let type: String
    let title: String
  }

  /// Reads a file, or stdin for `-`.
  ///
  /// - Throws: `Diagnostic` for a file that is not such a list.
  static func read(_ path: String) throws -> [Row] {
    let data =
      path == "-"
      ? FileHandle.standardInput.readDataToEndOfFile()
      : try InputFile.contents(of: path, called: "tasks file")
    guard let text = String(data: data, encoding: .utf8) else {
      throw Diagnostic("\(path) is not UTF-8 text")
    }
    let table = try TableFile(text.replacing("\r\n", with: "\n"), path)
    let places = ["id", "type", "title"].map { table.header.firstIndex(of: $0) }
    guard let id = places[0], let type = places[1], let title = places[2] else {
      throw Diagnostic(
        "\(path) has no columns id, type and title",
        advice: "give it what `godwit manual RUN -o csv` writes"
      )
    }
    return table.rows.map { Row(project: $0[id], type: $0[type], title: $0[title]) }
  }
}
