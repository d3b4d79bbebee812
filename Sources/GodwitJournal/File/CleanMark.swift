internal import GRDB
internal import GodwitCore

/// What the main file says of the commits that it may lack.
///
/// While a run is applied its commits go to the `-wal`, and a main file that was parted from it knows
/// nothing of them. The mark in the main file tells: it is `off` there before the first intent is
/// committed, and not `complete` again before all that was committed is in the main file. Opening and
/// closing pass through `complete`, so that a kill in their midst does not look like a loss.
enum CleanMark: Int {
  /// Commits may be in a `-wal`; without one, they are lost.
  case off = 0
  /// Closed in good order.
  case on = 1
  /// Not closed, but no commit is anywhere else.
  case complete = 2

  /// The mark of a file.
  init(of database: Database) throws {
    self = try RunFile.meta(database, "clean", as: Int.self).flatMap(CleanMark.init) ?? .off
  }

  /// Sets the mark.
  func set(in database: Database) throws {
    try RunFile.setMeta(database, "clean", rawValue)
  }

  /// Takes the mark off in the main file of a database that is in WAL mode.
  ///
  /// - Throws: `SQLITE_BUSY` while a reader keeps the main file from being written.
  static func takeOff(in database: Database) throws {
    if try CleanMark(of: database) != .off { try CleanMark.off.set(in: database) }
    CrashPoint.pass("after the clean mark is off in the -wal")
    // Also if it was off before: an earlier opening may have ended here.
    try database.checkpoint(.full)
  }

  /// Marks a copy of a file that is being opened or closed: the original may commit what the copy will
  /// never have.
  static func distrust(_ database: Database) throws {
    if try CleanMark(of: database) == .complete { try CleanMark.off.set(in: database) }
  }
}
