public import GodwitAtlas
public import GodwitCore
public import GodwitJournal

/// Why a run could not begin or had to end: what to say, and the exit status that goes with it.
public struct RunError: Error, Sendable, Hashable {
  /// What to say.
  public var diagnostic: Diagnostic
  /// How the command ends.
  public var status: ExitStatus

  /// Pairs a diagnostic with an exit status.
  public init(_ diagnostic: Diagnostic, status: ExitStatus = .couldNotStart) {
    self.diagnostic = diagnostic
    self.status = status
  }

  /// What Atlas, or the way to it, refused.
  public init(_ error: AtlasError, status: ExitStatus = .couldNotStart) {
    self.init(
      Diagnostic(error.description, advice: error.advice.map(Self.asClause)),
      status: status
    )
  }

  /// What is wrong with a run file.
  public init(_ error: RunFileError, status: ExitStatus = .couldNotStart) {
    self.init(Diagnostic("\(error.path): \(error.detail)", advice: error.advice), status: status)
  }

  /// A sentence as the second half of another one.
  static func asClause(_ sentence: String) -> String {
    let clause = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    return clause.prefix(1).lowercased() + clause.dropFirst()
  }
}
