internal import GodwitCore
internal import NIOHTTP1

/// What a server answered to a request without credentials.
public struct AtlasProbe: Sendable, Hashable {
  /// The status; Atlas answers 401.
  public var status: Int
  /// The `Date` header, as it was sent.
  public var date: String?
  /// The time between request and end of answer, connecting included.
  public var duration: Duration
}

extension AtlasConnection {
  /// Asks for the root of the API once, without credentials.
  ///
  /// - Throws: ``AtlasError`` if there was no answer.
  public func probe() async throws(AtlasError) -> AtlasProbe {
    let request = AtlasRequest(Self.root, in: .v2)
    guard await transport.gate.enter() else { throw error(.cancelled, request, attempt: 1) }
    defer { transport.gate.leave() }
    let start = ContinuousClock.now
    let answer = try await dispatch(request, authorization: nil, attempt: 1)
    return AtlasProbe(
      status: answer.status,
      date: answer.headers.first(name: "Date"),
      duration: .now - start
    )
  }
}
