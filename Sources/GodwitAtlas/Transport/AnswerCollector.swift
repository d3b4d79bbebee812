internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Collects one answer, and sees how far its request got.
///
/// The HTTP library retries nothing here, but its errors alone do not tell whether a request left
/// this machine: a connection found closed, say, may have been closed before or after. So the
/// collector notes the moment from which the server may have acted. The client runs on one event
/// loop, so that the note is made before any failure that comes after it.
final class AnswerCollector: HTTPClientResponseDelegate {
  typealias Response = HTTPAnswer

  /// The answer was larger than is taken.
  struct TooLarge: Error {}

  private struct State {
    var isSent = false
    var status = 0
    var headers = HTTPHeaders()
    var body = ByteBuffer()
  }

  private let state = Mutex(State())
  private let limit: Int
  private let hasBody: Bool

  init(limit: Int, hasBody: Bool) {
    self.limit = limit
    self.hasBody = hasBody
  }

  /// Whether the server may have acted on the request.
  var isSent: Bool {
    state.withLock(\.isSent)
  }

  /// Notes that the server may act from now on.
  func noteSent() {
    state.withLock { $0.isSent = true }
  }

  func didSendRequestHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPRequestHead) {
    // A head alone makes a request complete only if no body is announced in it.
    if !hasBody { noteSent() }
  }

  func didReceiveHead(
    task: HTTPClient.Task<HTTPAnswer>,
    _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    let announced = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
    guard announced <= limit else { return task.eventLoop.makeFailedFuture(TooLarge()) }
    state.withLock { state in
      state.status = Int(head.status.code)
      state.headers = head.headers
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<HTTPAnswer>,
    _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.readableBytes + buffer.readableBytes <= limit else { return false }
      if state.body.readableBytes == 0 {
        state.body = buffer
      } else {
        state.body.writeImmutableBuffer(buffer)
      }
      return true
    }
    return fits
      ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(TooLarge())
  }

  func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) throws -> HTTPAnswer {
    state.withLock { state in
      HTTPAnswer(status: state.status, headers: state.headers, body: state.body)
    }
  }
}
