internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Sends single requests: no redirects, no retries, no log.
///
/// The older of AsyncHTTPClient's two interfaces is used because its deadline holds until the last
/// byte of the answer, because it tells how far a request got, and because it costs no hop to an
/// actor per request.
final class HTTPTransport: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let client: HTTPClient
  private let timeout: TimeAmount
  private let answerLimit: Int
  /// Through which every attempt goes before it sends anything.
  let gate: RequestGate
  private let places: Int
  private let isClosed = Atomic(false)

  init(_ configuration: AtlasConfiguration) {
    // One thread: 64 requests in flight keep it busy by a fifth, and see AnswerCollector.
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var settings = HTTPClient.Configuration()
    settings.redirectConfiguration = .disallow
    settings.decompression = .disabled
    settings.timeout.connect = TimeAmount(configuration.connectTimeout)
    settings.connectionPool.retryConnectionEstablishment = false
    settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(
      1,
      configuration.parallelism
    )
    // A request that is given up closes its connection. A stream of HTTP/2 shares its connection with
    // others, and what the kernel holds of it could still arrive.
    settings.httpVersion = .http1Only
    let timeout = TimeAmount(configuration.requestTimeout)
    settings.http1_1ConnectionDebugInitializer = {
      ConnectionEnding.dropsUnsent(on: $0, after: timeout)
    }
    client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: settings)
    self.timeout = timeout
    answerLimit = configuration.answerLimit
    places = max(1, configuration.parallelism)
    gate = RequestGate(limit: places)
  }

  /// Sends one request and reads its answer to the end; a place at the gate must have been taken.
  ///
  /// `timeout` is for this call alone; else the configuration's holds.
  func send(
    _ call: HTTPCall,
    timeout limit: Duration? = nil
  ) async throws(TransportFailure) -> HTTPAnswer {
    let timeout = limit.map { TimeAmount($0) } ?? timeout
    if isClosed.load(ordering: .acquiring) {
      throw TransportFailure(kind: .closed, detail: "", isSent: false)
    }
    let collector = AnswerCollector(limit: answerLimit, hasBody: call.body != nil)
    if Task.isCancelled {
      throw TransportFailure(kind: .cancelled, detail: "", isSent: false)
    }
    do {
      let request = try HTTPClient.Request(
        url: call.origin + call.path,
        method: call.method,
        headers: call.headers,
        body: call.body.map { Self.body($0, notedBy: collector) }
      )
      let task = client.execute(request: request, delegate: collector, deadline: .now() + timeout)
      return try await withTaskCancellationHandler {
        try await task.futureResult.get()
      } onCancel: {
        task.cancel()
      }
    } catch {
      throw TransportFailure(error, isSent: collector.isSent)
    }
  }

  /// A body that notes when the connection asks for it, which is after the head was written.
  private static func body(
    _ buffer: ByteBuffer,
    notedBy collector: AnswerCollector
  ) -> HTTPClient.Body {
    .stream(contentLength: Int64(buffer.readableBytes)) { writer in
      collector.noteSent()
      return writer.write(.byteBuffer(buffer))
    }
  }

  /// Fails what is in flight, closes all connections and ends the thread.
  func shutdown() async {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // A task of its own: a cancelled caller must get its connections closed too.
    await Task { [self] in
      try? await client.shutdown()
      // The thread ends when nobody can use it any more: once all places are ours.
      for _ in 0..<places { _ = await gate.enter() }
      for _ in 0..<places { gate.leave() }
      try? await group.shutdownGracefully()
    }.value
  }
}

extension TimeAmount {
  /// The same span, cut to what NIO can count.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (nanoseconds, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    self = .nanoseconds(isTooLong ? .max / 4 : nanoseconds + attoseconds / 1_000_000_000)
  }
}
