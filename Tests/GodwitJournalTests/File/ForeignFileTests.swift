import Foundation
import GRDB
import GodwitCore
import TestSupport
import Testing

@testable import GodwitJournal

/// Run files that somebody else prepared: nothing in them runs, and what they say is checked.
@Suite struct ForeignFileTests {
  /// Schemas that no version of the program makes.
  static let schemas = [
    "CREATE TRIGGER t AFTER UPDATE ON lease BEGIN UPDATE operation SET operation = '{}'; END",
    "CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM journal; END",
    "CREATE TEMP TABLE x (a); CREATE VIEW v AS SELECT * FROM meta",
    "ALTER TABLE meta RENAME TO old; CREATE VIEW meta AS SELECT key, value FROM old",
    "CREATE TABLE extra (a)", "CREATE VIRTUAL TABLE f USING fts5(a)",
    "DROP INDEX projectPending", "CREATE INDEX i ON operation (abs(number))",
    "DROP INDEX projectPending; CREATE INDEX projectPending ON project (position) WHERE 0",
    "ALTER TABLE operation ADD COLUMN g TEXT GENERATED ALWAYS AS (hex(operation)) VIRTUAL",
    "DROP TABLE lease", "ANALYZE",
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'DEFAULT 0', 'DEFAULT (abs(-1))')
      WHERE name = 'operation'
    """,
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'one = 1', 'one = 1 OR abs(one) > 0')
      WHERE name = 'lease'
    """,
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'source')
      WHERE name = 'meta'
    """,
  ]

  @Test(arguments: schemas)
  func `refuses a schema that is not that of a run`(sql: String) async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      try Sample.edit(path, sql)
      let before = FileManager.default.contents(atPath: path)
      let reading = try await runFileError { try RunFile.openForReading(path).close() }
      #expect(reading.kind == .damaged, "\(reading)")
      let applying = try await runFileError { try RunFile.openForApplying(path).close() }
      #expect(applying.kind == .damaged, "\(applying)")
      #expect(FileManager.default.contents(atPath: path) == before)
    }
  }

  @Test func `an index that says otherwise than its table is found before anything is sent`()
    async throws
  {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      // The index forgets its rows, though the text of its statement stays.
      try Sample.edit(
        path,
        """
        PRAGMA writable_schema = ON;
        CREATE TEMP TABLE kept AS SELECT sql FROM sqlite_schema WHERE name = 'projectPending';
        UPDATE sqlite_schema SET sql = replace(sql, '''changed''', '''none''')
          WHERE name = 'projectPending';
        PRAGMA writable_schema = RESET;
        REINDEX projectPending;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = (SELECT sql FROM kept) WHERE name = 'projectPending';
        """
      )
      let error = try await runFileError { try RunFile.openForApplying(path).close() }
      #expect(error.kind == .damaged, "\(error)")
    }
  }

  /// Changes by another program while this one has the lease, and what is done next.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var next: @Sendable (RunFile) async throws -> Void

    init(_ sql: String, _ next: @escaping @Sendable (RunFile) async throws -> Void) {
      testDescription = sql
      self.next = next
    }
  }

  private static let read: @Sendable (RunFile) async throws -> Void = {
    _ = try await $0.pending(after: 0, limit: 10, retrying: [])
  }

  static let changes = [
    Change("UPDATE operation SET operation = replace(operation, 'EU', 'AP1')", read),
    Change("UPDATE operation SET status = 'done' WHERE position = 2", read),
    Change("UPDATE operation SET status = 'planned' WHERE position = 1", read),
    Change("UPDATE operation SET wasRepeated = 1 WHERE position = 2", read),
    Change("DELETE FROM operation WHERE position = 2", read),
    Change(
      "INSERT INTO operation SELECT 2, 9, operation, 'planned', 0 FROM operation LIMIT 1",
      read
    ),
    Change("UPDATE project SET id = 'ffffffffffffffffffffffff' WHERE position = 2", read),
    Change("UPDATE project SET detail = '{}' WHERE position = 2", read),
    Change("UPDATE project SET settledDetail = '{}' WHERE position = 2", read),
    Change("UPDATE journal SET detail = '{}'", read),
    Change("DELETE FROM journal", read),
    Change(
      "INSERT INTO journal SELECT NULL, 1, 2, 1, 'outcome', '{\"status\":\"inDoubt\"}', hash FROM journal",
      read
    ),
    Change("DELETE FROM journal", { try await $0.commit([Sample.intent(2)]) }),
    Change("UPDATE journal SET hash = zeroblob(32)", { try await $0.commit([Sample.intent(2)]) }),
    Change(
      "UPDATE meta SET value = replace(value, '127.0.0.1', '127.0.0.2') WHERE key = 'info'",
      { _ = try $0.info() }
    ),
    Change("UPDATE meta SET value = zeroblob(32) WHERE key = 'key'", { _ = try $0.secretKey() }),
    Change("UPDATE source SET text = x'41'", { _ = try $0.sources() }),
    Change("UPDATE operation SET operation = '{}'", { try $0.forEachRecord { _ in } }),
    Change("UPDATE operation SET operation = '{}'", { _ = try $0.pendingOperations(retrying: []) }),
  ]

  @Test(arguments: changes)
  func `what is changed after the check is not used`(change: Change) async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([Sample.intent(1)])
      try await Self.read(file)
      try Sample.edit(path, change.testDescription)
      let error = try await runFileError { try await change.next(file) }
      #expect(error.kind == .damaged, "\(error)")
      try? file.close()
    }
  }

  @Test func `a commit that fails leaves what is known as it was`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(3, folder)
      let file = try RunFile.openForApplying(path)
      try await file.commit([Sample.intent(1)])
      // Two rows of one key: SQLite refuses the second one.
      try Sample.edit(path, "UPDATE lease SET isHeld = 0")
      let error = try await runFileError { try await file.commit([Sample.outcome(1)]) }
      #expect(error.kind == .lostLease)
      try Sample.edit(path, "UPDATE lease SET isHeld = 1")
      try await file.commit([Sample.outcome(1), Sample.settled(1)])
      try await Self.read(file)
      try file.close()
      try RunFile.openForApplying(path).close()
    }
  }

  /// What may lie in the place of a file, or beside it.
  struct Place: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var put: @Sendable (String) throws -> Void
  }

  static let places = [
    Place(testDescription: "a pipe") { path in
      try FileManager.default.removeItem(atPath: path)
      mkfifo(path, 0o600)
    },
    Place(testDescription: "a device") { path in
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
    },
    Place(testDescription: "a -wal that is a pipe") { mkfifo($0 + "-wal", 0o600) },
    Place(testDescription: "a -wal that is a link") {
      try FileManager.default.createSymbolicLink(
        atPath: $0 + "-wal",
        withDestinationPath: "/dev/zero"
      )
    },
    Place(testDescription: "a -shm that is a folder") {
      try FileManager.default.createDirectory(
        atPath: $0 + "-shm",
        withIntermediateDirectories: false
      )
    },
    Place(testDescription: "a -journal that is a pipe") { mkfifo($0 + "-journal", 0o600) },
  ]

  @Test(arguments: places)
  func `what is no file is not opened`(place: Place) async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      try place.put(path)
      let reading = try await runFileError { try RunFile.openForReading(path).close() }
      #expect(reading.kind == .damaged || reading.kind == .notARun, "\(reading)")
      let applying = try await runFileError { try RunFile.openForApplying(path).close() }
      #expect(applying.kind == .damaged || applying.kind == .notARun, "\(applying)")
    }
  }

  @Test func `a link is followed to read and refused to apply`() async throws {
    try await TemporaryFolder.with { folder in
      _ = try await Sample.changes(2, folder)
      let link = folder.file("link")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a.godwit")
      let file = try RunFile.openForReading(link)
      #expect(try file.projectCount() == 2)
      try file.close()
      let error = try await runFileError { try RunFile.openForApplying(link).close() }
      #expect(error.kind == .notARun)
    }
  }

  @Test func `a rollback journal that names another file does not remove it`() async throws {
    try await TemporaryFolder.with { folder in
      let path = try await Sample.changes(1, folder)
      let other = folder.file("precious")
      try Data("stays".utf8).write(to: URL(fileURLWithPath: other))
      let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
      let size = try #require(FileManager.default.contents(atPath: path)).count
      func big(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
      }
      var journal = magic + big(0) + big(7) + big(size / 4096) + big(512) + big(4096)
      journal += [UInt8](repeating: 0, count: 512 - journal.count)
      let name = Array(other.utf8)
      let sum = name.reduce(0) { $0 + Int($1) }
      journal += big(size / 4096 + 1) + name + big(name.count) + big(sum) + magic
      try Data(journal).write(to: URL(fileURLWithPath: path + "-journal"))
      let reading = try await runFileError { try RunFile.openForReading(path).close() }
      #expect(reading.path == path + "-journal" && reading.kind == .damaged)
      _ = try await runFileError { try RunFile.openForApplying(path).close() }
      #expect(FileManager.default.contents(atPath: other) == Data("stays".utf8))
    }
  }

  @Test func `numbers at the ends of their range are read, or refused`() async throws {
    try await TemporaryFolder.with { folder in
      for (index, value) in ["9223372036854775807", "-9223372036854775808"].enumerated() {
        let path = folder.file("\(index).godwit")
        try await Sample.write([Sample.changed(1), Sample.plan(2, .skipped)], to: path)
        try Sample.edit(
          path,
          """
          UPDATE lease SET fencing = \(value), renewedSeconds = \(value), process = \(value);
          UPDATE meta SET value = json_set(value, '$.createdSeconds', \(value), '$.expirySeconds',
            \(value), '$.filteredOut', \(value), '$.secrets[0].fingerprint.length', \(value),
            '$.target.organizations[0].projects', \(value)) WHERE key = 'info';
          """
        )
        let file = try RunFile.openForReading(path)
        let info = try file.info()
        #expect(info.expiresSeconds == info.createdSeconds)
        _ = info.secrets.first?.fingerprint?.shownTail
        try file.close()
        let error = try await runFileError { try RunFile.openForApplying(path).close() }
        #expect(error.kind == .damaged)
      }
    }
  }

  /// `scripts/dev/fuzz runfile` runs many more.
  @Test func `run files that were changed at random end in answers or errors`() throws {
    let fuzzer = Process()
    fuzzer.executableURL =
      Bundle.allBundles.map(\.bundleURL)
      .filter { $0.pathExtension == "xctest" }
      .map { $0.deletingLastPathComponent().appending(path: "RunFileFuzzer") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
      ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "RunFileFuzzer")
    fuzzer.arguments = ["300", "7"]
    let output = Pipe()
    fuzzer.standardOutput = output
    try fuzzer.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    fuzzer.waitUntilExit()
    #expect(fuzzer.terminationStatus == 0, "\(text)")
  }
}
