import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

/// Keys that mark plans, and what they prove.
@Suite struct PlanKeyTests {
  static let hex = String(repeating: "0123456789abcdef", count: 4)

  @Test(arguments: [
    hex, hex.uppercased() + "\n", " " + hex, Data((0..<32).map { UInt8($0) }).base64EncodedString(),
    Data((0..<64).map { UInt8($0) }).base64EncodedString(),
  ])
  func `a key is hexadecimal digits or Base64`(text: String) throws {
    #expect(try PlanKey(text: text).id.count == 16)
  }

  @Test(arguments: [
    ("", PlanKey.Flaw.tooShort(bytes: 0)), ("secret", .malformed), (hex + "0", .malformed),
    ("pass word pass word pass word pass word", .malformed),
    (String(hex.dropLast(2)), .tooShort(bytes: 31)), ("c2hvcnQ=", .tooShort(bytes: 5)),
    (String(repeating: "0", count: 64), .notRandom),
    (String(repeating: "ab", count: 40), .notRandom),
    (String(repeating: "0a", count: 3000), .malformed),
  ])
  func `what is weak or odd is no key`(text: String, flaw: PlanKey.Flaw) {
    #expect(throws: flaw) { try PlanKey(text: text) }
  }

  private func key(_ first: UInt8) throws -> PlanKey {
    try PlanKey(bytes: (0..<32).map { first &+ $0 })
  }

  private func write(_ path: String, _ key: PlanKey?) async throws {
    let file = try RunFile.create(
      at: path,
      sources: Sample.sources,
      key: Sample.key,
      planKey: key
    )
    try await Sample.fill(file, [Sample.changed(1)])
    try await file.finishPlanning(Sample.info())
    try file.close()
  }

  private func origin(_ path: String, _ key: PlanKey?) throws -> PlanOrigin? {
    let file = try RunFile.openForApplying(path, planKey: key)
    defer { try? file.close() }
    #expect(try file.info().origin == file.origin)
    return file.origin
  }

  @Test func `a plan is proven with the key it was made with, and with no other`() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.file("a.godwit")
      try await write(path, try key(1))
      #expect(try origin(path, key(1)) == .proven)
      #expect(try origin(path, key(2)) == .otherKey(id: key(1).id))
      #expect(try origin(path, nil) == .noKey(id: key(1).id))
      let unsigned = folder.file("b.godwit")
      try await write(unsigned, nil)
      #expect(try origin(unsigned, key(1)) == .unsigned)
      #expect(try origin(unsigned, nil) == .unsigned)
    }
  }

  /// Changes with the plan's hash made anew.
  static let forgeries = [
    "UPDATE meta SET value = replace(value, '127.0.0.1', 'evil.example') WHERE key = 'info'",
    "UPDATE operation SET operation = replace(operation, 'EU', 'AP1')",
    "UPDATE project SET id = 'ffffffffffffffffffffffff'", "UPDATE source SET text = x'41'",
    "UPDATE meta SET value = zeroblob(32) WHERE key = 'key'",
    "DELETE FROM meta WHERE key = 'planCode'",
    "UPDATE meta SET value = upper(value) WHERE key = 'planCode'",
  ]

  @Test(arguments: forgeries)
  func `a plan whose hash was made anew is refused where its key is`(sql: String) async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.file("a.godwit")
      try await write(path, try key(1))
      try Sample.edit(path, sql)
      let queue = try DatabaseQueue(path: path)
      try await queue.write { try RunFile.setMeta($0, "planHash", PlanHash.compute($0)) }
      try queue.close()
      let error = try await runFileError { _ = try origin(path, key(1)) }
      #expect(error.kind == .damaged)
      #expect(error.detail.contains("key"))
      #expect(try origin(path, key(2)) == .otherKey(id: key(1).id), "another machine cannot tell")
    }
  }

  @Test func `a text that SQLite and the program read differently is refused`() async throws {
    try await TemporaryFolder.with { folder in
      for (index, text) in ["x'61ff'", "x'610062'"].enumerated() {
        let path = folder.file("\(index).godwit")
        try await write(path, nil)
        try Sample.edit(path, "UPDATE project SET name = CAST(\(text) AS TEXT)")
        let error = try await runFileError { _ = try origin(path, nil) }
        #expect(error.kind == .damaged)
        #expect(error.detail.contains("UTF-8"))
      }
    }
  }
}
