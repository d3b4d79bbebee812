extension AtlasError: CustomStringConvertible {
  /// One line for people: the request, what happened, Atlas' own words.
  public var description: String {
    var text = method.isEmpty ? "" : "\(method) \(path): "
    text += summary
    if let detail, !detail.isEmpty { text += ": \(detail)" }
    if attempt > 1 { text += " (attempt \(attempt))" }
    return text
  }

  /// What happened, in a few words.
  public var summary: String {
    switch kind {
    case .invalidTarget: "not a base URL that can be used"
    case .nameResolution: "the server's name could not be resolved"
    case .connect: "the server could not be reached"
    case .tls: "no secure connection could be made"
    case .timeout: "no answer in time"
    case .reset: "the connection broke"
    case .unreadableAnswer: "an unreadable answer" + (status.map { " with status \($0)" } ?? "")
    case .unsteadyList: "the list changed while it was read"
    case .tooLarge: "an answer that is too large"
    case .status: statusSummary
    case .wrongCredentials: "the credentials were not accepted"
    case .unsupportedAuthentication: "the server asks for authentication of another kind"
    case .needsAPIKey: "this generation of the API takes API keys only"
    case .invalidPath: "not a path that is asked for"
    case .restlessNonce: "the server refused one nonce after the other"
    case .refusedBody: "the body was not sent"
    case .cancelled: "cancelled"
    case .closed: "the connection was shut down"
    }
  }

  private var statusSummary: String {
    let phrase = errorCode ?? reason
    return (status.map(String.init) ?? "an error") + (phrase.map { " \($0)" } ?? "")
  }
}

extension AtlasError {
  /// What a person can do about it; `nil` where nothing better than trying again is known.
  public var advice: String? {
    if isRetryBudgetSpent {
      return "Too many requests failed to try each of them again; go on when Atlas answers."
    }
    return switch kind {
    case .invalidTarget: "Give the origin alone, for example https://cloud.mongodb.com."
    case .nameResolution: "Check the base URL and the DNS of this machine."
    case .connect: "Check the base URL, the network, and whether the server is running."
    case .tls: "Check the base URL, the clock and the certificates of this machine."
    case .wrongCredentials: credentialsAdvice
    case .unsupportedAuthentication:
      "Use credentials of a kind that this server accepts: a service account or an access token"
        + " for Atlas, an API key (HTTP digest) for all generations."
    case .needsAPIKey:
      "Use an API key; service accounts and access tokens work with api/atlas/v2 only."
    case .invalidPath:
      "Give the path as Atlas documents it, such as /settings, and the query apart."
    case .refusedBody: "Give the secret itself as an input; what Atlas shows is only a mask."
    case .unreadableAnswer: "Check the base URL; a proxy may be answering in the place of Atlas."
    case .unsteadyList: "Try again when nothing else changes the list."
    case .status: statusAdvice
    case .timeout: "Check the network, and whether the server is well; see `godwit doctor`."
    case .reset, .tooLarge, .restlessNonce, .cancelled, .closed: nil
    }
  }

  private var credentialsAdvice: String {
    switch errorCode {
    case "invalid_client":
      "Check client id and secret; a secret expires, and an account can be disabled or deleted:"
        + " look at it in Atlas, and make a new secret there."
    case "access_denied":
      "The account may have too many tokens at once (Atlas allows 100); they end after an hour, or"
        + " when the programs that hold them end."
    default:
      "Check public and private key, or the token, and that they were not deleted or expired."
    }
  }

  private var statusAdvice: String? {
    if isAccessListRefusal {
      return "Add this machine's address to the API access list of the credentials."
    }
    return switch (status, errorCode) {
    case (_, "ATLAS_GROUP"?), (_, "NOT_ATLAS_GROUP"?), (_, "NOT_ATLAS_ORG"?):
      "The project belongs to another API generation."
    case (404, "GROUP_NOT_FOUND"?), (404, "INVALID_GROUP_ID"?), (404, "GROUP_NAME_NOT_FOUND"?):
      "Check the project's id or name and the base URL."
    case (409, "MULTIPLE_GROUPS"?): "Give the project's id instead of its name."
    case (401, _), (403, _): "Give the credentials a role in this project that allows the request."
    case (406, _), (410, _), (415, _): "Atlas no longer speaks this API version; update Godwit."
    case (429, _): "Lower the parallelism, or wait."
    case (405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"?): "Atlas is being upgraded; go on later."
    default: nil
    }
  }
}
