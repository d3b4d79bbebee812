/// The id of a project (a "group" in Atlas' paths): 24 hexadecimal digits.
public struct ProjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The id as Atlas writes it.
  public let text: String

  /// Takes an id as Atlas writes it.
  public init(_ text: String) {
    self.text = text
  }

  /// The id as Atlas writes it.
  public var description: String { text }

  /// Whether a text has the form of an id.
  public static func isWellFormed(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 24
      && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
  }

  /// Orders by the bytes of the id.
  public static func < (left: ProjectID, right: ProjectID) -> Bool {
    left.text.bytesPrecede(right.text)
  }
}

/// The id of an organization: 24 hexadecimal digits.
public struct OrganizationID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The id as Atlas writes it.
  public let text: String

  /// Takes an id as Atlas writes it.
  public init(_ text: String) {
    self.text = text
  }

  /// The id as Atlas writes it.
  public var description: String { text }

  /// Orders by the bytes of the id.
  public static func < (left: OrganizationID, right: OrganizationID) -> Bool {
    left.text.bytesPrecede(right.text)
  }
}

/// The type of a third-party integration, for example `DATADOG`; types not known here are kept too.
public struct IntegrationType: Sendable, Hashable, Comparable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  /// The name as Atlas writes it.
  public let text: String

  /// Takes a name as Atlas writes it.
  public init(_ text: String) {
    self.text = text
  }

  /// Takes a name as Atlas writes it.
  public init(stringLiteral value: String) {
    text = value
  }

  /// The name as Atlas writes it.
  public var description: String { text }

  /// Orders by the bytes of the name.
  public static func < (left: IntegrationType, right: IntegrationType) -> Bool {
    left.text.bytesPrecede(right.text)
  }
}
