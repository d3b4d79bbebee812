internal import Crypto
internal import Foundation
internal import GRDB

/// The hashes over a plan and over the journal: what was reviewed is what is sent.
enum PlanHash {
  /// The parts of a plan, in the order in which they are hashed.
  enum Section: String, CaseIterable {
    case head = "meta"
    case sources = "source"
    case projects = "project"
    case operations = "operation"

    /// All rows of planning, none of what applying changes.
    fileprivate var sql: String {
      switch self {
      case .head: "SELECT key, value FROM meta WHERE key IN ('info', 'key') ORDER BY key"
      case .sources: "SELECT path, text, sha256 FROM source ORDER BY path"
      case .projects:
        "SELECT position, id, name, orgId, project, outcome, detail FROM project ORDER BY position"
      case .operations:
        "SELECT position, number, operation FROM operation ORDER BY position, number"
      }
    }

    /// How many columns of a row planning writes; they come first.
    var columnCount: Int { self == .projects ? 7 : self == .operations ? 3 : 0 }
  }

  /// A text in a run file that is not UTF-8, or has a NUL in it: it would be one text to SQLite and
  /// another one to this program.
  struct AmbiguousText: Error {}

  /// SHA-256 in hexadecimal digits.
  static func sha256(_ bytes: some DataProtocol) -> String {
    hexadecimal(SHA256.hash(data: bytes))
  }

  /// Bytes in hexadecimal digits.
  static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    digest.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }

  /// One hash over the head, the sources, the projects and the operations, as planned.
  ///
  /// - Parameters:
  ///   - database: the run file.
  ///   - each: is lent every row of projects and operations.
  /// - Returns: SHA-256 in hexadecimal digits.
  /// - Throws: ``AmbiguousText``, and what SQLite throws.
  static func compute(
    _ database: Database,
    each: (Section, Row) throws -> Void = { _, _ in }
  ) throws -> String {
    var hasher = SHA256()
    for section in Section.allCases {
      try feed(section, database, into: &hasher) { row in
        if section == .projects || section == .operations { try each(section, row) }
      }
    }
    return hexadecimal(hasher.finalize())
  }

  /// The hash of one section.
  static func compute(_ section: Section, _ database: Database) throws -> Data {
    var hasher = SHA256()
    try feed(section, database, into: &hasher) { _ in }
    return Data(hasher.finalize())
  }

  /// The hash of a project's plan: of its own row, then of those of its operations.
  ///
  /// - Parameters:
  ///   - last: the hash so far; `nil` before the row of the project.
  ///   - row: a row that begins with the section's columns.
  ///   - section: whose row it is.
  /// - Returns: the hash with this row.
  /// - Throws: ``AmbiguousText``.
  static func extend(_ last: Data?, by row: Row, of section: Section) throws -> Data {
    var hasher = SHA256()
    feed(UInt8(ascii: "h"), last ?? Data(), into: &hasher)
    for column in 0..<section.columnCount { try feed(row, column, into: &hasher) }
    return Data(hasher.finalize())
  }

  private static func feed(
    _ section: Section,
    _ database: Database,
    into hasher: inout SHA256,
    each: (Row) throws -> Void
  ) throws {
    feed(UInt8(ascii: "#"), section.rawValue.utf8, into: &hasher)
    let rows = try Row.fetchCursor(database, sql: section.sql)
    while let row = try rows.next() {
      for column in 0..<row.count { try feed(row, column, into: &hasher) }
      try each(row)
    }
  }

  /// Feeds one column with its kind and length in front, so that columns cannot be shifted.
  private static func feed(_ row: Row, _ column: Int, into hasher: inout SHA256) throws {
    let value: DatabaseValue = row[column]
    switch value.storage {
    case .null: feed(UInt8(ascii: "n"), [], into: &hasher)
    case .int64(let number): feed(UInt8(ascii: "i"), "\(number)".utf8, into: &hasher)
    case .double(let number): feed(UInt8(ascii: "d"), "\(number)".utf8, into: &hasher)
    case .string(let text):
      try checkText(text, row, column)
      feed(UInt8(ascii: "t"), text.utf8, into: &hasher)
    case .blob(let data): feed(UInt8(ascii: "b"), data, into: &hasher)
    }
  }

  /// Checks that a text was read as it is written: without repairs, and to its end.
  private static func checkText(_ text: String, _ row: Row, _ column: Int) throws {
    let isWhole = try row.withUnsafeData(atIndex: column) { bytes in
      bytes.map { $0.elementsEqual(text.utf8) } ?? text.isEmpty
    }
    guard isWhole else { throw AmbiguousText() }
  }

  private static func feed(
    _ kind: UInt8,
    _ bytes: some Collection<UInt8>,
    into hasher: inout SHA256
  ) {
    withUnsafeBytes(of: kind) { hasher.update(bufferPointer: $0) }
    withUnsafeBytes(of: Int64(bytes.count).littleEndian) { hasher.update(bufferPointer: $0) }
    let isFed: Void? = bytes.withContiguousStorageIfAvailable {
      hasher.update(bufferPointer: UnsafeRawBufferPointer($0))
    }
    if isFed == nil { hasher.update(data: Array(bytes)) }
  }

  /// The hash of one row of the journal.
  static func journal(
    after last: Data,
    at milliseconds: Int64,
    position: Int64,
    number: Int64?,
    event: String,
    detail: String
  ) -> Data {
    var hasher = SHA256()
    hasher.update(data: last)
    let head = "\(milliseconds)|\(position)|\(number.map(String.init) ?? "-")|\(event)|"
    hasher.update(data: Data(head.utf8))
    hasher.update(data: Data(detail.utf8))
    return Data(hasher.finalize())
  }
}
