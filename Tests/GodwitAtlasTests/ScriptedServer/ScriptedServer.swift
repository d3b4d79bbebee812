import Foundation
import Synchronization

/// A server that answers as a test says, odd answers included.
///
/// It is made of plain sockets and threads, so that it can also do what no proper server does: reset,
/// cut short, answer no HTTP at all.
final class ScriptedServer: Sendable {
  typealias Script = @Sendable (ReceivedRequest) -> Reply

  private let listener: Int32
  let port: UInt16
  private let script: Script
  private let log = Mutex<[ReceivedRequest]>([])
  /// The open connections.
  ///
  /// A closed descriptor may be another server's at once, so they are taken
  /// out before they are closed.
  private let sockets = Mutex<Set<Int32>>([])
  private let accepted = Mutex(0)

  init(_ script: @escaping Script) throws {
    self.script = script
    listener = try Sockets.listen()
    port = try Sockets.port(of: listener)
    Thread.detachNewThread { [self] in accept() }
  }

  /// The origin to give to the client.
  var origin: String { "http://127.0.0.1:\(port)" }

  /// All requests so far, in the order of their arrival.
  var requests: [ReceivedRequest] { log.withLock { $0 } }

  /// How many connections were accepted.
  var connectionCount: Int { accepted.withLock { $0 } }

  /// Ends the server; open connections are closed.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    sockets.withLock { for socket in $0 { shutdown(socket, Int32(SHUT_RDWR)) } }
  }

  private func accept() {
    while true {
      let socket = Foundation.accept(listener, nil, nil)
      guard socket >= 0 else {
        close(listener)
        return
      }
      _ = sockets.withLock { $0.insert(socket) }
      accepted.withLock { $0 += 1 }
      Thread.detachNewThread { [self] in serve(socket) }
    }
  }

  private func serve(_ socket: Int32) {
    var input = SocketInput(socket)
    defer {
      _ = sockets.withLock { $0.remove(socket) }
      close(socket)
    }
    while var request = input.nextRequest() {
      request.connection = socket
      request.number = log.withLock { log in
        log.append(request)
        return log.count
      }
      for part in script(request).parts {
        switch part {
        case .bytes(let bytes): Sockets.write(bytes, to: socket)
        case .pause(let milliseconds): Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
        case .close: return
        case .reset:
          Sockets.resetOnClose(socket)
          return
        }
      }
    }
  }
}

/// One request as it came in.
struct ReceivedRequest: Sendable, Hashable {
  var method: String
  /// Path and query.
  var target: String
  /// Names in lower case.
  var headers: [String: String]
  var body: [UInt8]
  /// Its place among all requests, from 1.
  var number = 0
  var connection: Int32 = 0

  var bodyText: String { String(decoding: body, as: UTF8.self) }
  var authorization: String? { headers["authorization"] }

  /// A parameter of the digest answer, without quotes.
  func digest(_ name: String) -> String? {
    guard let value = authorization, let range = value.range(of: " \(name)=") else { return nil }
    let rest = value[range.upperBound...]
    if rest.hasPrefix("\"") { return String(rest.dropFirst().prefix { $0 != "\"" }) }
    return String(rest.prefix { $0 != "," })
  }
}

/// What the server sends back.
struct Reply: Sendable {
  enum Part: Sendable {
    case bytes([UInt8])
    case pause(milliseconds: Int)
    case close
    case reset
  }

  var parts: [Part]

  /// A proper answer with a JSON body.
  static func json(
    _ body: String,
    status: Int = 200,
    headers: [String: String] = [:]
  ) -> Reply {
    answer(body, status: status, headers: headers, type: "application/json")
  }

  static func answer(
    _ body: String,
    status: Int = 200,
    headers: [String: String] = [:],
    type: String = "text/html"
  ) -> Reply {
    var text = "HTTP/1.1 \(status) Phrase\r\nContent-Type: \(type)\r\n"
    text += "Content-Length: \(body.utf8.count)\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    return raw(text + "\r\n" + body)
  }

  /// An error in Atlas' shape.
  static func error(
    _ status: Int,
    _ code: String,
    headers: [String: String] = [:]
  ) -> Reply {
    json(
      #"{"detail":"Scripted.","error":\#(status),"errorCode":"\#(code)","parameters":null}"#,
      status: status,
      headers: headers
    )
  }

  /// A challenge of HTTP digest.
  static func challenge(_ nonce: String, stale: Bool = false) -> Reply {
    let value =
      #"Digest realm="MMS Public API", domain="", nonce="\#(nonce)", algorithm=MD5, "#
      + #"qop="auth", stale=\#(stale)"#
    return json(
      #"{"error":401,"reason":"Unauthorized","errorCode":"UNEXPECTED_ERROR"}"#,
      status: 401,
      headers: ["WWW-Authenticate": value]
    )
  }

  static func raw(_ text: String) -> Reply {
    Reply(parts: [.bytes(Array(text.utf8))])
  }

  /// The same after a wait.
  func delayed(milliseconds: Int) -> Reply {
    Reply(parts: [.pause(milliseconds: milliseconds)] + parts)
  }

  /// The same, and the connection is closed behind it.
  var thenClose: Reply { Reply(parts: parts + [.close]) }

  static let close = Reply(parts: [.close])
  static let reset = Reply(parts: [.reset])
}
