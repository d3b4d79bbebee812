public import GodwitAtlas
public import GodwitCore
public import GodwitJournal
public import GodwitScript
internal import Synchronization

/// Plans a migration over the selected projects into a run file.
///
/// Memory stays flat: projects go from the listing into the file page by page, and from there
/// through the script in batches.
public struct PlanRun: Sendable {
  /// The run file, open for planning.
  public var file: RunFile
  /// Reads from Atlas; there is no writing client here.
  public var reader: AtlasReader
  /// Which projects.
  public var selection: Selection
  /// The script.
  public var migration: Migration
  /// The values of its parameters.
  public var inputs: ScriptInputs
  /// How its writes are judged.
  public var policy: DraftPolicy
  /// How many projects are planned at once.
  public var parallelism: Int
  /// Gives the number of projects that may fail, from the number of selected projects; planning
  /// stops once it is reached.
  public var failureLimit: @Sendable (Int) -> Int = { _ in .max }
  /// Is lent the selected projects before any is planned.
  public var noteSelected: @Sendable ([Project]) -> Void = { _ in }
  /// What is recorded of the secrets once all projects are planned; `nil` leaves what the head has.
  public var secretInputs: (@Sendable () -> [SecretInput])?
  /// Asks to stop.
  public var stop: StopSignal
  /// Is told how it goes.
  public var observe: RunObserver

  /// Puts the parts together.
  public init(
    file: RunFile,
    reader: AtlasReader,
    selection: Selection,
    migration: Migration,
    inputs: ScriptInputs,
    policy: DraftPolicy,
    parallelism: Int,
    stop: StopSignal,
    observe: @escaping RunObserver
  ) {
    self.file = file
    self.reader = reader
    self.selection = selection
    self.migration = migration
    self.inputs = inputs
    self.policy = policy
    self.parallelism = parallelism
    self.stop = stop
    self.observe = observe
  }

  /// Lists, plans and seals.
  ///
  /// - Parameter info: the head of the run; counts, organizations and remarks are filled in.
  /// - Returns: the head as it was sealed; a stop that comes while it is sealed is not heeded.
  /// - Throws: ``RunError`` if planning had to stop; the run file is then left incomplete.
  public func run(_ info: RunInfo) async throws(RunError) -> RunInfo {
    do throws(RunError) {
      return try await stop.cancelling { () throws(RunError) in try await plan(info) }
    } catch {
      // What a stop broke off fails for no reason of its own.
      try checkNotStopped()
      throw error
    }
  }

  private func plan(_ info: RunInfo) async throws(RunError) -> RunInfo {
    var info = info
    let listing = try await list()
    info.filteredOut = listing.filteredOut
    observe(.began(stage: "planning", projects: listing.selected))
    let recorder = PlanRecorder(file: file, policy: policy, observe: observe)
    do throws(RunFileError) {
      try await planAll(recorder, SharedBudget(limit: failureLimit(listing.selected)))
      try await recorder.flush()
    } catch {
      throw RunError(error)
    }
    observe(.finished)
    try checkNotStopped()
    let tally = await recorder.tally
    info.refusedBySelect = tally.refused
    info.filteredOut += tally.filteredOut
    info.target.organizations = await reader.counted(tally.organizations)
    if let secretInputs { info.secrets = secretInputs() }
    info.remarks += listing.remarks + tally.remarks
    try checkNotStopped()
    do throws(RunFileError) { try await file.finishPlanning(info) } catch { throw RunError(error) }
    return info
  }

  private func checkNotStopped() throws(RunError) {
    switch stop.cause {
    case .trouble(let error)?: throw error
    case .signal(let status)?:
      throw RunError(
        Diagnostic(
          "planning was interrupted; the plan is incomplete and cannot be applied",
          advice: "plan again"
        ),
        status: status
      )
    case nil: break
    }
  }

  // MARK: - Listing

  private struct Listing {
    var selected = 0
    var filteredOut = 0
    var remarks: [String] = []
  }

  /// Ends the listing before its end.
  private struct ListedEnough: Error {}

  private func list() async throws(RunError) -> Listing {
    var selector = ProjectSelector(selection, limitsLater: isChosenWhilePlanning)
    let unsteady = Mutex<[String]>([])
    var reader = reader
    reader.onUnsteadyList = { list in unsteady.withLock { $0.append(list.remark) } }
    var failure: RunError?
    do {
      try await reader.forEachProject { page in
        let chosen = selector.selected(from: page)
        if !chosen.isEmpty {
          noteSelected(chosen)
          try await file.add(chosen)
        }
        if stop.isStopping || selector.hasEnough { throw ListedEnough() }
      }
    } catch is ListedEnough {
      // All that is wanted is there, or nothing is wanted any more.
    } catch let error as AtlasError {
      failure = RunError(error)
    } catch let error as RunFileError {
      failure = RunError(error)
    } catch {
      failure = RunError(Diagnostic("\(error)"))
    }
    try checkNotStopped()
    if let failure { throw failure }
    try await selector.checkOrganizations(reader)
    if let ambiguity = selector.ambiguity { throw RunError(ambiguity) }
    if let complaint = selector.emptySelection { throw RunError(complaint) }
    let missing = selector.notFound.map { name in
      Self.planOfMissing(name, nearest: selector.nearest(to: name))
    }
    do throws(RunFileError) {
      try await file.addNotFound(missing)
    } catch {
      throw RunError(error)
    }
    return Listing(
      selected: selector.selectedCount,
      filteredOut: selector.filteredOut,
      remarks: selector.remarks + unsteady.withLock { $0 }
    )
  }

