internal import Foundation
internal import GRDB

/// Who may write to a run file: one process at a time, told by host, boot and start of the process.
///
/// A process that was killed leaves its lease behind. On the same host it is seen to be gone and
/// the lease is taken over; from another host nobody can see that, so a person has to say it.
public struct RunLease: Sendable, Hashable {
  /// Grows by one with every holder; a holder that was replaced finds that out at its next commit.
  public let fencing: Int64
  /// The host's name.
  public let host: String
  /// The machine's id and the namespace that process ids are from; two machines, or two containers,
  /// may have one name.
  public let machine: String
  /// The id of the host's boot.
  public let boot: String
  /// The process id.
  public let process: Int64
  /// When the process started, in clock ticks since boot.
  public let processStart: Int64
  /// When the lease was last renewed, in seconds since 1970.
  public let renewedSeconds: Int64

  /// What identifies this process.
  static func ofThisProcess(fencing: Int64, nowSeconds: Int64) -> RunLease {
    let process = Int64(ProcessInfo.processInfo.processIdentifier)
    return RunLease(
      fencing: fencing,
      host: ProcessInfo.processInfo.hostName,
      machine: Self.machineID + "/" + Self.processNamespace,
      boot: Self.bootID,
      process: process,
      processStart: Self.startOfProcess(process) ?? 0,
      renewedSeconds: nowSeconds
    )
  }

  private static var bootID: String { line(of: "/proc/sys/kernel/random/boot_id") }

  private static var machineID: String { line(of: "/etc/machine-id") }

  private static var processNamespace: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
  }

  private static func line(of path: String) -> String {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }

  /// When a process that is still running started; `nil` if it is gone.
  ///
  /// Field 22 of `/proc/PID/stat`; the name in field 2 may hold spaces, so it is cut off first. A
  /// process that ended and was not waited for is listed in state Z, and does nothing any more.
  static func startOfProcess(_ process: Int64) -> Int64? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return Int64(fields[19])
  }

  /// What to think of a lease that somebody left.
  enum Judgement: Equatable {
    case isFree
    case holderIsGone
    case isHeld(who: String)
    case isElsewhere(who: String)
  }

  /// Judges this lease from the point of view of this process.
  func judged(isHeld: Bool, by me: RunLease) -> Judgement {
    guard isHeld else { return .isFree }
    // Without a machine id only the boot tells that it is the same machine.
    let isHere = host == me.host && machine == me.machine && !me.boot.isEmpty
    if isHere, boot == me.boot || !me.machine.hasPrefix("/") {
      guard boot == me.boot, Self.startOfProcess(process) == processStart else {
        return .holderIsGone
      }
      return .isHeld(who: "process \(process) on this host")
    }
    // Whatever the file says: the formatter knows the years 0 to 9999.
    let seconds = min(max(renewedSeconds, 0), 253_402_300_799)
    let when = ISO8601DateFormatter().string(
      from: Date(timeIntervalSince1970: TimeInterval(seconds))
    )
    return .isElsewhere(who: "process \(process) on host \(host), last renewed \(when)")
  }
}

extension RunLease {
  /// How a lease came to this process.
  enum Acquisition: Equatable {
    /// Nobody had it.
    case wasFree
    /// Its holder on this host had died.
    case wasAbandoned
    /// A person said that its holder on another host is gone.
    case wasTakenOver
  }

  /// Takes the lease of a run file inside a transaction.
  ///
  /// - Parameters:
  ///   - database: the run file.
  ///   - path: its path, for errors.
  ///   - nowSeconds: the time, in seconds since 1970.
  ///   - mayTakeOver: whether a person said that the holder on another host is gone.
  /// - Returns: the lease, and how it came.
  /// - Throws: ``RunFileError`` of kind `inUse` while somebody else has it.
  static func acquire(
    _ database: Database,
    path: String,
    nowSeconds: Int64,
    mayTakeOver: Bool
  ) throws -> (lease: RunLease, how: Acquisition) {
    let (mine, how) = try next(
      database,
      path: path,
      nowSeconds: nowSeconds,
      mayTakeOver: mayTakeOver
    )
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO lease
          (one, fencing, host, machine, boot, process, processStart, renewedSeconds, isHeld)
        VALUES (1, ?, ?, ?, ?, ?, ?, ?, 1)
        """,
      arguments: [
        mine.fencing, mine.host, mine.machine, mine.boot, mine.process, mine.processStart,
        nowSeconds,
      ]
    )
    return (mine, how)
  }

  /// The lease that this process would get; nothing is written.
  ///
  /// - Throws: ``RunFileError`` of kind `inUse` while somebody else has it.
  static func next(
    _ database: Database,
    path: String,
    nowSeconds: Int64,
    mayTakeOver: Bool
  ) throws -> (lease: RunLease, how: Acquisition) {
    let row = try Row.fetchOne(database, sql: "SELECT * FROM lease")
    let last: Int64 = try row?.decode(forColumn: "fencing") ?? 0
    guard last < .max else {
      throw RunFileError(
        .damaged,
        path: path,
        detail: "its lease has an impossible number",
        advice: RunFileError.adviceForDamage
      )
    }
    let mine = ofThisProcess(fencing: last + 1, nowSeconds: nowSeconds)
    var how = Acquisition.wasFree
    if let row {
      let theirs = RunLease(
        fencing: last,
        host: try row.decode(forColumn: "host"),
        machine: try row.decode(forColumn: "machine"),
        boot: try row.decode(forColumn: "boot"),
        process: try row.decode(forColumn: "process"),
        processStart: try row.decode(forColumn: "processStart"),
        renewedSeconds: try row.decode(forColumn: "renewedSeconds")
      )
      switch theirs.judged(isHeld: try row.decode(forColumn: "isHeld"), by: mine) {
      case .isFree: break
      case .holderIsGone: how = .wasAbandoned
      case .isHeld(let who):
        throw RunFileError(
          .inUse,
          path: path,
          detail: "the run is being worked on by \(who)",
          advice: "wait for it to end, or stop it with Ctrl-C"
        )
      case .isElsewhere(let who):
        guard mayTakeOver else {
          throw RunFileError(
            .inUse,
            path: path,
            detail: "the run is held by \(who), which did not release it",
            advice: "make sure that it has ended there, then add --take-over"
          )
        }
        how = .wasTakenOver
      }
    }
    return (mine, how)
  }

  /// Checks inside a transaction that the lease is still this one, and renews it.
  func renew(_ database: Database, path: String, nowSeconds: Int64) throws {
    let statement = try database.cachedStatement(
      sql: "UPDATE lease SET renewedSeconds = ? WHERE fencing = ? AND isHeld = 1"
    )
    try statement.execute(arguments: [nowSeconds, fencing])
    guard database.changesCount == 1 else {
      throw RunFileError(
        .lostLease,
        path: path,
        detail: "another process has taken this run over",
        advice: "let that one go on"
      )
    }
  }

  /// Whether the lease is still this one.
  func isHeld(_ database: Database) throws -> Bool {
    try Int64.fetchOne(database, sql: "SELECT fencing FROM lease WHERE isHeld = 1") == fencing
  }

  /// Gives the lease back.
  ///
  /// - Returns: whether it was still this one.
  func release(_ database: Database) throws -> Bool {
    try database.execute(
      sql: "UPDATE lease SET isHeld = 0 WHERE fencing = ?",
      arguments: [fencing]
    )
    return database.changesCount == 1
  }
}
