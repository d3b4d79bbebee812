internal import GodwitCore
internal import LuaVM

/// One project as an automation reads and writes it; one request at a time.
actor ProjectHost {
  nonisolated let project: Project
  private var host: PlanningHost
  private var isBusy = false
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// Why the function of `atlas.each` failed for it.
  private var failure: Diagnostic?

  init(_ project: Project, policy: DraftPolicy, reads: ScriptReads) {
    self.project = project
    host = PlanningHost(
      project: project,
      policy: policy.adapted(to: project),
      reads: reads
    )
  }

  /// Answers a request; reads are fresh until something is written.
  func answer(_ request: LuaRequest) async -> LuaAnswer {
    await enter()
    defer { leave() }
    var host = host
    host.forgetReads()
    let answer = await host.answer(request)
    self.host = host
    return answer
  }

  /// Drops what was written, since the function failed.
  func fail(_ failure: Diagnostic) {
    self.failure = failure
  }

  /// The project's plan.
  func conclude() async -> ProjectPlan {
    await enter()
    defer { leave() }
    if let failure {
      return ProjectPlan(
        project: project,
        outcome: .failed,
        reason: failure.summary,
        advice: failure.advice,
        position: failure.position
      )
    }
    var host = host
    return await host.conclude()
  }

  private func enter() async {
    while isBusy { await withCheckedContinuation { waiters.append($0) } }
    isBusy = true
  }

  private func leave() {
    isBusy = false
    if !waiters.isEmpty { waiters.removeFirst().resume() }
  }
}

extension PlanningHost {
  /// Makes the next read a new one, unless something was written.
  mutating func forgetReads() {
    guard draft.operations.isEmpty else { return }
    renew()
  }

  /// The plan of a project of which a script says nothing but what it writes.
  mutating func conclude() async -> ProjectPlan {
    let affected: [AffectedAlert]
    do { affected = try await affectedAlerts() } catch {
      return ProjectPlan(unreadableAlerts: error, project: project, logs: [])
    }
    var plan = ProjectPlan(project: project, outcome: .unchanged)
    plan.reads = draft.finishedReads
    plan.operations = draft.finished
    plan.tasks = draft.tasks
    plan.unchangedSecrets = draft.finishedUnchangedSecrets
    if let (complaint, position) = draft.unfitSecret {
      plan.operations = []
      plan.position = position
      plan.outcome = .failed
      plan.reason = complaint.line
      plan.advice = complaint.advice
      return plan
    }
    plan.outcome =
      !plan.operations.isEmpty ? .changed : plan.tasks.isEmpty ? .unchanged : .manual
    plan.guardAlerts(affected, draft)
    return plan
  }
}
