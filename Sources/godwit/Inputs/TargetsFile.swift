import Foundation
import GodwitCore
import GodwitRun

/// Reads the file of `--targets`: one project a line, with or without a header, or CSV with a header
/// whose first column is the project's id or name.
enum TargetsFile {
  /// Reads a file, or stdin for `-`.
  ///
  /// - Throws: `Diagnostic` with the line of what is wrong.
  static func read(_ path: String) throws -> [Selection.Target] {
    let data =
      path == "-"
      ? FileHandle.standardInput.readDataToEndOfFile()
      : try InputFile.contents(of: path, called: "targets file")
    guard let text = String(data: data, encoding: .utf8) else {
      throw Diagnostic("\(path) is not UTF-8 text")
    }
    var plain = text.replacing("\r\n", with: "\n")
    // Spreadsheets put a byte order mark before the header.
    if plain.unicodeScalars.first == "\u{FEFF}" { plain.unicodeScalars.removeFirst() }
    let lines = plain.split(separator: "\n")
    let first = lines.first { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }
    // Names may hold commas: a table is told by what its first column is called.
    let targets =
      switch first.map(form) ?? .lines {
      case .table: try rows(Self.withoutLeadingRemarks(plain), path)
      case .column:
        try names(lines.drop { $0 != first }.dropFirst().map(Self.unquoted), path)
      case .lines: try names(lines.map(String.init), path)
      }
    guard !targets.isEmpty else {
      throw Diagnostic("\(path) names no projects", advice: "put one project on a line")
    }
    return targets
  }

  /// A table without the lines before its header that are empty or remarks.
  private static func withoutLeadingRemarks(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let rest = lines.drop { $0.allSatisfy(\.isWhitespace) || $0.hasPrefix("#") }
    return rest.joined(separator: "\n")
  }

  /// What a file is, as its first line tells.
  private enum Form {
    case lines, column, table
  }

  /// The first line of a table, or of a column of projects, begins with what projects are called by.
  private static func form(_ line: Substring) -> Form {
    let cells = line.split(separator: ",", omittingEmptySubsequences: false)
    let name = String(cells[0].lowercased().filter { !" \t\"'_-".contains($0) })
    guard headers.contains(name) else { return .lines }
    return cells.count > 1 ? .table : .column
  }

  private static let headers: Set<String> = [
    "id", "name", "project", "projectid", "projectname", "group", "groupid", "groupname",
  ]

  /// A line of a column, out of the quotation marks that spreadsheets put around commas.
  private static func unquoted(_ line: Substring) -> String {
    let cell = line.trimmingCharacters(in: .whitespaces)
    guard cell.count > 1, cell.hasPrefix("\""), cell.hasSuffix("\"") else { return cell }
    return String(cell.dropFirst().dropLast().replacing("\"\"", with: "\""))
  }

  private static func names(_ lines: [String], _ path: String) throws -> [Selection.Target] {
    var result: [Selection.Target] = []
    var seen: Set<String> = []
    for line in lines {
      let name = line.trimmingCharacters(in: .whitespaces)
      guard !name.isEmpty, !name.hasPrefix("#") else { continue }
      guard seen.insert(name).inserted else {
        throw Diagnostic("\(path) names \"\(name)\" twice", advice: "name each project once")
      }
      result.append(Selection.Target(project: name))
    }
    return result
  }

  private static func rows(_ text: String, _ path: String) throws -> [Selection.Target] {
    let table = try TableFile(text, path)
    var seen: Set<String> = []
    return try table.rows.enumerated().map { index, row in
      let name = row[0].trimmingCharacters(in: .whitespaces)
      guard !name.isEmpty else {
        throw Diagnostic(
          "\(path), row \(index + 2): the first column is empty",
          advice: "it takes the project's id or name"
        )
      }
      guard seen.insert(name).inserted else {
        throw Diagnostic("\(path) names \"\(name)\" twice", advice: "name each project once")
      }
      let cells = zip(table.header, row)
      return Selection.Target(
        project: name,
        variables: Dictionary(cells, uniquingKeysWith: { first, _ in first })
      )
    }
  }
}
