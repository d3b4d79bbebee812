internal import Foundation
internal import GRDB

/// Why a run file could not be made, opened, read or written.
public struct RunFileError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Kind: Sendable, Hashable {
    /// There is no such file.
    case notFound
    /// A file of that name exists; runs never overwrite.
    case exists
    /// The file is not a run, or not a database at all.
    case notARun
    /// The file was written by a newer version of the program.
    case newer(version: Int)
    /// The contents contradict themselves or their hashes.
    case damaged
    /// Another process holds it.
    case inUse
    /// This process lost its lease to another one.
    case lostLease
    /// The run is in a phase in which that cannot be done.
    case wrongPhase
    /// The disk is full.
    case diskFull
    /// The file or its folder cannot be written.
    case notWritable
    /// Anything else that SQLite or the system said.
    case other
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The file's path.
  public let path: String
  /// What was found, in one sentence.
  public let detail: String
  /// What to do next.
  public let advice: String?

  /// Makes an error.
  public init(_ kind: Kind, path: String, detail: String, advice: String? = nil) {
    self.kind = kind
    self.path = path
    self.detail = detail
    self.advice = advice
  }

  /// Path, what was found and what to do, on one line.
  public var description: String {
    "\(path): \(detail)" + (advice.map { "; \($0)" } ?? "")
  }

  static let adviceForDamage =
    "restore it from a copy; what was already written is in Atlas, so plan again"

  private static func damaged(_ path: String, _ detail: String) -> RunFileError {
    RunFileError(.damaged, path: path, detail: detail, advice: adviceForDamage)
  }

  private static func diskFull(_ path: String, _ purpose: RunFile.Purpose) -> RunFileError {
    RunFileError(
      .diskFull,
      path: path,
      detail: "the disk is full",
      advice: purpose == .planning
        ? "free some space, then plan again"
        : "nothing is lost: free some space and go on with `godwit resume`, or `godwit apply` if"
          + " it had not begun"
    )
  }

  /// Whether the file system of a path has less room than one page of the WAL's index.
  private static func hasNoSpace(_ path: String) -> Bool {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let values = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return (values?[.systemFreeSize] as? NSNumber).map { $0.intValue < 32_768 } ?? false
  }

  /// Turns what SQLite said into an error about the file at `path`.
  static func wrapping(
    _ error: any Error,
    path: String,
    _ purpose: RunFile.Purpose = .reading
  ) -> RunFileError {
    if let error = error as? RunFileError { return error }
    if error is PlanHash.AmbiguousText {
      return damaged(path, "a text in it is not UTF-8, or has a NUL in it")
    }
    if error is RowDecodingError { return damaged(path, "a row has a value of another type") }
    guard let error = error as? DatabaseError else {
      return RunFileError(.other, path: path, detail: "\(error)")
    }
    switch error.resultCode {
    case .SQLITE_FULL: return diskFull(path, purpose)
    // For the index of the WAL, which it maps into memory, SQLite reports a full disk as I/O error.
    case .SQLITE_IOERR where hasNoSpace(path): return diskFull(path, purpose)
    case .SQLITE_READONLY, .SQLITE_PERM:
      return RunFileError(
        .notWritable,
        path: path,
        detail: "the file cannot be written",
        advice: "see whether you may write it and its folder"
      )
    case .SQLITE_NOTADB:
      return RunFileError(.notARun, path: path, detail: "this is not a run file")
    case .SQLITE_CORRUPT:
      return damaged(path, "the file is damaged (\(error.message ?? "SQLite"))")
    case .SQLITE_TOOBIG: return damaged(path, "a row is longer than 64 MiB")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return RunFileError(
        .inUse,
        path: path,
        detail: "another program has locked the file",
        advice: "wait for it to end, then try again"
      )
    case .SQLITE_CANTOPEN:
      return RunFileError(
        .notWritable,
        path: path,
        detail: "the file cannot be opened, or a -wal and a -shm cannot be made beside it",
        advice: "copy it, with its -wal, to a folder in which you may write"
      )
    default:
      return RunFileError(
        .other,
        path: path,
        detail: "SQLite: \(error.message ?? error.resultCode.description)"
      )
    }
  }
}
