internal import GRDB
internal import GodwitCore
internal import Synchronization

extension RunFile {
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
    CrashPoint.pass("before the checkpoint")
    try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    CrashPoint.pass("after the checkpoint")
    // A reader in another process keeps WAL on; then the file stays unclean with its WAL.
    let mode = try? String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
    CrashPoint.pass("after WAL is off")
    try database.inTransaction(.immediate) {
      guard try lease.release(database) else { return .commit }
      try finishIfNothingIsOpen(database)
      if mode == "delete" { try setMeta(database, "clean", 1) }
      return .commit
    }
    CrashPoint.pass("after the clean mark is set")
  }
}
