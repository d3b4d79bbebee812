internal import Foundation
internal import GRDB
public import GodwitCore
internal import GuardedFiles
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
  /// Why commits may be missing in a file whose clean mark is off.
  public enum LogTrouble: Sendable, Hashable {
    /// No `-wal` was beside the file.
    case isMissing
    /// The `-wal` beside it is not as it was written.
    case isDamaged
  }

  /// Why commits may be missing; `nil` if none is.
  public let lostCommits: LogTrouble?
  /// Whether the clean mark was off: the last process ended without closing the file.
  public let wasCutOff: Bool
  /// Whether the run was taken from a process that ended without releasing it.
  public let wasAbandoned: Bool
  /// Whether a person took the run over from another host, whose last commits nobody here can see.
  public let wasTakenOver: Bool
  /// The last row of the journal after which an intent may be missing though its write was sent; `nil`
  /// if none may.
  ///
  /// It is remembered in the file: a later crash, or a clean end, does not bring back what was lost.
  /// Nothing is lost when a process is killed on a host that runs on: the `-wal` beside the file has
  /// all that it committed. A power cut may take the end of a `-wal` without a sign, should a disk not
  /// keep what it has acknowledged.
  let suspectSequence: Int64?

  /// Whether commits may be missing.
  public var mayHaveLostCommits: Bool { lostCommits != nil }

  /// Whether an intent may be missing though its write was sent.
  public var mayLackIntents: Bool { suspectSequence != nil }

  /// What is known of who planned the run; `nil` unless it was opened for applying.
  public let origin: PlanOrigin?

  let queue: DatabaseQueue
  let lease: RunLease?
  let planKey: PlanKey?
  /// What was checked; it follows the commits of this process.
  private let seal: Mutex<RunSeal?>
  let clock: @Sendable () -> Int64
  let isClosed = Mutex(false)

  init(
    path: String,
    purpose: Purpose,
    queue: DatabaseQueue,
    lease: (lease: RunLease, how: RunLease.Acquisition)? = nil,
    lostCommits: LogTrouble? = nil,
    wasCutOff: Bool = false,
    suspectSequence: Int64? = nil,
    checked: (seal: RunSeal, origin: PlanOrigin)? = nil,
    planKey: PlanKey? = nil,
    clock: @escaping @Sendable () -> Int64
  ) {
    self.path = path
    self.purpose = purpose
    self.queue = queue
    self.lease = lease?.lease
    wasAbandoned = lease.map { $0.how != .wasFree } ?? false
    wasTakenOver = lease?.how == .wasTakenOver
    self.lostCommits = lostCommits
    self.wasCutOff = wasCutOff
    self.suspectSequence = suspectSequence
    origin = checked?.origin
    seal = Mutex(checked?.seal)
    self.planKey = planKey
    self.clock = clock
  }

  /// Milliseconds since 1970 by the system's clock.
  public static let systemClock: @Sendable () -> Int64 = {
    Int64(Date().timeIntervalSince1970 * 1000)
  }

  // MARK: - What was checked

  /// Compares what was read with what was checked, if the file was opened for applying.
  func compare(_ body: (RunSeal) throws -> Void) throws {
    if let seal = seal.withLock({ $0 }) { try body(seal) }
  }

  /// Changes what this process knows of the journal in step with a transaction; what `body` throws
  /// undoes it.
  ///
  /// - Parameters:
  ///   - entries: what the transaction appends.
  ///   - body: gets the fold.
  /// - Throws: what `body` throws.
  func follow(
    _ entries: [JournalEntry],
    _ body: (inout JournalFold) throws -> Void
  ) throws {
    try seal.withLock { seal in
      guard var journal = seal?.journal else {
        var unchecked = JournalFold()
        return try body(&unchecked)
      }
      // Two copies of the tables would make every commit cost as much as the run is long.
      seal?.journal = JournalFold()
      defer { seal?.journal = journal }
      let memory = journal.memory(of: entries)
      do { try body(&journal) } catch {
        journal.restore(memory)
        throw error
      }
    }
  }

  // MARK: - Plumbing

  static func configuration(synchronous: String) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try SQLiteGuard.apply(to: database)
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
