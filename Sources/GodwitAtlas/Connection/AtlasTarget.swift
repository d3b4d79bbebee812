/// The server to talk to: scheme, host and port, without a path.
public struct AtlasTarget: Sendable, Hashable, CustomStringConvertible {
  /// The origin, for example `"https://cloud.mongodb.com"`: lower case, no slash at the end, the
  /// scheme's own port left out.
  public let baseURL: String

  /// Atlas itself.
  public static let atlas = AtlasTarget(origin: "https://cloud.mongodb.com")

  private init(origin: String) {
    baseURL = origin
  }

  /// Takes an origin as a person gives it.
  ///
  /// - Parameters:
  ///   - baseURL: scheme, host and port, for example `"https://cloud.mongodb.com"`.
  ///   - allowHTTP: whether plain HTTP may leave this machine.
  /// - Throws: ``AtlasError`` of kind `invalidTarget` for anything but `https` (and `http` to a
  ///   loopback address), a path, a query, or a user in the URL.
  public init(baseURL: String, allowHTTP: Bool = false) throws(AtlasError) {
    func refusal(_ reason: String) -> AtlasError {
      AtlasError(kind: .invalidTarget, detail: reason)
    }
    let text = baseURL.lowercased()
    let scheme = text.hasPrefix("https://") ? "https" : "http"
    guard text.hasPrefix(scheme + "://") else {
      throw refusal("it must begin with https://")
    }
    var authority = text.dropFirst(scheme.count + 3)
    if authority.hasSuffix("/") { authority = authority.dropLast() }
    if authority.contains("@") { throw refusal("credentials do not belong into it") }
    if authority.contains(where: { "/?#".contains($0) }) {
      throw refusal("it must be the origin alone, without a path such as /api/atlas/v2")
    }
    guard let (host, port) = Self.split(authority) else {
      throw refusal("its host or port is not well-formed")
    }
    if scheme == "http", !allowHTTP, !Self.isLoopback(host) {
      throw refusal("plain http is for this machine only")
    }
    let isDefaultPort = port == (scheme == "https" ? 443 : 80)
    let suffix = port.flatMap { isDefaultPort ? nil : ":\($0)" } ?? ""
    self.init(origin: "\(scheme)://\(host)\(suffix)")
  }

  /// The origin.
  public var description: String { baseURL }

  /// Splits host and port; an IPv6 address stands in brackets.
  private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
    var host = authority
    var port: Int?
    let search = authority.hasPrefix("[") ? authority.lastIndex(of: "]") : authority.startIndex
    guard let search else { return nil }
    if let colon = authority[search...].firstIndex(of: ":") {
      let digits = authority[authority.index(after: colon)...]
      guard let number = Int(digits), 1...65_535 ~= number, digits.allSatisfy(\.isWholeNumber)
      else { return nil }
      host = authority[..<colon]
      port = number
    }
    // A dot at the end names the same host.
    if host.hasSuffix("."), !host.hasSuffix("..") { host = host.dropLast() }
    return isWellFormed(host) ? (String(host), port) : nil
  }

  private static func isWellFormed(_ host: Substring) -> Bool {
    if host.hasPrefix("["), host.hasSuffix("]") {
      let address = host.dropFirst().dropLast()
      return address.count > 1
        && address.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
    }
    return !host.isEmpty && !host.hasPrefix(".") && !host.contains("..")
      && host.utf8.allSatisfy {
        0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
