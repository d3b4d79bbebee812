import HummingbirdCore
import NIOCore

/// How an answer is sent.
enum Delivery {
  /// As it is.
  case whole
  /// Half of the body, then the connection is closed.
  case truncated
  /// Byte by byte.
  case byteByByte
}

extension Answer {
  /// What a proxy in front of the API answers.
  static let proxyPage = "<html><head><title>Please wait</title></head><body></body></html>"

  /// The body as it is sent.
  ///
  /// - Parameters:
  ///   - isHead: whether it is left out, as in the answer to HEAD.
  ///   - channel: the connection, for what closes it in the middle.
  /// - Returns: the body, which may end early or take its time.
  func content(isHead: Bool, on channel: any Channel) -> ResponseBody {
    let body = isHead ? ByteBuffer() : self.body
    switch delivery {
    case .whole: return ResponseBody(byteBuffer: body)
    case .truncated:
      let half = body.getSlice(at: body.readerIndex, length: body.readableBytes / 2) ?? body
      return ResponseBody(contentLength: body.readableBytes) { writer in
        try await writer.write(half)
        try await channel.close()
        throw ConnectionClosedByFault()
      }
    case .byteByByte:
      return ResponseBody(contentLength: body.readableBytes) { writer in
        for byte in body.readableBytesView {
          try await writer.write(ByteBuffer(bytes: [byte]))
          try await Task.sleep(for: .milliseconds(2))
        }
        try await writer.finish(nil)
      }
    }
  }
}
