import Foundation
import GodwitCore
import Synchronization

/// A column of a CSV file that has a value of one secret for each project.
///
/// Rows are found by the project's id, or else by its name. Two projects can have one name: once
/// both are noted, their row is nobody's.
final class ProjectSecretTable: Sendable {
  private let file: String
  private let rows: [String: SecretValue]
  /// The projects by name, of all that were noted.
  private let noted = Mutex<[String: Set<ProjectID>]>([:])

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - file: its path, for messages.
  ///   - column: the column with the values.
  ///   - name: the secret, for messages.
  /// - Throws: `Diagnostic` with the row that is wrong; no value is in it.
  init(_ bytes: [UInt8], file: String, column: String, name: String) throws(Diagnostic) {
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic("secret \(name): \(file) is not UTF-8 text")
    }
    text = text.replacing("\r\n", with: "\n")
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    let table: TableFile
    do { table = try TableFile(text, file) } catch {
      throw Diagnostic("secret \(name): \(error.line)", advice: error.advice)
    }
    guard let index = table.header.firstIndex(of: column), index > 0 else {
      let columns = table.header.dropFirst()
      throw Diagnostic(
        "secret \(name): \(file) has no column \"\(column)\" behind its first one",
        advice: columns.isEmpty
          ? "its first column is the project's id or name, and others hold values"
          : Suggestion.advice(for: column, in: Array(columns))
      )
    }
    var rows: [String: SecretValue] = [:]
    for (number, row) in table.rows.enumerated() {
      let key = row[0].trimmingCharacters(in: .whitespaces)
      guard !key.isEmpty else {
        throw Diagnostic(
          "secret \(name): \(file), row \(number + 2): the first column is empty",
          advice: "it takes the project's id or name"
        )
      }
      guard rows.updateValue(SecretValue(row[index]), forKey: key) == nil else {
        throw Diagnostic(
          "secret \(name): \(file) names \"\(key)\" twice",
          advice: "name each project once"
        )
      }
    }
    self.file = file
    self.rows = rows
  }

  /// All values, for the search of texts.
  var values: [SecretValue] { rows.values.filter { !$0.isEmpty } }

  /// Takes note of projects that there are.
  func note(_ projects: [Project]) {
    noted.withLock { noted in
      for project in projects { noted[project.name, default: []].insert(project.id) }
    }
  }

  /// The projects that were noted.
  var projects: [Project] {
    noted.withLock { noted in
      noted.flatMap { name, ids in
        ids.map { Project(id: $0, name: name, organization: OrganizationID("")) }
      }
    }
  }

  /// A project's value.
  ///
  /// - Throws: `Diagnostic` if it has none, or if two projects would share it.
  func value(for project: Project, of name: String) throws(Diagnostic) -> SecretValue {
    let byName = rows[project.name]
    let value: SecretValue
    switch (rows[project.id.text], byName) {
    case (_?, _?) where project.id.text != project.name:
      throw Diagnostic(
        "secret \(name): \(file) names this project twice, by id and by name",
        advice: "name each project once"
      )
    case (let byID?, _): value = byID
    case (nil, let byName?):
      guard noted.withLock({ $0[project.name]?.count ?? 0 }) < 2 else {
        throw Diagnostic(
          "secret \(name): \(file) has one row for several projects of this name",
          advice: "name them by id"
        )
      }
      value = byName
    case (nil, nil):
      throw Diagnostic(
        "secret \(name): \(file) has no row for this project",
        advice: "add one whose first column is its id or name"
      )
    }
    guard !value.isEmpty else {
      throw Diagnostic("secret \(name): \(file) has an empty value for this project")
    }
    if let defect = value.defect {
      throw Diagnostic(
        "secret \(name): the value of this project in \(file) \(defect.words)",
        advice: defect.advice
      )
    }
    return value
  }
}
