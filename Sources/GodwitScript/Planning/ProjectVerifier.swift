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
  private let ownFingerprints: ProjectFingerprints
  private let read: Reader
  private let onLog: @Sendable (Project, LogLine) -> Void

  /// Makes a verifier.
  ///
  /// - Parameters:
  ///   - migration: the script, from the source kept in the run file.
  ///   - inputs: the values of its parameters.
  ///   - fingerprints: what is known of the secrets.
  ///   - ownFingerprints: what is known of those that each project has its own value of.
  ///   - onLog: receives what scripts log.
  ///   - read: reads from Atlas.
  public init(
    migration: Migration,
    inputs: ScriptInputs,
    fingerprints: [String: SecretFingerprint],
    ownFingerprints: @escaping ProjectFingerprints = { _ in [:] },
    onLog: @escaping @Sendable (Project, LogLine) -> Void = { _, _ in },
    read: @escaping Reader
  ) {
    self.migration = migration
    self.inputs = inputs
    self.fingerprints = fingerprints
    self.ownFingerprints = ownFingerprints
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
    var fingerprints = fingerprints
    for (name, own) in ownFingerprints(project) { fingerprints[name] = try? own.get() }
    var runner = ScriptRunner(
      migration: migration,
      project: project,
      parameters: parameters,
      fingerprints: fingerprints,
      onLog: { onLog(project, $0) }
    )
    var lastFailure: ScriptReadError?
    let ending = await runner.run("verify") { await answer($0, project.id, &lastFailure) }
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

  private func answer(
    _ request: LuaRequest,
    _ project: ProjectID,
    _ lastFailure: inout ScriptReadError?
  ) async -> LuaAnswer {
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
    // A type that is not known here could be one of Atlas', or a slip: the list tells.
    let isKnown = type.map { IntegrationRules.rule(for: $0) != nil } ?? true
    switch await read(project, isKnown ? type : nil) {
    case .failure(let error):
      lastFailure = error
      return .raise(.opaque(LuaOpaque(error)))
    case .success(let integrations):
      guard let type else {
        let tables = integrations.map(Self.table)
        return .values([.table(LuaTable(array: tables, isMarkedArray: true))])
      }
      if let integration = integrations.first(where: { $0.type == type }) {
        return .values([Self.table(integration)])
      }
      return IntegrationRules.isProbablySlip(type)
        ? .raise(.string(ScriptComplaint(unknown: type).message)) : .values([.nil])
    }
  }

  private static func table(_ integration: Integration) -> LuaValue {
    var object = integration.object
    if let stamp = integration.stamp { object["id"] = .string(stamp) }
    return .table(LuaTable(object))
  }
}
