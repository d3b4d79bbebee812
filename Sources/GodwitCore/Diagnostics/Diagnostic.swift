/// Something that went wrong, told to a person: what, where, and what to do about it.
public struct Diagnostic: Error, Sendable, Hashable {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable {
    /// Nothing can go on, or a project failed.
    case error
    /// Worth knowing; the run goes on.
    case warning
  }

  /// How bad it is.
  public var severity: Severity
  /// One sentence without a full stop, for example `unknown field "regoin" of DATADOG`.
  public var summary: String
  /// More about it, if there is more to say.
  public var detail: String?
  /// The line of the script that it is about.
  public var position: ScriptPosition?
  /// What to do next.
  public var advice: String?

  /// Makes a diagnostic.
  public init(
    _ summary: String,
    severity: Severity = .error,
    detail: String? = nil,
    position: ScriptPosition? = nil,
    advice: String? = nil
  ) {
    self.severity = severity
    self.summary = summary
    self.detail = detail
    self.position = position
    self.advice = advice
  }

  /// The diagnostic on one line: position, summary and detail.
  public var line: String {
    let place = position.map { "\($0): " } ?? ""
    let more = detail.map { ": \($0)" } ?? ""
    return place + summary + more
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The diagnostic on one line, and the advice behind it.
  public var description: String {
    advice.map { "\(line); \($0)" } ?? line
  }
}
