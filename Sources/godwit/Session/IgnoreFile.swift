import Foundation
import GodwitCore
import GodwitRun
import GuardedFiles

/// The `.gitignore` of a folder whose contents belong into no repository.
struct IgnoreFile {
  let path: String

  /// Names the file of a folder.
  init(folder: String) {
    path = folder + "/.gitignore"
  }

  /// Makes the file, or makes it anew where it lets anything through; then that is said.
  ///
  /// - Throws: ``RunError`` if it cannot be written.
  func prepare() throws {
    let standing = FileStanding(of: path)
    if standing?.kind == .regular, ignoresEverything { return }
    let draft = "\(path).\(getpid())"
    let descriptor = open(draft, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0o600)
    let bytes = Array("*\n".utf8)
    // A rename takes the place of a link, too, and does not write to where it leads.
    let isMade =
      descriptor >= 0 && write(descriptor, bytes, bytes.count) == bytes.count
      && rename(draft, path) == 0
    let reason = String(cString: strerror(errno))
    if descriptor >= 0 { close(descriptor) }
    guard isMade else {
      unlink(draft)
      throw RunError(
        Diagnostic("\(path) cannot be written", detail: reason, advice: "remove it, and try again")
      )
    }
    guard standing != nil else { return }
    Console.note("Note: \(path) did not keep everything out of git; now it does.\n")
  }

  /// Whether a line ignores everything and none takes something back.
  private var ignoresEverything: Bool {
    guard let file = FileHandle(forReadingAtPath: path),
      let data = try? file.read(upToCount: 65_536)
    else { return false }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    return lines.contains("*") && !lines.contains { $0.hasPrefix("!") }
  }
}
