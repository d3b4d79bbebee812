import GRDB
import GuardedFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of a world: found out about, made, made anew.
struct WorldFile {
  let path: String

  /// Opens the world of this file, and makes it first if there is no file.
  func open(projects: Int, seed: UInt64) throws(SimulatorError) -> WorldStore {
    if !exists { try make(projects: projects, seed: seed, replacing: false) }
    try check()
    return try WorldStore.opening(path)
  }

  /// Opens the world of this file, which has to be there.
  func openExisting() throws(SimulatorError) -> WorldStore {
    guard exists else {
      throw SimulatorError(
        kind: .inaccessibleFile,
        subject: path,
        problem: "There is no such world.",
        advice: "Name the file of a world; `--simulator` makes one on first use."
      )
    }
    try check()
    return try WorldStore.opening(path)
  }

  /// Makes the world anew; the file, if there is one, must be a world that nobody has open.
  func reset(projects: Int, seed: UInt64) throws(SimulatorError) {
    if exists {
      try check()
      try leaveWALMode()
    }
    try make(projects: projects, seed: seed, replacing: true)
  }

  /// Whether there is anything, a link that leads nowhere included.
  private var exists: Bool { FileStanding(of: path) != nil }

  /// Refuses what is not a file of the user's own, and closes one that others can read: a world keeps
  /// the keys that it is given.
  private func checkStanding() throws(SimulatorError) {
    guard let standing = FileStanding(of: path) else { return }
    if let offence = DatabaseFiles.offence(at: path) {
      throw refusal(offence.path, "This is not a world's file: \(offence.problem).")
    }
    guard standing.isOwn else {
      throw refusal(
        path,
        "The world belongs to \(standing.ownerName), and you are \(FileStanding.userName)."
      )
    }
    if standing.isOpenToOthers {
      guard chmod(path, 0o600) == 0 else {
        throw refusal(path, "Others can read this world, and its permissions cannot be changed.")
      }
    }
  }

  private func refusal(_ subject: String, _ problem: String) -> SimulatorError {
    SimulatorError(
      kind: .inaccessibleFile,
      subject: subject,
      problem: problem,
      advice: "Name a file of your own, or a path at which there is no file yet."
    )
  }

  /// Refuses a file that is not a world, or one of a newer version, and leaves it as it is.
  private func check() throws(SimulatorError) {
    try checkStanding()
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(10)
      configuration.prepareDatabase { try SQLiteGuard.apply(to: $0) }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let (application, version) = try queue.unsafeRead { database in
        (
          try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
          try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        )
      }
      if application == WorldSchema.applicationID, version <= WorldSchema.version {
        try queue.read { try WorldSchema.check($0, version: version, path: path) }
      }
      try queue.close()
      guard application == WorldSchema.applicationID else { throw SimulatorError.notAWorld(path) }
      guard version <= WorldSchema.version else {
        throw SimulatorError(
          kind: .newerWorld,
          subject: path,
          problem: "A newer version of this program made this world (format \(version)).",
          advice: "Use that version, or name another file."
        )
      }
    } catch {
      throw .database(error, subject: path)
    }
  }

  /// Folds the write-ahead log into the file and removes it, which SQLite does for a sole user only.
  private func leaveWALMode() throws(SimulatorError) {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(1)
      configuration.prepareDatabase { try SQLiteGuard.apply(to: $0) }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let mode = try queue.writeWithoutTransaction { database in
        try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
      }
      try queue.close()
      guard mode == "delete" else { throw SimulatorError.worldInUse(path) }
    } catch {
      throw .database(error, subject: path)
    }
  }

  private static func open(_ path: String, _ flags: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.open(path, flags, 0o600)
    #elseif canImport(Musl)
      Musl.open(path, flags, 0o600)
    #else
      Darwin.open(path, flags, 0o600)
    #endif
  }

  /// Makes the world beside its place and moves it there whole, so that no half world is ever seen.
  private func make(projects: Int, seed: UInt64, replacing: Bool) throws(SimulatorError) {
    let draft = "\(path).\(getpid()).\(UInt32.random(in: 0...(.max))).draft"
    defer { unlink(draft) }
    // A world keeps the keys it is given: nobody else may read it. SQLite keeps the mode.
    let descriptor = Self.open(draft, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC)
    if descriptor >= 0 { close(descriptor) }
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
      }
      let queue = try DatabaseQueue(path: draft, configuration: configuration)
      try WorldGenerator(projects: projects, seed: seed).fill(queue)
      try queue.close()
    } catch {
      throw .database(error, subject: path)
    }
    // Another process may have made the world meanwhile; then that one is used.
    let result = replacing ? rename(draft, path) : link(draft, path)
    guard result == 0 || (!replacing && errno == EEXIST) else {
      throw .database(DatabaseError(resultCode: .SQLITE_CANTOPEN), subject: path)
    }
  }
}
