internal import Foundation
internal import GRDB
internal import GodwitCore

extension RunFile {
  /// Makes a new run file, which must not exist, and begins to plan in it.
  ///
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - sources: the script and its modules: path to text.
  ///   - key: 32 random bytes, under which secrets are told apart.
  ///   - clock: milliseconds since 1970.
  /// - Returns: the open file.
  /// - Throws: `exists`, `notWritable` or `diskFull`.
  public static func create(
    at path: String,
    sources: [String: [UInt8]],
    key: [UInt8],
    clock: @escaping @Sendable () -> Int64 = RunFile.systemClock
  ) throws(RunFileError) -> RunFile {
    try createEmptyFile(path)
    do throws(RunFileError) {
      return try run(path, .planning) {
        let queue = try DatabaseQueue(path: path, configuration: configuration(synchronous: "OFF"))
        try queue.write { try begin($0, sources: sources, key: key) }
        return RunFile(path: path, purpose: .planning, queue: queue, clock: clock)
      }
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  private static func begin(
    _ database: Database,
    sources: [String: [UInt8]],
    key: [UInt8]
  ) throws {
    try RunSchema.create(database)
    try setMeta(database, "phase", RunInfo.Phase.planning.rawValue)
    try CleanMark.on.set(in: database)
    try setMeta(database, "key", Data(key))
    for (path, text) in sources {
      try database.execute(
        sql: "INSERT INTO source (path, text, sha256) VALUES (?, ?, ?)",
        arguments: [path, Data(text), PlanHash.sha256(text)]
      )
    }
  }

  /// Opens a run file to look at it.
  ///
  /// - Throws: `notFound`, `notARun`, `newer`, `damaged` or `notWritable`.
  public static func openForReading(
    _ path: String,
    clock: @escaping @Sendable () -> Int64 = RunFile.systemClock
  ) throws(RunFileError) -> RunFile {
    try checkExists(path)
    return try run(path) {
      do { return try read(path, clock: clock) } catch let error as DatabaseError
        where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
      {
        try rollBack(path)
        return try read(path, clock: clock)
      }
    }
  }

  private static func read(_ path: String, clock: @escaping @Sendable () -> Int64) throws -> RunFile
  {
    var configuration = configuration(synchronous: "FULL")
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.read { try RunSchema.check($0, path: path) }
    return RunFile(path: path, purpose: .reading, queue: queue, clock: clock)
  }

  /// Undoes the transaction in which a process was killed while the file was not in WAL mode,
  /// which a connection that may only read cannot do.
  private static func rollBack(_ path: String) throws {
    let queue = try DatabaseQueue(path: path, configuration: configuration(synchronous: "FULL"))
    try queue.read { _ = try Int.fetchOne($0, sql: "PRAGMA schema_version") }
    try queue.close()
  }

  /// Opens a run file to carry it out: takes the lease, takes the clean mark off, switches WAL on.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mayTakeOver: whether a person said that a holder on another host is gone.
  ///   - clock: milliseconds since 1970.
  /// - Returns: the open file; its plan and journal have passed their hashes.
  /// - Throws: what reading throws, and `inUse` while somebody else holds it.
  public static func openForApplying(
    _ path: String,
    mayTakeOver: Bool = false,
    clock: @escaping @Sendable () -> Int64 = RunFile.systemClock
  ) throws(RunFileError) -> RunFile {
    try checkExists(path)
    return try run(path) {
      // One that is empty was made by a reader, or emptied by a checkpoint.
      let log = WriteAheadLog(beside: path)
      let trouble: LogTrouble? = log.isEmpty ? .isMissing : log.lacksCommits ? .isDamaged : nil
      try checkBeforeApplying(path, mayTakeOver: mayTakeOver, clock: clock)
      let queue = try DatabaseQueue(path: path, configuration: configuration(synchronous: "FULL"))
      CrashPoint.pass("before the lease is taken")
      let (lease, mark, suspectSequence) = try queue.write { database in
        let mark = try CleanMark(of: database)
        let lastBoot = try String.fetchOne(database, sql: "SELECT boot FROM lease")
        let lease = try RunLease.acquire(
          database,
          path: path,
          nowSeconds: clock() / 1000,
          mayTakeOver: mayTakeOver
        )
        if mark == .on { try CleanMark.complete.set(in: database) }
        let wasRebooted = lastBoot != lease.lease.boot
        if lease.how == .wasTakenOver || mark == .off && (trouble != nil || wasRebooted) {
          try noteSuspicion(database)
        }
        return (lease, mark, try meta(database, "suspectSequence", as: Int64.self))
      }
      CrashPoint.pass("after the lease is taken")
      try switchToWAL(queue, path: path)
      CrashPoint.pass("after the clean mark is off")
      return RunFile(
        path: path,
        purpose: .applying,
        queue: queue,
        lease: lease,
        lostCommits: mark == .off ? trouble : nil,
        wasCutOff: mark != .on,
        suspectSequence: suspectSequence,
        clock: clock
      )
    }
  }

  /// Remembers that whatever the journal does not have up to here may have been sent.
  private static func noteSuspicion(_ database: Database) throws {
    let last = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM journal") ?? 0
    try setMeta(database, "suspectSequence", last)
  }

  /// Refuses a file that is damaged or in use without opening it for writing, which would fold the
  /// -wal of a killed run into it.
  private static func checkBeforeApplying(
    _ path: String,
    mayTakeOver: Bool,
    clock: @escaping @Sendable () -> Int64
  ) throws {
    let file = try openForReading(path, clock: clock)
    defer { try? file.close() }
    try file.queue.read { database in
      try PlanCheck.check(database, path: path)
      _ = try RunLease.next(
        database,
        path: path,
        nowSeconds: clock() / 1000,
        mayTakeOver: mayTakeOver
      )
    }
  }

  private static func switchToWAL(_ queue: DatabaseQueue, path: String) throws {
    try queue.writeWithoutTransaction { database in
      let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      guard mode == "wal", level == 2 else {
        throw RunFileError(
          .notWritable,
          path: path,
          detail: "SQLite cannot give durable commits here"
            + " (journal_mode \(mode ?? "?"), synchronous \(level ?? -1))",
          advice: "keep run files on a local disk"
        )
      }
      CrashPoint.pass("after WAL is on")
      try CleanMark.takeOff(in: database)
    }
  }

  // MARK: - Files

  private static func checkExists(_ path: String) throws(RunFileError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw RunFileError(
        .notFound,
        path: path,
        detail: "there is no such run file",
        advice: "`godwit runs` lists those kept here"
      )
    }
    guard !isDirectory.boolValue else {
      throw RunFileError(.notARun, path: path, detail: "this is a folder, not a run file")
    }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw RunFileError(.notWritable, path: path, detail: "the file cannot be read")
    }
  }

  /// Makes an empty file of mode 0600 that did not exist.
  static func createEmptyFile(_ path: String) throws(RunFileError) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      guard errno != EEXIST else {
        throw RunFileError(
          .exists,
          path: path,
          detail: "a file of this name exists, and runs never overwrite",
          advice: "choose another name with --out"
        )
      }
      let kind: RunFileError.Kind = errno == ENOSPC ? .diskFull : .notWritable
      throw RunFileError(kind, path: path, detail: "the file cannot be made (\(reason))")
    }
    _ = Foundation.close(descriptor)
  }
}
