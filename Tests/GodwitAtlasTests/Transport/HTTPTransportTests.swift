import Dispatch
import GodwitCore
import TestSupport
import Testing

@testable import GodwitAtlas

@Suite struct HTTPTransportTests {
  struct Oddity: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var reply: Reply
    var kind: AtlasError.Kind
  }

  /// Answers that are none, to a write: whatever they are called, it may have been made.
  static let oddities = [
    Oddity(testDescription: "reset", reply: .reset, kind: .reset),
    Oddity(testDescription: "closed", reply: .close, kind: .reset),
    Oddity(
      testDescription: "closed in the head",
      reply: Reply.raw("HTTP/1.1 200 OK\r\nContent-").thenClose,
      kind: .reset
    ),
    Oddity(
      testDescription: "cut short",
      reply: Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"results\"").thenClose,
      kind: .reset
    ),
    Oddity(testDescription: "not HTTP", reply: .raw("SSH-2.0-x\r\n"), kind: .unreadableAnswer),
    Oddity(testDescription: "HTML", reply: .answer("<html>"), kind: .unreadableAnswer),
    Oddity(testDescription: "empty", reply: .answer(""), kind: .unreadableAnswer),
    Oddity(testDescription: "an array", reply: .json("[]"), kind: .unreadableAnswer),
    Oddity(
      testDescription: "too large",
      reply: .json(String(repeating: " ", count: 5_000)),
      kind: .tooLarge
    ),
    Oddity(
      testDescription: "too large without saying so",
      reply: Reply.raw(
        "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: " ", count: 200_000)
      ).thenClose,
      kind: .tooLarge
    ),
    Oddity(
      testDescription: "too late",
      reply: Reply.json(emptyList).delayed(milliseconds: 100_000),
      kind: .timeout
    ),
    Oddity(
      testDescription: "too slow",
      reply: Reply(
        parts: [.bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n".utf8))]
          + Array(repeating: [.bytes([0x20]), .pause(milliseconds: 200)], count: 30).joined()
      ),
      kind: .timeout
    ),
    Oddity(
      testDescription: "a redirect",
      reply: .answer("", status: 307, headers: ["Location": "/elsewhere"]),
      kind: .status
    ),
  ]

  /// A short time for those alone that are to take too long.
  private static func limits(of oddity: Oddity) -> (inout AtlasConfiguration) -> Void {
    {
      $0.requestTimeout = oddity.kind == .timeout ? .seconds(1) : .seconds(100)
      $0.answerLimit = 4_096
      $0.retry.attempts = 10
    }
  }

  #if os(Linux)
    @Test func `a connection that is closed drops what the kernel has not sent`() async throws {
      try await Client.with(script: { _ in .json(emptyList) }) { client, server in
        _ = try await client.reader.projects()
        let sockets = Sockets.connected(toPort: server.port)
        try #require(!sockets.isEmpty)
        for socket in sockets {
          #expect(Sockets.dropsUnsent(socket))
          #expect(Sockets.userTimeout(of: socket) > 0)
        }
      }
    }
  #endif

  @Test(arguments: oddities)
  func `sends a write once if its answer is odd, and says it may be made`(
    oddity: Oddity
  ) async throws {
    let limits = Self.limits(of: oddity)
    try await Client.with(Client.token, limits, script: { _ in oddity.reply }) { client, server in
      let error = try await atlasError {
        try await client.writer.update("X", in: Client.project, body: [:]) { _ in nil }
      }
      #expect(error.kind == oddity.kind, "\(error)")
      #expect(error.arrival == .unknown)
      #expect(error.attempt == 1)
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: oddities)
  func `sends a read again if its answer is odd`(oddity: Oddity) async throws {
    let script: ScriptedServer.Script = { $0.number == 1 ? oddity.reply : .json(emptyList) }
    let limits = Self.limits(of: oddity)
    try await Client.with(Client.token, limits, script: script) { client, server in
      if oddity.kind == .tooLarge || oddity.kind == .status {
        _ = try await atlasError { try await client.reader.organizations() }
        #expect(server.requests.count == 1)
      } else {
        _ = try await client.reader.organizations()
        // A busy machine may take too long for the second answer as well.
        let count = server.requests.count
        #expect(oddity.kind == .timeout ? count >= 2 : count == 2)
      }
    }
  }

  @Test func `says that a server is not there, and that nothing arrived`() async throws {
    let port = try Sockets.unusedPort()
    try await Client.with(origin: "http://127.0.0.1:\(port)", { $0.retry.attempts = 3 }) { client in
      let error = try await atlasError {
        try await client.writer.delete("X", in: Client.project)
      }
      #expect(error.kind == .connect)
      #expect(error.arrival == .notArrived)
      #expect(error.scope == .run)
      #expect(error.attempt == 1)
      #expect(error.detail?.hasPrefix("connection refused (http://127.0.0.1:") == true)
    }
  }

  @Test func `says that a name has no address`() async throws {
    try await Client.with(
      origin: "https://no-such-host.invalid",
      { $0.retry.attempts = 1 }
    ) { client in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .nameResolution)
      #expect(error.arrival == .notArrived)
    }
  }

  @Test func `says that the server does not speak TLS`() async throws {
    let server = try ScriptedServer { _ in .json(emptyList) }
    defer { server.stop() }
    try await Client.with(
      origin: "https://localhost:\(server.port)",
      {
        $0.retry.attempts = 1
        $0.connectTimeout = .seconds(1)
        $0.requestTimeout = .seconds(100)
      }
    ) { client in
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .tls || error.kind == .connect, "\(error)")
      #expect(error.arrival == .notArrived)
    }
  }

  @Test func `judges a kept connection that the server has closed by what left`() async throws {
    let script: ScriptedServer.Script = { request in
      request.number == 1 ? Reply.json(emptyList).thenClose : .json(emptyList)
    }
    try await Client.with(script: script) { client, server in
      _ = try await client.reader.organizations()
      do throws(AtlasError) {
        try await client.writer.delete("X", in: Client.project)
      } catch {
        // Whether the close is seen before or after the head left is a race; what is concluded is not.
        #expect(error.arrival == .unknown || server.requests.count == 1)
        #expect(error.attempt == 1)
      }
      #expect(server.requests.count <= 2)
    }
  }

  @Test func `ends a request that is cancelled`() async throws {
    let script: ScriptedServer.Script = { _ in Reply.json(emptyList).delayed(milliseconds: 100_000)
    }
    try await Client.with(script: script) { client, server in
      let task = Task {
        try await client.writer.update("X", in: Client.project, body: [:]) { _ in nil }
      }
      #expect(try await eventually { !server.requests.isEmpty })
      task.cancel()
      let error = try await atlasError { try await task.value }
      #expect(error.kind == .cancelled)
      #expect(error.arrival == .unknown)
      let unsent = await Task { () -> AtlasError? in
        withUnsafeCurrentTask { $0?.cancel() }
        return try? await atlasError { try await client.reader.organizations() }
      }.value
      #expect(unsent?.kind == .cancelled)
      #expect(unsent?.arrival == .notArrived)
    }
  }

  @Test func `says that it was shut down`() async throws {
    try await Client.with(script: { _ in .json(emptyList) }) { client, _ in
      await client.connection.shutdown()
      await client.connection.shutdown()
      let error = try await atlasError { try await client.reader.organizations() }
      #expect(error.kind == .closed)
    }
  }

  @Test func `has no more connections than it may, and says who it is`() async throws {
    // The first four are answered when all of them are there.
    let arrivals = DispatchGroup()
    for _ in 0..<4 { arrivals.enter() }
    let script: ScriptedServer.Script = { request in
      if request.number <= 4 {
        arrivals.leave()
        arrivals.wait()
      }
      return .json(emptyList)
    }
    try await Client.with(Client.token, { $0.parallelism = 4 }, script: script) { client, server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 { group.addTask { _ = try await client.reader.organizations() } }
        try await group.waitForAll()
      }
      #expect(server.connectionCount == 4)
      let headers = try #require(server.requests.first?.headers)
      #expect(headers["user-agent"] == "godwit/test")
      #expect(headers["accept"] == "application/vnd.atlas.2023-01-01+json")
      #expect(headers["content-type"] == nil)
      #expect(headers["accept-encoding"] == nil)
    }
  }
}
