public import GodwitCore
internal import LuaVM

/// Runs a migration's `verify` for one project, after its writes were made.
public struct ProjectVerifier: Sendable {
  /// Reads afresh: all integrations, or the one of a type.
  public typealias Reader =
    @Sendable (ProjectID, IntegrationType?) async -> Result<[Integration], ScriptReadError>

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
  private let read: Reader
  private let onLog: @Sendable (Project, LogLine) -> Void

  /// Makes a verifier.
  ///
  /// - Parameters:
  ///   - migration: the script, from the source kept in the run file.
  ///   - inputs: the values of its parameters.
  ///   - fingerprints: what is known of the secrets.
  ///   - onLog: receives what scripts log.
  ///   - read: reads from Atlas.
  public init(
    migration: Migration,
    inputs: ScriptInputs,
    fingerprints: [String: SecretFingerprint],
    onLog: @escaping @Sendable (Project, LogLine) -> Void = { _, _ in },
    read: @escaping Reader
  ) {
    self.migration = migration
    self.inputs = inputs
    self.fingerprints = fingerprints
    self.onLog = onLog
    self.read = read
  }

  /// Runs `verify` for a project; returns why it failed, or `nil` if all is well.
  public func verify(_ project: Project) async -> Failure? {
    guard migration.hasVerify else { return nil }
    let parameters: LuaTable
    do throws(Diagnostic) {
      parameters = try inputs.table(migration.parameters, for: project)
    } catch {
      return Failure(reason: error.line, advice: error.advice)
    }
    let onLog = onLog
    var runner = ScriptRunner(
      migration: migration,
      project: project,
      parameters: parameters,
      fingerprints: fingerprints,
      onLog: { onLog(project, $0) }
    )
    switch await runner.run("verify", answer: { await answer($0, project.id) }) {
    case .finished(let values):
      guard values.first == .string("refused") else { return nil }
      return Failure(reason: "verify returned false", advice: nil, position: nil)
    case .failed(let error):
      let diagnostic = Diagnostic(error)
      return Failure(
        reason: diagnostic.summary,
        advice: diagnostic.advice,
        position: diagnostic.position
      )
    }
  }

  private func answer(_ request: LuaRequest, _ project: ProjectID) async -> LuaAnswer {
    let call: IntegrationCall
    do throws(ScriptComplaint) { call = try IntegrationCall(request) } catch {
      return .raise(.string(error.message))
    }
    let type: IntegrationType?
    switch call {
    case .list: type = nil
    case .get(let wanted): type = wanted
    case .create, .update, .set, .delete:
      return .raise("verify may only read: the plan was reviewed without this write")
    }
    switch await read(project, type) {
    case .failure(let error): return .raise(.opaque(LuaOpaque(error)))
    case .success(let integrations):
      let tables = integrations.map { integration in
        var object = integration.object
        if let stamp = integration.stamp { object["id"] = .string(stamp) }
        return LuaValue.table(LuaTable(object))
      }
      if type != nil { return .values([tables.first ?? .nil]) }
      return .values([.table(LuaTable(array: tables, isMarkedArray: true))])
    }
  }
}
