internal import GodwitAtlas
internal import GodwitCore
internal import GodwitJournal
internal import GodwitScript

/// What is told of a project's integrations before its script runs.
typealias IntegrationsRead = Result<[Integration], ScriptReadError>

extension PlanRun {
  /// Whether a project has all the wanted types.
  ///
  /// A project that cannot be read stays in, so that its failure is told.
  func hasWanted(_ read: IntegrationsRead) -> Bool {
    guard case .success(let integrations) = read else { return true }
    return selection.has.allSatisfy(Set(integrations.map(\.type)).contains)
  }

  /// Plans the first projects, in the order of the listing, that the script's `select` takes and that
  /// have all the wanted types; the others are left out.
  ///
  /// Projects are looked at some at a time and chosen in order, so that the same ones are chosen
  /// whichever is answered first.
  func planFirst(
    _ limit: Int,
    _ feed: ProjectFeed,
    _ recorder: PlanRecorder,
    _ budget: SharedBudget
  ) async throws(RunFileError) {
    var open = limit
    while !stop.isStopping {
      var batch: [RunFile.Selected] = []
      let size = min(max(1, parallelism), budget.room)
      while batch.count < size, let item = try await feed.next() { batch.append(item) }
      guard !batch.isEmpty else { return }
      let choices = open > 0 ? await choices(batch) : batch.map { _ in .leftOut }
      var chosen: [(RunFile.Selected, IntegrationsRead?)] = []
      for (item, choice) in zip(batch, choices) {
        switch choice {
        case .refused: try await recorder.record(item.position, .refused)
        case .taken(let read) where open > 0:
          open -= 1
          chosen.append((item, read))
        case .taken, .leftOut: try await recorder.leaveOut(item.position)
        }
      }
      let plans = await planAll(chosen)
      if stop.isStopping { return }
      for (item, plan) in zip(chosen.map(\.0), plans) {
        try await recorder.record(item.position, plan)
        _ = budget.begin()
        budget.settle(plan.outcome)
      }
    }
  }

  /// What is decided of a project before its script's `migrate` runs.
  private enum Choice: Sendable {
    /// `select` refuses it.
    case refused
    /// It does not have the wanted types.
    case leftOut
    /// It may be planned; with its integrations, if they had to be read.
    case taken(IntegrationsRead?)
  }

  private func choices(_ batch: [RunFile.Selected]) async -> [Choice] {
    let planner = planner(reads)
    return await concurrently(batch) { item in
      guard await planner.isSelected(item.project) else { return .refused }
      guard !selection.has.isEmpty else { return .taken(nil) }
      let read = await wantedRead(item.project)
      return hasWanted(read) ? .taken(read) : .leftOut
    }
  }

  /// The integrations by which a project is chosen: those that are listed, and of the wanted types
  /// those that no list shows.
  func wantedRead(_ project: Project) async -> IntegrationsRead {
    var read = await reads.integrations(project.id)
    for type in selection.has where IntegrationRules.generation(for: type, chosen: .v2) != .v2 {
      guard case .success(let integrations) = read,
        !integrations.contains(where: { $0.type == type })
      else { continue }
      read = await reads.integration(project.id, type).map { found in
        integrations + (found.map { [$0] } ?? [])
      }
    }
    return read
  }

  private func planAll(
    _ chosen: [(RunFile.Selected, IntegrationsRead?)]
  ) async -> [ProjectPlanner.Planned] {
    await concurrently(chosen) { item, read in
      await planner(read.map(reads.given) ?? reads).plan(item.project)
    }
  }

  /// Works on all items at once; what comes back is in their order.
  private func concurrently<Item: Sendable, Value: Sendable>(
    _ items: [Item],
    _ work: @escaping @Sendable (Item) async -> Value
  ) async -> [Value] {
    await withTaskGroup(of: (Int, Value).self) { group in
      for (index, item) in items.enumerated() {
        group.addTask { (index, await work(item)) }
      }
      var results: [(Int, Value)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

extension ScriptReads {
  /// The same reads, with the list of integrations known already; what no list shows is left out of
  /// it, so that a script sees the same whatever chose its project.
  func given(_ read: IntegrationsRead) -> ScriptReads {
    var reads = self
    let listed = read.map { integrations in
      integrations.filter { IntegrationRules.generation(for: $0.type, chosen: .v2) == .v2 }
    }
    reads.integrations = { _ in listed }
    return reads
  }
}
