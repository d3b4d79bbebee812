public import GodwitAtlas
public import GodwitCore
public import GodwitJournal
public import GodwitScript
internal import Synchronization

/// Runs an automation into a run file, as ``PlanRun`` does with a migration.
public struct AutomationRun: Sendable {
  /// The run file, open for planning.
  public var file: RunFile
  /// Reads from Atlas; there is no writing client here.
  public var reader: AtlasReader
  /// The script.
  public var automation: Automation
  /// What the global table `params` has.
  public var parameters: JSONObject
  /// How its writes are judged.
  public var policy: DraftPolicy
  /// The organization that lists of projects are of where the script names none.
  public var organization: String?
  /// Is told of the projects that the script is given, before it gets them.
  public var noteSelected: @Sendable ([Project]) -> Void = { _ in }
  /// Describes the secrets once the script has ended.
  public var secretInputs: (@Sendable () -> [SecretInput])?
  /// Asks to stop.
  public var stop: StopSignal
  /// Receives what the script prints, a line at a time.
  public var onPrint: @Sendable (String) -> Void
  /// Is told how it goes.
  public var observe: RunObserver

  /// Puts the parts together.
  public init(
    file: RunFile,
    reader: AtlasReader,
    automation: Automation,
    parameters: JSONObject,
    policy: DraftPolicy,
    stop: StopSignal,
    onPrint: @escaping @Sendable (String) -> Void,
    observe: @escaping RunObserver
  ) {
    self.file = file
    self.reader = reader
    self.automation = automation
    self.parameters = parameters
    self.policy = policy
    self.stop = stop
    self.onPrint = onPrint
    self.observe = observe
  }

  /// What a run came to.
  public struct Outcome: Sendable {
    /// The head as it was sealed.
    public var info: RunInfo
    /// Failures of `atlas.each` that belong to no project.
    public var failures: [Diagnostic]
  }

  /// Runs and seals.
  ///
  /// - Parameter info: the head of the run; organizations are filled in.
  /// - Returns: the head, and what failed; a stop that comes while it is sealed is not heeded.
  /// - Throws: ``RunError``: status `projectsFailed` if the script failed, and what stopped it.
  public func run(_ info: RunInfo) async throws(RunError) -> Outcome {
    do throws(RunError) {
      return try await stop.cancelling { () throws(RunError) in try await plan(info) }
    } catch {
      // What a stop broke off fails for no reason of its own.
      try checkNotStopped()
      throw error
    }
  }

  private func plan(_ info: RunInfo) async throws(RunError) -> Outcome {
    var info = info
    let unsteady = Mutex<[String]>([])
    let outcome = try await plans { list in unsteady.withLock { $0.append(list.remark) } }
    do throws(RunFileError) {
      try await record(outcome.plans)
      info.target.organizations = await organizations(of: outcome.plans)
      if let secretInputs { info.secrets = secretInputs() }
      let remarks = Set(outcome.plans.flatMap(policy.remarks))
      info.remarks += remarks.sorted { $0.bytesPrecede($1) } + unsteady.withLock { $0 }
    } catch {
      throw RunError(error)
    }
    try checkNotStopped()
    do throws(RunFileError) { try await file.finishPlanning(info) } catch { throw RunError(error) }
    return Outcome(info: info, failures: outcome.failures)
  }

  private func plans(
    onUnsteadyList: @escaping @Sendable (UnsteadyList) -> Void
  ) async throws(RunError) -> AutomationRunner.Outcome {
    var reader = reader
    reader.onUnsteadyList = onUnsteadyList
    let runner = AutomationRunner(
      automation: automation,
      parameters: parameters,
      policy: policy,
      reads: reads(reader),
      onPrint: onPrint,
      onLog: { [observe] line in observe(.logged(project: "", line)) }
    )
    let outcome: AutomationRunner.Outcome
    do throws(Diagnostic) { outcome = try await runner.run() } catch {
      try checkNotStopped()
      throw RunError(error, status: .projectsFailed)
    }
    try checkNotStopped()
    return outcome
  }

  private func checkNotStopped() throws(RunError) {
    switch stop.cause {
    case .trouble(let error)?: throw error
    case .signal(let status)?:
      throw RunError(
        Diagnostic("the script was interrupted; nothing was written", advice: "run it again"),
        status: status
      )
    case nil: break
    }
  }

  private func record(_ plans: [ProjectPlan]) async throws(RunFileError) {
    try await file.add(plans.map(\.project))
    var byID: [ProjectID: ProjectPlan] = [:]
    for plan in plans { byID[plan.project.id] = plan }
    var last = 0
    while true {
      let batch = try await file.selected(after: last, limit: 256)
      guard let end = batch.last?.position else { return }
      last = end
      let planned = batch.compactMap { item in
        byID[item.project.id].map { (position: item.position, plan: $0) }
      }
      try await file.record(planned, refused: [])
    }
  }

