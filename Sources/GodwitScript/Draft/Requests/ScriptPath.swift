internal import GodwitCore

/// A path below a project, or the API's root, that a script named, taken apart as Atlas will understand it.
struct ScriptPath: Hashable {
  /// The path as it is sent.
  let text: String
  /// Its parts, with what was percent-encoded decoded.
  let parts: [String]

  /// Takes a path apart.
  ///
  /// - Parameters:
  ///   - text: the path.
  ///   - isOfRoot: whether it is below the API's root, and not below a project.
  /// - Throws: ``ScriptComplaint`` for one that would lead elsewhere than it says.
  init(_ text: String, isOfRoot: Bool = false) throws(ScriptComplaint) {
    self.text = text
    guard text.hasPrefix("/") else {
      throw ScriptComplaint(
        "the path \"\(text)\" does not begin with a slash",
        advice: isOfRoot
          ? "paths are relative to the API's root, for example \"/groups\""
          : "paths are relative to the project, for example \"/auditLog\""
      )
    }
    if text.contains("<id from operation") {
      throw ScriptComplaint(
        "the path has a pending value in it, which Atlas gives only when the plan is applied",
        advice: "pending values can stand in bodies, and as ids of alert configurations"
      )
    }
    var parts: [String] = []
    for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let decoded = Self.decoded(part), !decoded.isEmpty,
        ![".", ".."].contains(decoded), !decoded.contains(where: { "/?#".contains($0) })
      else {
        throw ScriptComplaint(
          "the path \"\(text)\" has a part that is not asked for: \"\(part)\"",
          advice: "give the query apart, and no empty parts and no steps such as .."
        )
      }
      parts.append(decoded)
    }
    self.parts = parts
  }

  private static func decoded(_ part: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(part.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// What the tool knows the path to be, whatever the case of its letters.
  var known: Known? {
    let words = parts.map { $0.lowercased() }
    switch (words.first, parts.count) {
    case ("integrations", 1): return .integrations
    case ("integrations", 2): return .integration(IntegrationType(parts[1].uppercased()))
    case ("alertconfigs", 1): return .alerts
    case ("alertconfigs", 2): return .alert(AlertConfigurationID(parts[1]))
    default: return nil
    }
  }

  /// A path that the tool knows more of.
  enum Known: Hashable {
    case integrations
    case integration(IntegrationType)
    case alerts
    case alert(AlertConfigurationID)
  }
}

/// A kind of request that a migration declares, for example `PATCH /auditLog` or `DELETE /teams/*`.
public struct RequestPattern: Sendable, Hashable, CustomStringConvertible {
  /// `POST`, `PUT`, `PATCH` or `DELETE`.
  public let method: String
  /// The path's parts; `*` stands for any one.
  public let parts: [String]

  static let methods = ["POST", "PUT", "PATCH", "DELETE"]

  /// Reads a pattern; `nil` for one that is none.
  public init?(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 2, Self.methods.contains(words[0]), words[1].hasPrefix("/") else {
      return nil
    }
    method = words[0]
    parts = words[1].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
  }

  /// As it was written.
  public var description: String { "\(method) /" + parts.joined(separator: "/") }

  /// Whether a request is of this kind.
  func fits(_ method: String, _ path: [String]) -> Bool {
    method == self.method && path.count == parts.count
      && zip(parts, path).allSatisfy { $0 == "*" || $0 == $1 }
  }
}
