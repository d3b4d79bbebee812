/// Why a request to Atlas did not do what was asked, and what is known of its fate.
///
/// Texts that came from outside are searched for known secrets, cut and freed of control
/// characters before they get here; bodies never do.
public struct AtlasError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The base URL is not one that Godwit talks to.
    case invalidTarget
    /// The server's name has no address.
    case nameResolution
    /// No connection came about.
    case connect
    /// No secure connection came about.
    case tls
    /// The answer took too long.
    case timeout
    /// The connection broke.
    case reset
    /// A 2xx answer that is not what Atlas documents, or no HTTP at all.
    case unreadableAnswer
    /// A list that changed each time it was read, so that an element may be missing.
    case unsteadyList
    /// An answer larger than the client takes.
    case tooLarge
    /// An answer that is not 2xx; ``AtlasError/status`` and ``AtlasError/errorCode`` say more.
    case status
    /// The key or token was not accepted.
    case wrongCredentials
    /// The server asks for a kind of authentication that these credentials cannot give.
    case unsupportedAuthentication
    /// The API generation takes API keys only, and these credentials are none.
    case needsAPIKey
    /// The path that was asked for would lead elsewhere.
    case invalidPath
    /// The server refused one nonce after the other as expired.
    case restlessNonce
    /// The body was not sent: a mask in it, or a secret without a value.
    case refusedBody
    /// The task was cancelled.
    case cancelled
    /// The connection was shut down.
    case closed
  }

  /// What is known of a request's arrival; of use for writes.
  public enum Arrival: String, Sendable, Hashable {
    /// It surely did not arrive.
    case notArrived
    /// It arrived, and the API surely did not do it.
    case refused
    /// It may have been done.
    case unknown
  }

  /// Whom the trouble concerns.
  public enum Scope: String, Sendable, Hashable {
    /// The project of the request only.
    case project
    /// Every further request.
    case run
  }

  /// What went wrong.
  public var kind: Kind
  /// The HTTP status, where there was an answer.
  public var status: Int?
  /// Atlas' machine-readable code, for example `INTEGRATION_NOT_CONFIGURED`.
  public var errorCode: String?
  /// Atlas' text for people, or the technical cause; cleaned, at most 500 characters.
  public var detail: String?
  /// Atlas' HTTP phrase, cleaned.
  public var reason: String?
  /// The values that Atlas put into its text, cleaned.
  public var parameters: [String]
  /// The method of the request; empty if it was not about one.
  public var method: String
  /// Path and query of the request; empty if it was not about one.
  public var path: String
  /// Which attempt this was, from 1.
  public var attempt: Int
  /// How long the server asks to wait.
  public var retryAfter: Duration?
  /// What is known of the request's arrival.
  public var arrival: Arrival
  /// Whether another attempt was due and the connection's budget of retries was spent.
  public var isRetryBudgetSpent: Bool

  /// Makes an error from its parts.
  public init(
    kind: Kind,
    status: Int? = nil,
    errorCode: String? = nil,
    detail: String? = nil,
    reason: String? = nil,
    parameters: [String] = [],
    method: String = "",
    path: String = "",
    attempt: Int = 1,
    retryAfter: Duration? = nil,
    arrival: Arrival = .notArrived,
    isRetryBudgetSpent: Bool = false
  ) {
    self.kind = kind
    self.status = status
    self.errorCode = errorCode
    self.detail = detail
    self.reason = reason
    self.parameters = parameters
    self.method = method
    self.path = path
    self.attempt = attempt
    self.retryAfter = retryAfter
    self.arrival = arrival
    self.isRetryBudgetSpent = isRetryBudgetSpent
  }
}

extension AtlasError {
  /// Whom the trouble concerns: the project, or the whole run.
  public var scope: Scope {
    switch kind {
    case .invalidTarget, .nameResolution, .connect, .tls, .wrongCredentials,
      .unsupportedAuthentication, .needsAPIKey, .closed:
      .run
    case .status: isAccessListRefusal || status == 410 ? .run : .project
    case .timeout, .reset, .unreadableAnswer, .unsteadyList, .tooLarge, .restlessNonce,
      .refusedBody, .invalidPath,
      .cancelled:
      .project
    }
  }

  /// Whether no other request of a script would do better, so that nothing is left to it.
  ///
  /// What only an API key may read is the script's own affair: it may go on without.
  public var endsScripts: Bool { scope == .run && kind != .needsAPIKey }

  /// Whether Atlas refused the address that the request came from.
  ///
  /// Source: Atlas' table of API errors; only the first code has been seen on the wire
  /// (terraform-provider-mongodbatlas issue 1048), the others are its older names.
  public var isAccessListRefusal: Bool {
    status == 403 && errorCode.map(Self.accessListCodes.contains) == true
  }

  private static let accessListCodes: Set<String> = [
    "IP_ADDRESS_NOT_ON_ACCESS_LIST", "IP_ADDRESS_NOT_ON_WHITELIST",
    "RESOURCE_REQUIRES_ACCESS_LIST", "RESOURCE_REQUIRES_WHITELIST",
    "ORG_REQUIRES_ACCESS_LIST", "ORG_REQUIRES_WHITELIST",
  ]

  /// Whether Atlas takes no writes for the moment because it is being upgraded.
  public var isMaintenance: Bool {
    status == 405 && errorCode == "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"
  }

  /// Whether the project exists and has no integration of the type.
  public var isIntegrationNotConfigured: Bool {
    status == 404 && errorCode == "INTEGRATION_NOT_CONFIGURED"
  }

  /// Whether the project exists and has no alert configuration of the id.
  public var isAlertConfigurationNotFound: Bool {
    status == 404 && errorCode == "ALERT_CONFIG_NOT_FOUND"
  }
}
