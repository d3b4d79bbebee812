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
    func feed(_ sql: String) throws {
      let rows = try Row.fetchCursor(database, sql: sql)
      while let row = try rows.next() {
        for value in row.databaseValues { feedColumn(value, into: &hasher) }
      }
    }
    try feed("SELECT value FROM meta WHERE key = 'info'")
    try feed("SELECT path, text FROM source ORDER BY path")
    try feed(
      "SELECT position, id, name, orgId, project, outcome, detail FROM project ORDER BY position"
    )
    try feed("SELECT position, number, operation FROM operation ORDER BY position, number")
    return hexadecimal(hasher.finalize())
  }

  /// Feeds one column with its length in front, so that columns cannot be shifted.
  private static func feedColumn(_ value: DatabaseValue, into hasher: inout SHA256) {
    let bytes: Data
    switch value.storage {
    case .null: bytes = Data([0])
    case .int64(let number): bytes = Data(String(number).utf8)
    case .double(let number): bytes = Data(String(number).utf8)
    case .string(let text): bytes = Data(text.utf8)
    case .blob(let data): bytes = data
    }
    withUnsafeBytes(of: Int64(bytes.count).littleEndian) { hasher.update(bufferPointer: $0) }
    hasher.update(data: bytes)
  }

  /// Compares the plan and the journal with their hashes.
  static func check(_ database: Database, path: String) throws {
    guard let expected = try RunFile.meta(database, "planHash", as: String.self) else { return }
    guard try compute(database) == expected else {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "the plan is not the one that was recorded",
        advice: "somebody or something changed the file; plan again"
      )
    }
    var last = Data()
    let rows = try Row.fetchCursor(database, sql: "SELECT * FROM journal ORDER BY sequence")
    while let row = try rows.next() {
      let hash = journal(
        after: last,
        at: row["atMilliseconds"],
        position: row["position"],
        number: row["number"],
        event: row["event"],
        detail: row["detail"]
      )
      guard hash == row["hash"] as Data else {
        throw RunFileError(
          .damaged,
          path: path,
          detail: "the journal does not fit its hashes from row \(row["sequence"] as Int64) on",
          advice: "somebody or something changed the file; compare Atlas with `godwit show`"
        )
      }
      last = hash
    }
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
