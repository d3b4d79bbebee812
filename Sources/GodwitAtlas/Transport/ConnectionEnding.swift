internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// How connections end, so that a write that was given up does not arrive later from this machine.
///
/// The kernel keeps what was handed to it and goes on sending it after the socket is closed. When a
/// partition heals, a request can then arrive long after reading back has shown that it was not made.
enum ConnectionEnding {
  /// Has a closed connection drop what the kernel has not sent, and the kernel give up on data that
  /// stays unacknowledged for longer than a request may take.
  ///
  /// - Parameters:
  ///   - channel: a connection that has sent nothing yet.
  ///   - timeout: how long a request may take.
  /// - Returns: a future that fails if the options cannot be set; nothing is sent then.
  static func dropsUnsent(
    on channel: any Channel,
    after timeout: TimeAmount
  ) -> EventLoopFuture<Void> {
    guard let socket = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeSucceededVoidFuture()
    }
    let lingering = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    #if os(Linux)
      let milliseconds = max(1, min(timeout.nanoseconds / 1_000_000, Int64(CInt.max)))
      let name = NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)
      return lingering.flatMap {
        channel.setOption(
          ChannelOptions.Types.SocketOption(level: .tcp, name: name),
          value: Int(milliseconds)
        )
      }
    #else
      return lingering
    #endif
  }
}
