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
      if let lease { try queue.writeWithoutTransaction { try leave($0, lease) } }
    }
  }

  private func leave(_ database: Database, _ lease: RunLease) throws {
    CrashPoint.pass("before the checkpoint")
    if try Self.hasCheckpointed(database, .full) {
      CrashPoint.pass("after the checkpoint")
      // Nobody has committed since then: nobody else has the lease.
      try database.inTransaction(.immediate) {
        guard try lease.isHeld(database) else { return .commit }
        try CleanMark.complete.set(in: database)
        return .commit
      }
      CrashPoint.pass("after the mark is complete in the -wal")
      _ = try Self.hasCheckpointed(database, .truncate)
    }
    CrashPoint.pass("after all commits are in the main file")
    // A reader in another process keeps WAL on; then the file stays unclean with its WAL.
    let mode = try? String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
    CrashPoint.pass("after WAL is off")
    try database.inTransaction(.immediate) {
      guard try lease.release(database) else { return .commit }
      try Self.finishIfNothingIsOpen(database)
      if mode == "delete" { try CleanMark.on.set(in: database) }
      return .commit
    }
    CrashPoint.pass("after the clean mark is set")
  }

  /// Puts what is in the `-wal` into the main file; `false` if a reader is in the way.
  private static func hasCheckpointed(
    _ database: Database,
    _ mode: Database.CheckpointMode
  ) throws -> Bool {
    do {
      try database.checkpoint(mode)
      return true
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return false
    }
  }
}
