internal import Crypto
internal import Foundation
internal import GRDB

/// The hashes over a plan and over the journal: what was reviewed is what is sent.
enum PlanHash {
  /// SHA-256 in hexadecimal digits.
  static func sha256(_ bytes: some DataProtocol) -> String {
    hexadecimal(SHA256.hash(data: bytes))
  }

  private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    digest.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }

  /// One hash over the head, the sources, the projects and the operations, as planned.
  static func compute(_ database: Database) throws -> String {
    var hasher = SHA256()
    for (section, sql) in sections {
      feed(UInt8(ascii: "#"), section.utf8, into: &hasher)
      let rows = try Row.fetchCursor(database, sql: sql)
      while let row = try rows.next() {
        for column in 0..<row.count { try feed(row, column, into: &hasher) }
      }
    }
    return hexadecimal(hasher.finalize())
  }

  /// What is hashed, in order: all rows of planning, none of what applying changes.
  private static let sections = [
    ("meta", "SELECT key, value FROM meta WHERE key IN ('info', 'key') ORDER BY key"),
    ("source", "SELECT path, text, sha256 FROM source ORDER BY path"),
    (
      "project",
      "SELECT position, id, name, orgId, project, outcome, detail FROM project ORDER BY position"
    ),
    ("operation", "SELECT position, number, operation FROM operation ORDER BY position, number"),
  ]

  /// Feeds one column with its kind and length in front, so that columns cannot be shifted.
  private static func feed(_ row: Row, _ column: Int, into hasher: inout SHA256) throws {
    switch (row[column] as DatabaseValue).storage {
    case .null: feed(UInt8(ascii: "n"), [], into: &hasher)
    case .int64(let number): feed(UInt8(ascii: "i"), "\(number)".utf8, into: &hasher)
    case .double(let number): feed(UInt8(ascii: "d"), "\(number)".utf8, into: &hasher)
    case .string(let text): feed(UInt8(ascii: "t"), text.utf8, into: &hasher)
    case .blob(let data): feed(UInt8(ascii: "b"), data, into: &hasher)
    }
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