  private static func planOfMissing(_ name: String, nearest: String?) -> ProjectPlan {
    ProjectPlan(
      project: Project(
        id: ProjectID(name),
        name: name,
        organization: OrganizationID("")
      ),
      outcome: .notFound,
      reason: "no such project is visible to the credentials",
      advice: nearest.map { "did you mean \"\($0)\"?" }
        ?? "check the name, and which projects the credentials can see"
    )
  }

  // MARK: - Planning

  /// Whether `--limit` counts what only planning can tell: what `--has` and `select` leave.
  private var isChosenWhilePlanning: Bool {
    selection.limit != nil && (!selection.has.isEmpty || migration.hasSelect)
  }

  private func planAll(
    _ recorder: PlanRecorder,
    _ budget: SharedBudget
  ) async throws(RunFileError) {
    let feed = ProjectFeed(file: file)
    if isChosenWhilePlanning, let limit = selection.limit {
      try await planFirst(limit, feed, recorder, budget)
    } else {
      try await planEach(feed, recorder, budget)
    }
    // A limit that is reached with the last project stops nothing.
    if let error = budget.planningError, try await feed.next() != nil {
      stop.stop(.trouble(error))
    }
  }

  private func planEach(
    _ feed: ProjectFeed,
    _ recorder: PlanRecorder,
    _ budget: SharedBudget
  ) async throws(RunFileError) {
    let result: RunFileError? = await withTaskGroup(of: RunFileError?.self) { group in
      for _ in 0..<max(1, parallelism) where budget.begin() {
        group.addTask { await work(feed, recorder, budget) }
      }
      var first: RunFileError?
      for await failure in group where first == nil { first = failure }
      return first
    }
    if let result { throw result }
  }

  /// Takes project after project until there is none, the run stops, or the budget of failures has
  /// no place left for this worker.
  private func work(
    _ feed: ProjectFeed,
    _ recorder: PlanRecorder,
    _ budget: SharedBudget
  ) async -> RunFileError? {
    let plan = planner(reads)
    do throws(RunFileError) {
      while !stop.isStopping, let item = try await feed.next() {
        let planned =
          selection.has.isEmpty ? await plan.plan(item.project) : await planIfItHas(item.project)
        // What ended because the whole run ends says nothing about the project.
        if stop.isStopping { break }
        if let planned {
          try await recorder.record(item.position, planned)
        } else {
          try await recorder.leaveOut(item.position)
        }
        budget.settle(planned?.outcome)
        guard budget.begin() else { break }
      }
      return nil
    } catch {
      // What a stop breaks off is no trouble of the file.
      guard !stop.isStopping else { return nil }
      stop.stop(.trouble(RunError(error)))
      return error
    }
  }

  /// A planner for projects whose integrations were read already, or are yet to be.
  func planner(_ reads: ScriptReads) -> ProjectPlanner {
    ProjectPlanner(
      migration: migration,
      inputs: inputs,
      policy: policy,
      reads: reads,
      onLog: { [observe] project, line in observe(.logged(project: project.name, line)) }
    )
  }

  /// Reads from Atlas; an error that concerns every project stops the run.
  var reads: ScriptReads {
    ScriptReads(reader) { [stop] error in
      if error.endsScripts { stop.stop(.trouble(RunError(error))) }
    }
  }

  /// Plans a project that has all the wanted types, and no other.
  private func planIfItHas(_ project: Project) async -> ProjectPlanner.Planned? {
    let read = await wantedRead(project)
    return hasWanted(read) ? await planner(reads.given(read)).plan(project) : nil
  }
}

extension ProjectPlanner.Planned {
  /// The outcome of planning; `nil` for a project that `select` refused.
  var outcome: ProjectOutcome? {
    if case .plan(let plan) = self { plan.outcome } else { nil }
  }
}

extension UnsteadyList {
  /// What a plan says of it.
  var remark: String {
    "The list of \(name) changed each of the \(passes) times it was read: \(count) were seen, and"
      + " others may be missing. Plan again to be sure."
  }
}

extension ScriptReadError {
  /// What a script may know of an error of Atlas.
  public init(_ error: AtlasError) {
    self.init(
      status: error.status,
      errorCode: error.errorCode,
      detail: error.detail,
      reason: error.reason,
      method: error.method,
      path: error.path,
      line: error.description,
      advice: error.advice.map(RunError.asClause)
    )
  }
}
