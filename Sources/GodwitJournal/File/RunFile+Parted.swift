internal import GRDB
internal import GodwitCore

extension RunFile {
  /// Whether the file was not closed and has lost its `-wal`, so that its last commits may be missing,
  /// also the one that says that the run was begun.
  ///
  /// - Throws: ``RunFileError`` if the file cannot be read.
  public func isPartedFromWAL() throws(RunFileError) -> Bool {
    try Self.run(path) {
      guard try queue.read({ try CleanMark(of: $0) }) == .off else { return false }
      // One that is empty was made by a reader.
      return WriteAheadLog(beside: path).isEmpty
    }
  }
}
