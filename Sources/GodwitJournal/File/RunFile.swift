internal import Foundation
internal import GRDB
internal import GodwitCore
internal import Synchronization

/// One run: plan, sources, images, journal and outcomes in one SQLite file.
///
/// The file has mode 0600 and holds no secret. While it is being applied it is in WAL mode with
/// `synchronous=FULL`; whenever no process has it open it is one file with a *clean* mark. All
/// methods may be called from any task; writes are serialized by SQLite's queue.
public final class RunFile: Sendable {
  /// What the file was opened for.
  public enum Purpose: Sendable, Hashable {
    /// Looking only: nothing in the file or beside it changes.
    case reading
    /// Writing a plan into a new file.
    case planning
    /// Carrying the plan out.
    case applying
  }

  /// The file's path, as it was given.
  public let path: String
  /// What the file was opened for.
  public let purpose: Purpose
  /// Whether commits may be missing: the clean mark is off and no `-wal` was beside the file.
  public let mayHaveLostCommits: Bool
  /// Whether the run was taken from a process that ended without releasing it.
  public let wasAbandoned: Bool
  /// Whether a person took the run over from another host, whose last commits nobody here can see.
  public let wasTakenOver: Bool

  let queue: DatabaseQueue
  let lease: RunLease?
  let clock: @Sendable () -> Int64
  private let isClosed = Mutex(false)

  init(
    path: String,
    purpose: Purpose,
    queue: DatabaseQueue,
    lease: (lease: RunLease, how: RunLease.Acquisition)? = nil,
    mayHaveLostCommits: Bool = false,
    clock: @escaping @Sendable () -> Int64
  ) {
    self.path = path
    self.purpose = purpose
    self.queue = queue
    self.lease = lease?.lease
    wasAbandoned = lease.map { $0.how != .wasFree } ?? false
    wasTakenOver = lease?.how == .wasTakenOver
    self.mayHaveLostCommits = mayHaveLostCommits
    self.clock = clock
  }

  /// Milliseconds since 1970 by the system's clock.
  public static let systemClock: @Sendable () -> Int64 = {
    Int64(Date().timeIntervalSince1970 * 1000)
  }

  // MARK: - Opening

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
    try setMeta(database, "clean", 1)
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
      let wal = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
      let hadWAL = (wal?[.size] as? Int ?? 0) > 0
      try checkBeforeApplying(path, mayTakeOver: mayTakeOver, clock: clock)
      let queue = try DatabaseQueue(path: path, configuration: configuration(synchronous: "FULL"))
      let (lease, wasClean) = try queue.write { database in
        let wasClean = try meta(database, "clean", as: Int.self) == 1
        let lease = try RunLease.acquire(
          database,
          path: path,
          nowSeconds: clock() / 1000,
          mayTakeOver: mayTakeOver
        )
        try setMeta(database, "clean", 0)
        return (lease, wasClean)
      }
      try switchToWAL(queue, path: path)
      return RunFile(
        path: path,
        purpose: .applying,
        queue: queue,
        lease: lease,
        mayHaveLostCommits: !wasClean && !hadWAL,
        clock: clock
      )
    }
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
      // Of a file that was in WAL mode already, the mark is to be off in the main file too.
      try database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
    }
  }

  // MARK: - Closing

  /// Ends the work with the file.
  ///
  /// After applying: checkpoints, leaves WAL mode, sets the clean mark and releases the lease. Later
  /// calls do nothing. Whoever lost the lease leaves the file to its new holder.
  public func close() throws(RunFileError) {
    let wasClosed = isClosed.withLock { closed in
      defer { closed = true }
      return closed
    }
    guard !wasClosed else { return }
    try Self.run(path, purpose) {
      defer { try? queue.close() }
      if let lease { try queue.writeWithoutTransaction { try Self.leave($0, lease) } }
    }
  }

  private static func leave(_ database: Database, _ lease: RunLease) throws {
    try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    // A reader in another process keeps WAL on; then the file stays unclean with its WAL.
    let mode = try? String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
    try database.inTransaction(.immediate) {
      guard try lease.release(database) else { return .commit }
      try finishIfNothingIsOpen(database)
      if mode == "delete" { try setMeta(database, "clean", 1) }
      return .commit
    }
  }

  // MARK: - Plumbing

  static func configuration(synchronous: String) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
    }
    return configuration
  }

  /// Runs `body`, turning what SQLite throws into an error about this file.
  static func run<Result>(
    _ path: String,
    _ purpose: Purpose = .reading,
    _ body: () throws -> Result
  ) throws(RunFileError) -> Result {
    do { return try body() } catch { throw RunFileError.wrapping(error, path: path, purpose) }
  }

  /// Writes in one transaction.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws(RunFileError) -> Result {
    do { return try await queue.write(body) } catch {
      throw RunFileError.wrapping(error, path: path, purpose)
    }
  }

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

  static func setMeta(
    _ database: Database,
    _ key: String,
    _ value: any DatabaseValueConvertible
  ) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
      arguments: [key, value]
    )
  }

  static func meta<Value: DatabaseValueConvertible>(
    _ database: Database,
    _ key: String,
    as type: Value.Type
  ) throws -> Value? {
    try Value.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
  }
}
