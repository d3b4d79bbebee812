/// Why a read of a script failed, in the parts that a script may look at.
public struct ScriptReadError: Error, Sendable, Hashable {
  /// The HTTP status, if there was an answer.
  public var status: Int?
  /// Atlas' code, for example `GROUP_NOT_FOUND`.
  public var errorCode: String?
  /// Atlas' explanation, searched for secrets.
  public var detail: String?
  /// Atlas' phrase for the status.
  public var reason: String?
  /// The HTTP method.
  public var method: String
  /// The path.
  public var path: String
  /// All of it on one line.
  public var line: String
  /// What to do about it.
  public var advice: String?

  /// Makes an error.
  public init(
    status: Int? = nil,
    errorCode: String? = nil,
    detail: String? = nil,
    reason: String? = nil,
    method: String,
    path: String,
    line: String,
    advice: String? = nil
  ) {
    self.status = status
    self.errorCode = errorCode
    self.detail = detail
    self.reason = reason
    self.method = method
    self.path = path
    self.line = line
    self.advice = advice
  }
}
