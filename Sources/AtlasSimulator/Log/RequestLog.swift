import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file to which one JSON line a request is appended.
///
/// Each line is one `write` to a file opened for appending: lines of several processes do not mix,
/// and a line that was written outlives the process, however it ends.
final class RequestLog: Sendable {
  private let descriptor: Mutex<Int32?>

  /// Opens the file, and makes it, readable by its owner only, if there is none.
  init(path: String) throws(SimulatorError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw SimulatorError(
        kind: .inaccessibleFile,
        subject: path,
        problem: "The request log cannot be opened for writing (\(reason)).",
        advice: "Check the path and its permissions, or name another file."
      )
    }
    self.descriptor = Mutex(descriptor)
  }

  /// Appends an entry; a full disk loses it, and the simulator goes on.
  func append(_ entry: RequestLogEntry) {
    let line = entry.line(at: .now())
    descriptor.withLock { descriptor in
      guard let descriptor else { return }
      line.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let part = UnsafeRawBufferPointer(rebasing: rest)
          let count = write(descriptor, part.baseAddress, part.count)
          if count < 0 {
            if errno == EINTR { continue }
            return
          }
          rest = rest.dropFirst(count)
        }
      }
    }
  }

  /// Closes the file; later entries are dropped.
  func finish() {
    descriptor.withLock { descriptor in
      if let open = descriptor { close(open) }
      descriptor = nil
    }
  }
}
