import Foundation

/// The few calls to sockets that a scripted server needs.
enum Sockets {
  struct Failure: Error {
    var step: String
  }

  /// A listening socket on a free port of the loopback interface.
  static func listen() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(step: "socket") }
    var address = loopback(port: 0)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, Foundation.listen(descriptor, 256) == 0 else {
      close(descriptor)
      throw Failure(step: "bind")
    }
    return descriptor
  }

  /// The port that a socket is bound to.
  static func port(of descriptor: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    guard found == 0 else { throw Failure(step: "getsockname") }
    return UInt16(bigEndian: address.sin_port)
  }

  /// A port on which nobody listens.
  static func unusedPort() throws -> UInt16 {
    let descriptor = try listen()
    defer { close(descriptor) }
    return try port(of: descriptor)
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes `close` send a reset.
  static func resetOnClose(_ descriptor: Int32) {
    var value = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_LINGER,
      &value,
      socklen_t(MemoryLayout<linger>.size)
    )
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }
}

/// Cuts what comes in on a socket into requests.
struct SocketInput {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next request; `nil` when the client has closed.
  mutating func nextRequest() -> ReceivedRequest? {
    let end = Array("\r\n\r\n".utf8)
    var head: Range<Int>?
    while head == nil {
      head = buffer.firstRange(of: end)
      if head == nil, !fill() { return nil }
    }
    guard let head else { return nil }
    let lines = String(decoding: buffer[..<head.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    buffer.removeFirst(head.upperBound)
    let words = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    let length = Int(headers["content-length"] ?? "0") ?? 0
    while buffer.count < length {
      guard fill() else { return nil }
    }
    let body = Array(buffer.prefix(length))
    buffer.removeFirst(length)
    return ReceivedRequest(method: words[0], target: words[1], headers: headers, body: body)
  }

  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 16_384)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer.append(contentsOf: chunk[..<count])
    return true
  }
}

#if os(Linux)
  // Looking at the sockets that this process has connected.

  extension Sockets {
    /// The open sockets of this process that are connected to a port.
    static func connected(toPort port: UInt16) -> [Int32] {
      (0..<1024).filter { descriptor in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            getpeername(descriptor, $0, &length)
          }
        }
        return found == 0 && UInt16(bigEndian: address.sin_port) == port
      }
    }

    /// Whether closing a socket drops data that is not sent.
    static func dropsUnsent(_ descriptor: Int32) -> Bool {
      // A `struct linger`: whether it is on, and for how many seconds.
      var value: (isOn: Int32, seconds: Int32) = (0, -1)
      var length = socklen_t(MemoryLayout<(Int32, Int32)>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, &length)
      return value.isOn == 1 && value.seconds == 0
    }

    /// How long data may stay unacknowledged, in milliseconds; 0 for as long as the system has it.
    static func userTimeout(of descriptor: Int32) -> Int32 {
      var value: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, &length)
      return value
    }
  }
#endif
