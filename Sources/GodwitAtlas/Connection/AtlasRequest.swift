internal import GodwitCore
internal import NIOHTTP1

/// One request of the API, whichever way and however often it goes out.
struct AtlasRequest: Sendable {
  let operation: AtlasOperation
  let generation: APIGeneration
  let method: HTTPMethod
  let path: String
  let mediaType: String
  let body: RequestBody?

  init(_ operation: AtlasOperation, in generation: APIGeneration, body: RequestBody? = nil) {
    self.operation = operation
    self.generation = generation
    method = operation.method
    path = generation.pathPrefix + operation.path
    mediaType = operation.mediaType(in: generation)
    self.body = body
  }

  /// The HTTP request.
  ///
  /// Without an authorization it is the leg that fetches a challenge, always a GET without a body:
  /// what a write carries never goes out before the server has asked who sends it.
  func call(origin: String, userAgent: String, authorization: String?) -> HTTPCall {
    var headers = HTTPHeaders()
    headers.reserveCapacity(6)
    headers.add(name: "Accept", value: mediaType)
    headers.add(name: "User-Agent", value: userAgent)
    guard let authorization else {
      return HTTPCall(method: .GET, origin: origin, path: path, headers: headers)
    }
    headers.add(name: "Authorization", value: authorization)
    if body != nil { headers.add(name: "Content-Type", value: mediaType) }
    return HTTPCall(
      method: method,
      origin: origin,
      path: path,
      headers: headers,
      body: body?.bytes
    )
  }
}
