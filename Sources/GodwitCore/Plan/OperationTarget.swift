/// What an operation writes to.
public enum OperationTarget: Sendable, Hashable {
  /// The integration of a type.
  case integration(IntegrationType)
  /// An alert configuration.
  case alert(AlertTarget)
  /// Any other resource, by method and path.
  case request(RequestTarget)

  /// The integration type, if it is an integration.
  public var integrationType: IntegrationType? {
    if case .integration(let type) = self { type } else { nil }
  }

  /// The alert configuration, if it is one.
  public var alert: AlertTarget? {
    if case .alert(let alert) = self { alert } else { nil }
  }

  /// The method and path, if it is a request of any other kind.
  public var request: RequestTarget? {
    if case .request(let request) = self { request } else { nil }
  }

  /// A word for the kind of target: an integration's type, `alert`, or `request`.
  public var kind: String {
    switch self {
    case .integration(let type): type.text
    case .alert: "alert"
    case .request: "request"
    }
  }
}

extension OperationTarget: CustomStringConvertible {
  /// How people are told of it, without what differs from project to project: `DATADOG`,
  /// `alert OUTSIDE_METRIC_THRESHOLD`, `PATCH /auditLog`.
  public var description: String {
    switch self {
    case .integration(let type): type.text
    case .alert(let alert): alert.eventTypeName.isEmpty ? "alert" : "alert \(alert.eventTypeName)"
    case .request(let request): request.description
    }
  }
}

extension OperationTarget: Comparable {
  /// Orders by the bytes of what people are told, then by ids.
  public static func < (left: OperationTarget, right: OperationTarget) -> Bool {
    let (one, other) = (left.description, right.description)
    if one != other { return one.bytesPrecede(other) }
    return (left.alert?.id?.text ?? "").bytesPrecede(right.alert?.id?.text ?? "")
  }
}

/// An alert configuration that an operation writes to.
public struct AlertTarget: Sendable, Hashable {
  /// Which one; `nil` for the one that the operation itself makes.
  public var id: AlertConfigurationID?
  /// What it watches for, by which people know it.
  public var eventTypeName: String
  /// Whether it was read through API v1.0 and must be written there, since v2 does not show all of
  /// its notifications and would lose them.
  public var isLegacy: Bool

  /// Names an alert configuration.
  public init(id: AlertConfigurationID?, eventTypeName: String, isLegacy: Bool = false) {
    self.id = id
    self.eventTypeName = eventTypeName
    self.isLegacy = isLegacy
  }
}

/// The method and place of a request that the tool knows nothing more of.
public struct RequestTarget: Sendable, Hashable, CustomStringConvertible {
  /// `POST`, `PUT`, `PATCH` or `DELETE`.
  public var method: String
  /// The path below the project, for example `/auditLog`, not percent-encoded.
  public var path: String
  /// The query's names and values, in order.
  public var query: JSONObject

  /// Names a request.
  public init(method: String, path: String, query: JSONObject = [:]) {
    self.method = method
    self.path = path
    self.query = query
  }

  /// Method, path and query, for example `PATCH /auditLog`.
  public var description: String { "\(method) \(place)" }

  /// Path and query, for example `/backup?pretty=true`.
  public var place: String {
    guard !query.isEmpty else { return path }
    let items = query.map { "\($0.key)=\($0.value.stringValue ?? $0.value.encodedString())" }
    return path + "?" + items.joined(separator: "&")
  }
}
