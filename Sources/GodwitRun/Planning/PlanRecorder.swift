internal import GodwitCore
internal import GodwitJournal
internal import GodwitScript

/// Hands out selected projects from the run file, a batch at a time.
actor ProjectFeed {
  private let file: RunFile
  private var batch: ArraySlice<RunFile.Selected> = []
  private var last = 0
  private var isLoading = false
  private var waiters: [CheckedContinuation<Void, Never>] = []

  init(file: RunFile) {
    self.file = file
  }

  /// The next project, or `nil` when all were handed out.
  func next() async throws(RunFileError) -> RunFile.Selected? {
    while true {
      if let first = batch.popFirst() { return first }
      if last < 0 { return nil }
      if isLoading {
        await withCheckedContinuation { waiters.append($0) }
        continue
      }
      isLoading = true
      defer {
        isLoading = false
        for waiter in waiters { waiter.resume() }
        waiters = []
      }
      let loaded = try await file.selected(after: last, limit: 512)
      last = loaded.last?.position ?? -1
      batch = loaded[...]
    }
  }
}

/// Collects plans and writes them in batches.
actor PlanRecorder {
  /// What is counted on the way.
  struct Tally {
    var refused = 0
    var filteredOut = 0
    var organizations: [OrganizationID: Int] = [:]
    /// Types of which a secret changes in projects whose alert configurations were not looked at.
    var rotatedTypes: Set<IntegrationType> = []
    /// What looks wrong in secrets that are sent.
    var secretRemarks: Set<String> = []

    /// Remarks about the plan as a whole.
    var remarks: [String] {
      copies + secretRemarks.sorted { $0.bytesPrecede($1) }
    }

    private var copies: [String] {
      let types = rotatedTypes.filter { !Self.withoutNotifications.contains($0) }.sorted()
      guard !types.isEmpty else { return [] }
      let names = types.map(\.text).joined(separator: ", ")
      return [
        "Alert configurations keep copies of their own of the keys they notify with: "
          + "those of \(names) notifications stay as they are."
      ]
    }

    private static let withoutNotifications: Set<IntegrationType> = ["PROMETHEUS", "NEW_RELIC"]
  }

  private let file: RunFile
  private let policy: DraftPolicy
  private let observe: RunObserver
  private var plans: [(position: Int, plan: ProjectPlan)] = []
  private var refused: [Int] = []
  private(set) var tally = Tally()

  init(file: RunFile, policy: DraftPolicy, observe: @escaping RunObserver) {
    self.file = file
    self.policy = policy
    self.observe = observe
  }

  /// Records what planning found for a project.
  func record(_ position: Int, _ planned: ProjectPlanner.Planned) async throws(RunFileError) {
    switch planned {
    case .refused:
      tally.refused += 1
      refused.append(position)
      observe(.ended(.skipped))
    case .plan(let plan):
      tally.organizations[plan.project.organization, default: 0] += 1
      let rotated = Set(plan.operations.compactMap(Self.rotatedType))
      tally.rotatedTypes.formUnion(rotated.subtracting(plan.reads.alertsThrough))
      tally.secretRemarks.formUnion(policy.remarks(on: plan))
      plans.append((position, plan))
      observe(.ended(plan.outcome))
    }
    if plans.count + refused.count >= 256 { try await flush() }
  }

  /// Takes a project out that a filter refused.
  func leaveOut(_ position: Int) async throws(RunFileError) {
    tally.filteredOut += 1
    refused.append(position)
    observe(.ended(.skipped))
    if plans.count + refused.count >= 256 { try await flush() }
  }

  /// Writes what was collected, also for a caller that is cancelled: what was found is kept.
  func flush() async throws(RunFileError) {
    guard !plans.isEmpty || !refused.isEmpty else { return }
    let work = Task { [file, plans, refused] () -> RunFileError? in
      do throws(RunFileError) { try await file.record(plans, refused: refused) } catch {
        return error
      }
      return nil
    }
    plans = []
    refused = []
    if let error = await work.value { throw error }
  }

  /// The integration type whose secret an operation changes.
  private static func rotatedType(_ operation: Operation) -> IntegrationType? {
    guard let type = operation.target.integrationType, operation.verb != .create else { return nil }
    let rule = IntegrationRules.rule(for: type)
    return operation.changes.contains { rule?.field($0.field)?.secret != nil } ? type : nil
  }
}
