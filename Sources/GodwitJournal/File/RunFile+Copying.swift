internal import Foundation
internal import GRDB

extension RunFile {
  /// Copies the run into a new file of mode 0600, at any time, also while it is being applied.
  ///
  /// The copy is one file. It has the clean mark of the original: while that is being applied, the
  /// copy counts as cut off, and what is not settled in it is read back first.
  ///
  /// - Throws: `exists` if there is a file of that name, and what writing throws.
  public func copy(to destination: String) throws(RunFileError) {
    do throws(RunFileError) { try Self.createEmptyFile(destination) } catch {
      throw Self.advised(error)
    }
    do throws(RunFileError) { try copyContents(to: destination) } catch {
      try? FileManager.default.removeItem(atPath: destination)
      throw Self.advised(error)
    }
  }

  /// The error with what to do about it where it was a copy that failed, and not a plan.
  private static func advised(_ error: RunFileError) -> RunFileError {
    let advice =
      switch error.kind {
      case .exists: "choose another name"
      case .diskFull: "free some space, then copy again"
      default: error.advice
      }
    return RunFileError(error.kind, path: error.path, detail: error.detail, advice: advice)
  }

  private func copyContents(to destination: String) throws(RunFileError) {
    try Self.run(destination, .planning) {
      let copy = try DatabaseQueue(
        path: destination,
        configuration: Self.configuration(synchronous: "FULL")
      )
      do {
        try queue.backup(to: copy)
        try copy.writeWithoutTransaction { database in
          try database.execute(sql: "PRAGMA journal_mode = DELETE")
          try CleanMark.distrust(database)
        }
        try copy.close()
      } catch {
        try? copy.close()
        throw error
      }
    }
  }
}
