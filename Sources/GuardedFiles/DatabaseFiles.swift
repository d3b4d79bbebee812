#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The files of a SQLite database: the main file, and what SQLite takes into account beside it.
public enum DatabaseFiles {
  /// Finds what must not be opened: links, pipes, devices and folders in the place of a file, and a
  /// rollback journal that names another file.
  ///
  /// SQLite removes the file that the end of a rollback journal names, its *super-journal*, once it has
  /// rolled back. Only a transaction over several databases makes one.
  ///
  /// Source: <https://www.sqlite.org/fileformat2.html#the_rollback_journal>, and `pager_playback` in
  /// `pager.c`.
  ///
  /// - Parameter path: the main file; what is missing is not minded.
  /// - Returns: the path and what is wrong with it, as a phrase; `nil` if nothing is.
  public static func offence(at path: String) -> (path: String, problem: String)? {
    for suffix in ["", "-journal", "-wal", "-shm"] {
      guard let standing = FileStanding(of: path + suffix) else { continue }
      switch standing.kind {
      case .regular: continue
      case .link: return (path + suffix, "it is a link")
      case .folder: return (path + suffix, "it is a folder")
      case .other: return (path + suffix, "it is a pipe or a device")
      }
    }
    guard namesAnotherFile(path + "-journal") else { return nil }
    return (path + "-journal", "it names another file, which SQLite would remove")
  }

  private static let journalMagic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]

  private static func namesAnotherFile(_ journal: String) -> Bool {
    let descriptor = open(journal, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: journalMagic.count)
    let end = lseek(descriptor, 0, SEEK_END)
    guard end > off_t(bytes.count) else { return false }
    let count = pread(descriptor, &bytes, bytes.count, end - off_t(bytes.count))
    // A journal that cannot be looked at is not trusted.
    return count != bytes.count || bytes == journalMagic
  }
}
