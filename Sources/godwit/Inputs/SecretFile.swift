import Foundation
import GodwitCore

/// A file with secrets in it.
enum SecretFile {
  /// More bytes than this are no secret.
  static let longest = 1 << 20
  /// More bytes than this are no table of secrets.
  static let longestTable = 64 << 20

  /// What is in a file that nobody else can read.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - name: the secret that it is for, for messages.
  ///   - limit: how many bytes are read at most.
  ///   - acceptsReadable: whether a file that others can read is taken.
  /// - Returns: its bytes.
  /// - Throws: `Diagnostic` that shows nothing of the contents.
  static func contents(
    of path: String,
    for name: String,
    limit: Int = longest,
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
    return try read(handle, path, name, limit)
  }

  /// Reads to the end of a file, which a device may not have.
  private static func read(
    _ handle: FileHandle,
    _ path: String,
    _ name: String,
    _ limit: Int
  ) throws(Diagnostic) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let chunk: Data?
      do { chunk = try handle.read(upToCount: 1 << 16) } catch {
        throw Diagnostic("secret \(name): \(path) cannot be read", advice: "check its permissions")
      }
      guard let chunk, !chunk.isEmpty else { return bytes }
      bytes += chunk
      guard bytes.count <= limit else {
        throw Diagnostic(
          "secret \(name): \(path) has more than \(limit >> 20) MiB",
          advice: "give a file with the secret alone"
        )
      }
    }
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
