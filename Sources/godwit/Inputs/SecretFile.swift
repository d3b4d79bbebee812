import Foundation
import GodwitCore

/// A file with secrets in it.
enum SecretFile {
  /// What is in a file that nobody else can read.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - name: the secret that it is for, for messages.
  ///   - acceptsReadable: whether a file that others can read is taken.
  /// - Returns: its bytes.
  /// - Throws: `Diagnostic` that shows nothing of the contents.
  static func contents(
    of path: String,
    for name: String,
    acceptsReadable: Bool
  ) throws(Diagnostic) -> [UInt8] {
    // One open file is judged and read: a link leads to the same file both times.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno != ENOENT else {
        throw Diagnostic("secret \(name): there is no file \(path)", advice: "check the path")
      }
      let reason = String(cString: strerror(errno))
      throw Diagnostic(
        "secret \(name): \(path) cannot be opened (\(reason))",
        advice: "check the path and its permissions"
      )
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let mode = isRegular ? Int(status.st_mode & 0o777) : 0
    guard mode & 0o044 == 0 || acceptsReadable else {
      throw Diagnostic(
        "secret \(name): others can read \(path) (mode \(String(mode, radix: 8)))",
        advice: "chmod 600 it, or add --accept-readable-secret-files"
      )
    }
    guard let data = try? handle.readToEnd() ?? Data() else {
      throw Diagnostic("secret \(name): \(path) cannot be read", advice: "check its permissions")
    }
    return Array(data)
  }

  /// Bytes without one line end behind them.
  static func withoutFinalLineEnd(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    if bytes.last == UInt8(ascii: "\n") {
      bytes.removeLast()
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    }
    return bytes
  }
}
