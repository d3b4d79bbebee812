internal import Foundation
internal import GRDB
internal import GodwitCore
internal import GuardedFiles

extension RunFile {
  /// Makes a new run file, which must not exist, and begins to plan in it.
  ///
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - sources: the script and its modules: path to text.
  ///   - key: 32 random bytes, under which secrets are told apart.
  ///   - planKey: the key of this machine; without one, nobody can tell who planned the run.
  ///   - clock: milliseconds since 1970.
  /// - Returns: the open file.
  /// - Throws: `exists`, `notWritable` or `diskFull`.
  public static func create(
    at path: String,
    sources: [String: [UInt8]],
    key: [UInt8],
    planKey: PlanKey? = nil,
    clock: @escaping @Sendable () -> Int64 = RunFile.systemClock
  ) throws(RunFileError) -> RunFile {
    let made = try createEmptyFile(path)
    do throws(RunFileError) {
      return try run(path, .planning) {
        let queue = try DatabaseQueue(path: path, configuration: configuration(synchronous: "OFF"))
        try queue.write { try begin($0, sources: sources, key: key) }
        guard let made, FileStanding(of: path)?.identity == made.identity else {
          throw RunFileError(
            .notWritable,
            path: path,
            detail: "another program put another file in the place of the one that was made",
            advice: "plan in a folder in which nobody else can write"
          )
        }
        return RunFile(
          path: path,
          purpose: .planning,
          queue: queue,
          planKey: planKey,
          clock: clock
        )
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

  /// Opens a run file to look at it; a link is followed.
  ///
  /// - Throws: `notFound`, `notARun`, `newer`, `damaged` or `notWritable`.
  public static func openForReading(
    _ path: String,
    clock: @escaping @Sendable () -> Int64 = RunFile.systemClock
  ) throws(RunFileError) -> RunFile {
    let path = linkTarget(of: path)
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
    try queue.read { try RunSchema.check($0, path: path, includesIndexes: false) }
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
  ///   - planKey: the key of this machine, by which its own plans are known.
  ///   - clock: milliseconds since 1970.
  /// - Returns: the open file; its plan and journal have passed their hashes, in the transaction that
  ///   took the lease.
  /// - Throws: what reading throws, and `inUse` while somebody else holds it.
  public static func openForApplying(
    _ path: String,
    mayTakeOver: Bool = false,
    planKey: PlanKey? = nil,
    clock: @escaping @Sendable () -> Int64 = RunFile.systemClock
  ) throws(RunFileError) -> RunFile {
    guard FileStanding(of: path)?.kind != .link else {
      throw RunFileError(
        .notARun,
        path: path,
        detail: "this is a link, and what belongs to a run lies beside the file itself",
        advice: "give the path of the file that it leads to"
      )
    }
    try checkExists(path)
    return try run(path) {
      // One that is empty was made by a reader, or emptied by a checkpoint.
      let log = WriteAheadLog(beside: path)
      let trouble: LogTrouble? = log.isEmpty ? .isMissing : log.lacksCommits ? .isDamaged : nil
      try checkBeforeApplying(path, mayTakeOver: mayTakeOver, planKey, clock: clock)
      let queue = try DatabaseQueue(path: path, configuration: configuration(synchronous: "FULL"))
      CrashPoint.pass("before the lease is taken")
      let (checked, lease, mark, suspectSequence) = try queue.write { database in
        // The file may have been changed since, and from here on nobody else can write.
        let checked = try check(database, path: path, planKey)
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
        return (checked, lease, mark, try meta(database, "suspectSequence", as: Int64.self))
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
        checked: checked,
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
    _ planKey: PlanKey?,
    clock: @escaping @Sendable () -> Int64
  ) throws {
    let file = try openForReading(path, clock: clock)
    defer { try? file.close() }
    try file.queue.read { database in
      _ = try check(database, path: path, planKey)
      _ = try RunLease.next(
        database,
        path: path,
        nowSeconds: clock() / 1000,
        mayTakeOver: mayTakeOver
      )
    }
  }

  private static func check(
    _ database: Database,
    path: String,
    _ planKey: PlanKey?
  ) throws -> (seal: RunSeal, origin: PlanOrigin) {
    try RunSchema.check(database, path: path, includesIndexes: true)
    return try PlanCheck.check(database, path: path, key: planKey)
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

  /// The path of the file that a link leads to; other paths as they are.
  private static func linkTarget(of path: String) -> String {
    guard FileStanding(of: path)?.kind == .link else { return path }
    return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  private static func checkExists(_ path: String) throws(RunFileError) {
    guard let standing = FileStanding(of: path) else {
      throw RunFileError(
        .notFound,
        path: path,
        detail: "there is no such run file",
        advice: "`godwit runs` lists those kept here"
      )
    }
    switch standing.kind {
    case .regular: break
    case .folder:
      throw RunFileError(.notARun, path: path, detail: "this is a folder, not a run file")
    case .link:
      throw RunFileError(.notFound, path: path, detail: "this is a link that leads nowhere")
    case .other:
      throw RunFileError(
        .notARun,
        path: path,
        detail: "this is a pipe or a device, not a run file"
      )
    }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw RunFileError(.notWritable, path: path, detail: "the file cannot be read")
    }
    if let offence = DatabaseFiles.offence(at: path) {
      throw RunFileError(
        .damaged,
        path: offence.path,
        detail: offence.problem,
        advice: "godwit makes no such file; see who put it there, and remove it"
      )
    }
  }

  /// Makes an empty file of mode 0600 that did not exist; neither a link is followed.
  ///
  /// - Returns: what was made.
  @discardableResult
  static func createEmptyFile(_ path: String) throws(RunFileError) -> FileStanding? {
    let descriptor = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let code = errno
      let reason = String(cString: strerror(code))
      guard code != EEXIST else {
        throw RunFileError(
          .exists,
          path: path,
          detail: "a file of this name exists, and runs never overwrite",
          advice: "choose another name with --out"
        )
      }
      let kind: RunFileError.Kind = code == ENOSPC ? .diskFull : .notWritable
      throw RunFileError(kind, path: path, detail: "the file cannot be made (\(reason))")
    }
    defer { _ = Foundation.close(descriptor) }
    // An umask may take bits from the owner, too.
    _ = fchmod(descriptor, 0o600)
    return FileStanding(ofDescriptor: descriptor)
  }
}
