import Foundation

/// A pipe that is full, so that whoever writes into it stands still until it is drained.
final class FullPipe: Sendable {
  /// Where it can be opened for writing.
  let path: String
  private let descriptor: Int32

  init(at path: String) throws {
    self.path = path
    guard mkfifo(path, 0o600) == 0 else {
      throw GodwitProcess.SpawnError(description: "no pipe at \(path)")
    }
    descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    let padding = [UInt8](repeating: 0x20, count: 512)
    while write(descriptor, padding, padding.count) > 0 {}
  }

  deinit { close(descriptor) }

  /// Reads what is in it, and from now on whatever comes.
  func drain() {
    Thread { [self] in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while FileManager.default.fileExists(atPath: path) {
        var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&input, 1, 100) > 0 { _ = read(descriptor, &buffer, buffer.count) }
      }
    }.start()
  }
}
