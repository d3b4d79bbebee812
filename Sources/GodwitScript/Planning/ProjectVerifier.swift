public import GodwitCore
internal import LuaVM

/// Runs a migration's `verify` for one project, after its writes were made.
public struct ProjectVerifier: Sendable {
  /// Why `verify` failed.
  public struct Failure: Error, Sendable, Hashable {
    /// What it said, in one line.
    public var reason: String
    /// What to do about it.
    public var advice: String?
    /// The line of the script.
    public var position: ScriptPosition?
  }

  private let migration: Migration
  private let inputs: ScriptInputs
  private let fingerprints: [String: SecretFingerprint]
  private let ownFingerprints: ProjectFingerprints

  /// Makes a verifier.
  ///
  /// - Parameters:
  ///   - migration: the script, from the source kept in the run file.
  ///   - inputs: the values of its parameters.
  ///   - fingerprints: what is known of the secrets.
  ///   - ownFingerprints: what is known of those that each project has its own value of.
  public init(
    migration: Migration,
    inputs: ScriptInputs,
    fingerprints: [String: SecretFingerprint],
    ownFingerprints: @escaping ProjectFingerprints = { _ in [:] }
  ) {
    self.migration = migration
    self.inputs = inputs
    self.fingerprints = fingerprints
    self.ownFingerprints = ownFingerprints
  }

  /// Runs `verify` for a project, from its beginning.
  ///
  /// - Parameters:
  ///   - project: the project.
  ///   - reads: reads from Atlas, afresh each time.
  ///   - onLog: receives what the script logs.
  /// - Returns: why it failed; `nil` if all is well, as of a migration without `verify`.
  public func verify(
    _ project: Project,
    reads: ScriptReads,
    onLog: @escaping @Sendable (LogLine) -> Void = { _ in }
  ) async -> Failure? {
    guard migration.hasVerify else { return nil }
    let parameters: LuaTable
    do throws(Diagnostic) {
      parameters = try inputs.table(migration.parameters, for: project)
    } catch {
      return Failure(reason: error.line, advice: error.advice)
    }
    var fingerprints = fingerprints
    for (name, own) in ownFingerprints(project) { fingerprints[name] = try? own.get() }
    var runner = ScriptRunner(
      migration: migration,
      project: project,
      parameters: parameters,
      fingerprints: fingerprints,
      onLog: onLog
    )
    var lastFailure: ScriptReadError?
    let host = FreshReads(project: project.id, reads: reads)
    let ending = await runner.run("verify") { await host.answer($0, &lastFailure) }
    switch ending {
    case .finished(let values):
      guard values.first == .string("refused") else { return nil }
      return Failure(
        reason: "verify returned false",
        advice: "assert(…, \"why\") or error(\"why\") says what is not as it should be",
        position: migration.verifyPosition
      )
    case .failed(let error):
      let diagnostic = Diagnostic(error)
      return Failure(
        reason: diagnostic.summary,
        advice: error.isAtlasError ? lastFailure?.advice : diagnostic.advice,
        position: diagnostic.position
      )
    }
  }
}
