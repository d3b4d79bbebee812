public import GodwitCore
internal import LuaVM

/// Plans one project: runs the script with reads that are real and writes that are recorded.
///
/// It is given a way to read and none to write, so that no script and no mistake can send a write
/// while planning.
public struct ProjectPlanner: Sendable {
  /// What became of a project.
  public enum Planned: Sendable {
    /// The script's `select` refused it: it is not part of the selection.
    case refused
    /// A plan, which may be that of a failure.
    case plan(ProjectPlan)
  }

  private let migration: Migration
  private let inputs: ScriptInputs
  private let policy: DraftPolicy
  private let reads: ScriptReads
  private let onLog: @Sendable (Project, LogLine) -> Void

  /// Makes a planner.
  ///
  /// - Parameters:
  ///   - migration: the script.
  ///   - inputs: the values of its parameters.
  ///   - policy: how writes are judged.
  ///   - reads: reads from Atlas; each list is read at most once a project.
  ///   - onLog: receives what scripts log, as they log it.
  public init(
    migration: Migration,
    inputs: ScriptInputs,
    policy: DraftPolicy,
    reads: ScriptReads,
    onLog: @escaping @Sendable (Project, LogLine) -> Void = { _, _ in }
  ) {
    self.migration = migration
    self.inputs = inputs
    self.policy = policy
    self.onLog = onLog
    self.reads = reads
  }

  /// Whether the script's `select` takes a project; nothing is read and nothing is logged.
  ///
  /// - Returns: `true` also if `select` fails, so that ``plan(_:)`` reports the failure.
  public func isSelected(_ project: Project) async -> Bool {
    guard migration.hasSelect,
      let parameters = try? inputs.table(migration.parameters, for: project)
    else { return true }
    var runner = ScriptRunner(
      migration: migration,
      project: project,
      parameters: parameters,
      fingerprints: policy.adapted(to: project).fingerprints,
      onLog: { _ in }
    )
    let ending = await runner.run("select") { request in
      .raise(.string("\(request.name) cannot be called in select"))
    }
    if case .finished(let values) = ending { return values.first != .string("refused") }
    return true
  }

  /// Runs the script for a project.
  public func plan(_ project: Project) async -> Planned {
    let parameters: LuaTable
    do throws(Diagnostic) {
      parameters = try inputs.table(migration.parameters, for: project)
    } catch {
      return .plan(
        ProjectPlan(
          project: project,
          outcome: .failed,
          reason: error.line,
          advice: error.advice
        )
      )
    }
    let onLog = onLog
    let policy = policy.adapted(to: project)
    var runner = ScriptRunner(
      migration: migration,
      project: project,
      parameters: parameters,
      fingerprints: policy.fingerprints,
      onLog: { onLog(project, $0) }
    )
    var host = PlanningHost(project: project, policy: policy, reads: reads)
    let ending = await runner.run("migrate") { await host.answer($0) }
    var affected: [AffectedAlert] = []
    if case .finished = ending {
      do { affected = try await host.affectedAlerts() } catch {
        return .plan(
          ProjectPlan(unreadableAlerts: error, project: project, logs: runner.logs)
        )
      }
    }
    return conclude(ending, runner: runner, host: host, affected)
  }

  private func conclude(
    _ ending: ScriptRunner.Ending,
    runner: ScriptRunner,
    host: PlanningHost,
    _ affected: [AffectedAlert]
  ) -> Planned {
    var plan = ProjectPlan(project: host.project, outcome: .unchanged, logs: runner.logs)
    plan.reads = host.draft.finishedReads
    switch ending {
    case .failed(let error): fail(&plan, error, host)
    case .finished(let values):
      if values.first == .string("refused") { return .refused }
      plan.tasks = tasks(values.first, of: host.project) + host.draft.tasks
      conclude(Array(values.dropFirst()), &plan, host.draft)
      plan.guardAlerts(affected, host.draft)
    }
    return .plan(plan)
  }

  private func fail(_ plan: inout ProjectPlan, _ error: LuaError, _ host: PlanningHost) {
    let diagnostic = Diagnostic(error)
    plan.outcome = .failed
    plan.reason = diagnostic.summary
    plan.advice = diagnostic.advice
    plan.position = diagnostic.position ?? position(ofFailedVerdict: diagnostic.summary)
    if error.isAtlasError { plan.advice = host.failure?.advice }
  }

  /// The line of a `return skip()` that was given no reason: a tail call, whose frame is gone.
  private func position(ofFailedVerdict summary: String) -> ScriptPosition? {
    let kind = ["skip", "hold"].first { summary.hasPrefix("\($0) takes a reason") }
    return kind.flatMap {
      migration.verdictLines.position(of: $0, reason: "") ?? migration.migratePosition
    }
  }

  private func conclude(
    _ values: [LuaValue],
    _ plan: inout ProjectPlan,
    _ draft: ProjectDraft
  ) {
    let operations = draft.finished
    if let (complaint, position) = draft.unfitSecret {
      plan.position = position
      return refuse(&plan, complaint.line, complaint.advice)
    }
    let verdict = values.first?.text ?? "done"
    if values.count > 3, let file = values[2].text, case .integer(let line) = values[3] {
      plan.position = ScriptPosition(file: file, line: Int(line))
    } else if verdict == "unknown" {
      plan.position = migration.migratePosition
    } else if verdict != "done" {
      plan.position = migration.verdictLines.position(of: verdict, reason: values[1].shown)
    }
    switch verdict {
    case "skip":
      guard operations.isEmpty else {
        return refuse(&plan, "skip after a write", "use hold, or decide before the first write")
      }
      plan.outcome = .skipped
      plan.reason = values[1].shown
    case "hold":
      plan.outcome = .held
      plan.reason = values[1].shown
      plan.operations = operations
    case "dropped":
      let kind = values[1].text ?? "skip"
      refuse(&plan, "\(kind) was called and not returned", "write `return \(kind)(\"…\")`")
    case "unknown":
      refuse(
        &plan,
        "migrate returned a \(values[1].text ?? "value")",
        "it returns nothing, skip(\"…\") or hold(\"…\")"
      )
    default:
      plan.operations = operations
      plan.unchangedSecrets = draft.finishedUnchangedSecrets
      plan.outcome =
        !operations.isEmpty ? .changed : plan.tasks.isEmpty ? .unchanged : .manual
    }
  }

  /// What the script asked people to do; where it names no place, that is the project's page.
  private func tasks(_ value: LuaValue?, of project: Project) -> [PersonTask] {
    (value?.contents?.array ?? []).map { task in
      PersonTask(
        title: task.contents?["title"]?.shown ?? "",
        url: task.contents?["url"]?.shown ?? policy.integrationsPage(of: project.id),
        detail: task.contents?["detail"]?.shown,
        type: (task.contents?["type"]?.shown).map { IntegrationType($0) }
      )
    }
  }

  private func refuse(_ plan: inout ProjectPlan, _ reason: String, _ advice: String?) {
    plan.outcome = .failed
    plan.reason = reason
    plan.advice = advice
    plan.operations = []
    plan.tasks = []
  }
}
