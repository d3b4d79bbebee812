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

  /// Plans the first projects, in the order of the listing, that have all the wanted types; the
  /// others are left out.
  ///
  /// Projects are looked at some at a time and chosen in order, so that the same ones are chosen
  /// whichever is answered first.
  func planFirst(
    _ limit: Int,
    _ feed: ProjectFeed,
    _ recorder: PlanRecorder
  ) async throws(RunFileError) {
    var open = limit
    while !stop.isStopping {
      var batch: [RunFile.Selected] = []
      while batch.count < max(1, parallelism), let item = try await feed.next() {
        batch.append(item)
      }
      guard !batch.isEmpty else { return }
      let reads = open > 0 ? await readAll(batch) : []
      var chosen: [(RunFile.Selected, IntegrationsRead)] = []
      for (index, item) in batch.enumerated() {
        if open > 0, hasWanted(reads[index]) {
          open -= 1
          chosen.append((item, reads[index]))
        } else {
          try await recorder.leaveOut(item.position)
        }
      }
      let plans = await planAll(chosen)
      if stop.isStopping { return }
      for (item, plan) in zip(chosen.map(\.0), plans) {
        try await recorder.record(item.position, plan)
      }
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

  private func readAll(_ batch: [RunFile.Selected]) async -> [IntegrationsRead] {
    await concurrently(batch) { item in
      await wantedRead(item.project)
    }
  }

  private func planAll(
    _ chosen: [(RunFile.Selected, IntegrationsRead)]
  ) async -> [ProjectPlanner.Planned] {
    await concurrently(chosen) { item, read in
      await planner(reads.given(read)).plan(item.project)
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
