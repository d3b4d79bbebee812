import GRDB
import GodwitCore
import GuardedFiles

/// The world in SQLite: one connection, on which requests take turns.
///
/// Nothing is kept beside it in memory, so what a served world costs does not grow with it, and two
/// processes can serve one file.
final class WorldStore: Sendable {
  let queue: DatabaseQueue
  let ids = ObjectIDMaker()
  /// What the world is called; made from its seed and size.
  let worldID: String

  private init(queue: DatabaseQueue, worldID: String) {
    self.queue = queue
    self.worldID = worldID
  }

  /// The settings of every connection to a world.
  ///
  /// The file survives the death of the process (SQLite has handed over every commit), not that of
  /// the machine; a world can be made again.
  static func configuration(isFile: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      if isFile { try SQLiteGuard.apply(to: database) }
      if isFile { try database.execute(sql: "PRAGMA journal_mode = WAL") }
      try database.execute(
        sql: "PRAGMA synchronous = OFF; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY"
      )
    }
    return configuration
  }

  /// A world in memory, made from a seed.
  static func inMemory(projects: Int, seed: UInt64) throws(SimulatorError) -> WorldStore {
    do {
      let queue = try DatabaseQueue(configuration: configuration(isFile: false))
      try WorldGenerator(projects: projects, seed: seed).fill(queue)
      return try WorldStore(queue: queue, worldID: readID(of: queue))
    } catch {
      throw .database(error, subject: "the world in memory")
    }
  }

  /// The world of a file that is known to be one.
  static func opening(_ path: String) throws(SimulatorError) -> WorldStore {
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration(isFile: true))
      try queue.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
          try WorldSchema.check(database, version: version, path: path)
          try WorldSchema.migrate(database)
          return .commit
        }
      }
      return try WorldStore(queue: queue, worldID: readID(of: queue))
    } catch {
      throw .database(error, subject: path)
    }
  }

  private static func readID(of queue: DatabaseQueue) throws -> String {
    try queue.unsafeRead { database in
      try String.fetchOne(database, sql: "SELECT id FROM world") ?? ""
    }
  }

  /// Reads; what is read with one statement is of one instant.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try queue.unsafeRead(body)
  }

  /// Reads and writes in one transaction, which an error undoes.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try queue.writeWithoutTransaction { database in
      var result: Value?
      try database.inTransaction(.immediate) {
        result = try body(database)
        return .commit
      }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
      return result
    }
  }

  func close() {
    try? queue.close()
  }
}

extension SimulatorError {
  /// What SQLite, or the file system below it, reported.
  static func database(_ error: any Error, subject: String) -> SimulatorError {
    if let error = error as? SimulatorError { return error }
    if error is RowDecodingError { return .notAWorld(subject) }
    let code = (error as? DatabaseError)?.resultCode
    switch code {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .notAWorld(subject)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR, .SQLITE_FULL:
      return SimulatorError(
        kind: .inaccessibleFile,
        subject: subject,
        problem: "The file or its folder cannot be read and written (\(error)).",
        advice: "Check the path, its permissions and the free space, or name another file."
      )
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return .worldInUse(subject)
    default:
      return SimulatorError(
        kind: .database,
        subject: subject,
        problem: "SQLite reported: \(error).",
        advice: "If it happens again, make the world anew with a reset."
      )
    }
  }

  static func worldInUse(_ path: String) -> SimulatorError {
    SimulatorError(
      kind: .worldInUse,
      subject: path,
      problem: "Another process has this world open.",
      advice: "Stop the simulator that serves it, then try again."
    )
  }

  static func notAWorld(_ path: String) -> SimulatorError {
    SimulatorError(
      kind: .notAWorld,
      subject: path,
      problem: "This file is not a world of the simulator.",
      advice: "Name a world file, or a path at which there is no file yet."
    )
  }
}
