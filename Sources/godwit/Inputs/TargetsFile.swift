import Foundation
import GodwitCore
import GodwitRun

/// Reads the file of `--targets`: one project a line, or CSV with a header whose first column is
/// the project's id or name.
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
    let isTable = first.map(isHeader) ?? false
    let targets =
      isTable ? try rows(Self.withoutLeadingRemarks(plain), path) : try names(lines, path)
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

  /// Whether a line is the header of a table: several columns, the first for the project.
  private static func isHeader(_ line: Substring) -> Bool {
    guard line.contains(","), let cell = line.split(separator: ",").first else { return false }
    let name = cell.lowercased().filter(\.isLetter)
    return ["id", "name", "project", "projectid", "projectname", "group", "groupid"].contains(name)
  }

  private static func names(_ lines: [Substring], _ path: String) throws -> [Selection.Target] {
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
