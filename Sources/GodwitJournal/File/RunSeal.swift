internal import Foundation
internal import GRDB
internal import GodwitCore

/// What a run file held when it was checked, as hashes in memory.
///
/// A lease keeps other runs of this program away, and not other programs. What is read after the check is
/// compared with this, so that nothing is sent that was not checked.
struct RunSeal {
  /// The hash of the head and the key.
  var head: Data
  /// The hash of the sources.
  var sources: Data
  /// The hash of each project's plan, by position.
  var plans: [Int64: Data]
  /// How things stand by the journal.
  var journal: JournalFold

  /// Checks that a section of the plan is what it was.
  func check(_ section: PlanHash.Section, _ database: Database, path: String) throws {
    let expected = section == .head ? head : sources
    guard try PlanHash.compute(section, database) == expected else { throw Self.changed(path) }
  }

  /// Checks that the rows of a project are what they were, and say what the journal says.
  ///
  /// - Parameters:
  ///   - project: the project's row.
  ///   - operations: the rows of its operations: position, number, operation, status, wasRepeated.
  ///   - position: its position.
  ///   - path: the run file, for errors.
  /// - Throws: ``RunFileError`` of kind `damaged` if they are not.
  func check(_ project: Row, _ operations: [Row], at position: Int64, path: String) throws {
    var hash = try PlanHash.extend(nil, by: project, of: .projects)
    for row in operations { hash = try PlanHash.extend(hash, by: row, of: .operations) }
    let isEnding = journal.fits(
      settled: try project.decode(forColumn: "settled"),
      detail: try project.decode(forColumn: "settledDetail"),
      at: position
    )
    var isRight = isEnding && hash == plans[position]
    for row in operations {
      let standing = JournalFold.Standing(
        status: try row.decode(atIndex: 3),
        wasRepeated: try row.decode(atIndex: 4)
      )
      isRight =
        try isRight && standing == journal.standing(of: row.decode(atIndex: 1), at: position)
    }
    guard isRight else { throw Self.changed(path) }
  }

  /// Checks that these are the rows of the journal on a project.
  func check(_ entries: [JournalFold.Entry], at position: Int64, path: String) throws {
    guard journal.fits(entries, at: position) else { throw Self.changed(path) }
  }

  /// What is said of a file that another program changed while it was worked on.
  static func changed(_ path: String) -> RunFileError {
    RunFileError(
      .damaged,
      path: path,
      detail: "another program changed the run file after it was checked",
      advice: "what was not sent yet is not sent; see who can write the file, then plan again"
    )
  }
}