  private func organizations(of plans: [ProjectPlan]) async -> [RunTarget.OrganizationCount] {
    var counts: [OrganizationID: Int] = [:]
    for plan in plans { counts[plan.project.organization, default: 0] += 1 }
    return await reader.counted(counts)
  }

  // MARK: - Reading

  private func reads(_ reader: AtlasReader) -> AutomationReads {
    let ofProject = ScriptReads(reader) { [stop] error in
      if error.endsScripts { stop.stop(.trouble(RunError(error))) }
    }
    let seen = SeenOrganizations()
    let loops = ProjectLoops()
    return AutomationReads(
      ofProject: ofProject,
      projects: { [noteSelected, organization, stop] place, asked in
        let answer = await Self.answer(stop) { () throws(AtlasError) in
          var filter = asked
          filter.organization = asked.organization ?? organization
          let page = try await loops.next(place.loop, reader)
          seen.note(page.projects)
          // Of an organization that the credentials cannot see no page has a project.
          let unseen = [filter.organization].compactMap { $0 }.filter { !seen.has($0) }
          if !page.hasNext,
            let complaint = try await OrganizationCheck(reader)
              .complaint(about: unseen, isComplete: true)
          {
            if asked.organization == nil { stop.stop(.trouble(RunError(complaint))) }
            return PageRead.refused(complaint)
          }
          let fitting = page.projects.filter { [filter] in filter.fits($0) }
          noteSelected(fitting)
          return .page(AutomationReads.ProjectPage(projects: fitting, hasNext: page.hasNext))
        }
        return answer.flatMap(\.answer)
      },
      project: { [noteSelected, stop] name in
        await Self.answer(stop) { () throws(AtlasError) in
          let project =
            ProjectID.isWellFormed(name)
            ? try await reader.project(ProjectID(name)) : try await reader.project(named: name)
          noteSelected([project])
          return project
        }
      },
      organizations: { [stop] in
        await Self.answer(stop) { () throws(AtlasError) in try await reader.organizations() }
      }
    )
  }

  private static func answer<Value: Sendable>(
    _ stop: StopSignal,
    _ read: () async throws(AtlasError) -> Value
  ) async -> ScriptReads.Answer<Value> {
    do throws(AtlasError) {
      return .success(try await read())
    } catch {
      if error.endsScripts { stop.stop(.trouble(RunError(error))) }
      return .failure(ScriptReadError(error))
    }
  }
}

/// What asking for a page of projects came to.
private enum PageRead: Sendable {
  case page(AutomationReads.ProjectPage)
  case refused(Diagnostic)

  var answer: ScriptReads.Answer<AutomationReads.ProjectPage> {
    switch self {
    case .page(let page): .success(page)
    case .refused(let complaint):
      .failure(
        ScriptReadError(
          method: "GET",
          path: "/orgs",
          line: [complaint.line, complaint.advice].compactMap { $0 }.joined(separator: "; ")
        )
      )
    }
  }
}

/// Where each loop of a script over the list of projects is.
private final class ProjectLoops: Sendable {
  private let readings = Mutex<[Int: ListReading<ProjectID>]>([:])

  /// Reads the next page of a loop.
  ///
  /// - Returns: the projects that the loop has not shown, and whether more pages follow.
  func next(
    _ loop: Int,
    _ reader: AtlasReader
  ) async throws(AtlasError) -> (projects: [Project], hasNext: Bool) {
    var reading = readings.withLock { $0[loop] } ?? ListReading()
    let page = try await reader.projects(page: reading.number)
    let unseen = reading.take(
      page.projects,
      hasNext: page.hasNext,
      totalCount: page.totalCount,
      id: \.id
    )
    if reading.isUnsteady {
      reader.onUnsteadyList(
        UnsteadyList(name: "projects", passes: reading.passes, count: reading.count)
      )
    }
    readings.withLock { [reading] in $0[loop] = reading.isDone ? nil : reading }
    return (unseen, !reading.isDone)
  }
}

/// The organizations of which a script was listed a project.
private final class SeenOrganizations: Sendable {
  private let ids = Mutex<Set<String>>([])

  func note(_ projects: [Project]) {
    ids.withLock { $0.formUnion(projects.map(\.organization.text)) }
  }

  func has(_ id: String) -> Bool { ids.withLock { $0.contains(id) } }
}

extension ProjectFilter {
  /// Whether a project is one that is asked for.
  func fits(_ project: Project) -> Bool {
    if let organization, project.organization.text != organization { return false }
    if let name, !Glob(name).matches(project.name) { return false }
    if let tag, project.tags[tag.key] != tag.value { return false }
    return true
  }
}
