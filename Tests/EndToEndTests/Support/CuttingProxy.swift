import Foundation
import Synchronization

/// A proxy before an HTTP server that can lose the answer to a write and everything after it.
///
/// It carries bytes as they come, one thread a direction, and looks only for requests that begin
/// with PUT.
final class CuttingProxy: Sendable {
  private enum Mode {
    case passing
    /// Cuts at the next PUT.
    case armed
    /// Closes every connection at once.
    case dead
  }

  /// Where it listens.
  let baseURL: String
  private let listener: Int32
  private let target: UInt16
  private let letsWritesThrough: Bool
  private let mode = Mutex(Mode.passing)

  /// Listens on a free port, before a server on 127.0.0.1.
  ///
  /// If it lets writes through, the one whose answer is lost still reaches the server.
  init(to server: String, lettingWritesThrough letsWritesThrough: Bool) throws {
    guard let target = URL(string: server)?.port.map(UInt16.init) else {
      throw GodwitProcess.SpawnError(description: "no port in \(server)")
    }
    self.target = target
    self.letsWritesThrough = letsWritesThrough
    let listener = Self.newSocket()
    self.listener = listener
    var address = Self.loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer -> UInt16 in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = bind(listener, generic, length)
        _ = listen(listener, 64)
        _ = getsockname(listener, generic, &length)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    baseURL = "http://127.0.0.1:\(port)"
    Thread { [self] in accepting() }.start()
  }

  /// Loses the answer to the next PUT, and from then on every connection.
  func cutAtWrite() { mode.withLock { $0 = .armed } }

  /// Carries again.
  func heal() { mode.withLock { $0 = .passing } }

  /// Ends listening.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func accepting() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { break }
      guard mode.withLock({ $0 != .dead }), let server = connection() else {
        close(client)
        continue
      }
      let pair = Pair(client, server)
      Thread { [self] in carry(from: client, to: server, pair, isRequest: true) }.start()
      Thread { [self] in carry(from: server, to: client, pair, isRequest: false) }.start()
    }
    close(listener)
  }

  /// Carries bytes one way until one side ends.
  private func carry(from source: Int32, to sink: Int32, _ pair: Pair, isRequest: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var letsThrough = false
    while true {
      let count = read(source, &buffer, buffer.count)
      guard count > 0 else { break }
      let isWrite = isRequest && buffer.starts(with: Array("PUT ".utf8))
      let isCut =
        isWrite
        && mode.withLock { mode in
          guard mode == .armed else { return false }
          mode = .dead
          return true
        }
      if isCut {
        pair.silence()
        letsThrough = letsWritesThrough
      }
      if isRequest, !letsThrough, mode.withLock({ $0 == .dead }) { break }
      // The answer to what was cut is read to its begin, so that the write was made by then.
      guard isRequest || !pair.isSilenced, write(sink, buffer, count) == count else { break }
    }
    pair.end()
  }

  private func connection() -> Int32? {
    let descriptor = Self.newSocket()
    var address = Self.loopback(port: target)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private static func newSocket() -> Int32 {
    #if canImport(Darwin)
      socket(AF_INET, SOCK_STREAM, 0)
    #else
      socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #endif
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  /// The two ends of one carried connection.
  private final class Pair: Sendable {
    private let client: Int32
    private let server: Int32
    private let silenced = Mutex(false)
    private let ended = Mutex(0)

    init(_ client: Int32, _ server: Int32) {
      self.client = client
      self.server = server
    }

    /// Whether nothing more may reach the client.
    var isSilenced: Bool { silenced.withLock { $0 } }

    /// Lets nothing more reach the client.
    func silence() { silenced.withLock { $0 = true } }

    /// Wakes both directions; the second to come closes.
    func end() {
      shutdown(client, Int32(SHUT_RDWR))
      shutdown(server, Int32(SHUT_RDWR))
      let isLast = ended.withLock { count in
        count += 1
        return count == 2
      }
      if isLast {
        close(client)
        close(server)
      }
    }
  }
}
