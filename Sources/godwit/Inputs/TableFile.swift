import Foundation
import GodwitCore
import SwiftCSV

/// A table in CSV with a header, every row as wide as the header.
///
/// A row of another width means a comma or a quote in the wrong place, and its cells would be taken
/// for those of other columns.
struct TableFile {
  /// The names of the columns, without the spaces around them; each is there once.
  let header: [String]
  /// The cells, row by row, as many as there are columns.
  let rows: [[String]]

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - text: CSV whose first line is the header.
  ///   - path: the file's name, for messages.
  /// - Throws: `Diagnostic` with the row of what is wrong; it shows no cell.
  init(_ text: String, _ path: String) throws(Diagnostic) {
    var all: [[String]] = []
    do {
      let table = try EnumeratedCSV(string: text, delimiter: .comma, loadColumns: false)
      try table.enumerateAsArray(startAt: 0, rowLimit: nil) { all.append($0) }
    } catch {
      throw Diagnostic(
        "\(path) is not CSV",
        advice: "check that every quotation mark is closed"
      )
    }
    let header = (all.first ?? []).map { $0.trimmingCharacters(in: .whitespaces) }
    for (index, name) in header.enumerated() {
      guard !name.isEmpty else {
        throw Diagnostic(
          "\(path): column \(index + 1) has no name",
          advice: "name it in the header"
        )
      }
      guard !header[..<index].contains(name) else {
        throw Diagnostic(
          "\(path) has two columns named \"\(name)\"",
          advice: "name each column once"
        )
      }
    }
    let rows = all.dropFirst().enumerated().filter { $0.element != [""] }
    for (index, row) in rows where row.count != header.count {
      throw Diagnostic(
        "\(path), row \(index + 2): \(row.count) cells under \(header.count) columns",
        advice: "put a cell that holds a comma in quotation marks"
      )
    }
    self.header = header
    self.rows = rows.map(\.element)
  }
}
