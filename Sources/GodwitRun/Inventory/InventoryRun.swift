public import GodwitAtlas
public import GodwitCore
internal import Synchronization

/// Takes stock of the selected projects; it reads only.
public struct InventoryRun: Sendable {
  /// What was found.
  public struct Result: Sendable, Hashable {
    /// A line for each project, in Atlas' order.
    public var rows: [InventoryRow] = []
    /// What was named and is not there.
    public var notFound: [String] = []
    /// What to say about the selection.
    public var remarks: [String] = []
  }

  /// Reads from Atlas.
  public var reader: AtlasReader
  /// Which projects; `--limit` counts those that all filters leave.
  public var selection: Selection
  /// Only projects in which a key, or an alert's copy of one, ends in this text.
  public var tail: String?
  /// How many projects are read at once.
  public var parallelism: Int
  /// Asks to stop.
  public var stop: StopSignal
  /// Is told how it goes.
  public var observe: RunObserver

  /// Puts the parts together.
  public init(
    reader: AtlasReader,
    selection: Selection,
    tail: String?,
    parallelism: Int,
    stop: StopSignal,
    observe: @escaping RunObserver
  ) {
    self.reader = reader
    self.selection = selection
    self.tail = tail
    self.parallelism = parallelism
    self.stop = stop
    self.observe = observe
  }

  private var isFiltered: Bool { !selection.has.isEmpty || tail != nil }

  /// Lists and reads.
  ///
  /// - Returns: the projects that all filters leave. One that cannot be read stays in, so that its
  ///   failure is told.
  /// - Throws: ``RunError`` for what concerns every project, and for a stop.
  public func run() async throws(RunError) -> Result {
    let result: Result
    do throws(RunError) {
      result = try await stop.cancelling { () throws(RunError) in try await take() }
    } catch {
      // What a stop broke off fails for no reason of its own.
      try checkNotStopped()
      throw error
    }
    try checkNotStopped()
    return result
  }

  private func take() async throws(RunError) -> Result {
    var listed = selection
    if isFiltered { listed.limit = nil }
    var selector = ProjectSelector(listed)
    let unsteady = Mutex<[String]>([])
    let projects = try await list(&selector) { list in unsteady.withLock { $0.append(list.remark) }
    }
    try await selector.checkOrganizations(reader)
    if let ambiguity = selector.ambiguity { throw RunError(ambiguity) }
    if let complaint = selector.emptySelection { throw RunError(complaint) }
    let missing = selector.notFound
    observe(.began(stage: "reading", projects: projects.count))
    let rows = await readAll(projects)
    observe(.finished)
    try checkNotStopped()
    return Result(
      rows: rows,
      notFound: missing,
      remarks: selector.remarks + unsteady.withLock { $0 }
    )
  }

  private struct ListedEnough: Error {}

  private func list(
    _ selector: inout ProjectSelector,
    onUnsteadyList: @escaping @Sendable (UnsteadyList) -> Void
  ) async throws(RunError) -> [Project] {
    var result: [Project] = []
    var reader = reader
    reader.onUnsteadyList = onUnsteadyList
    do {
      try await reader.forEachProject { page in
        result += selector.selected(from: page)
        if stop.isStopping || selector.hasEnough { throw ListedEnough() }
      }
    } catch let error as AtlasError {
      throw RunError(error)
    } catch {
      try checkNotStopped()
    }
    return result
  }

  private func checkNotStopped() throws(RunError) {
    switch stop.cause {
    case .trouble(let error)?: throw error
    case .signal(let status)?:
      throw RunError(Diagnostic("stopped before everything was read"), status: status)
    case nil: break
    }
  }

  /// Reads many projects at once; ends when as many as wanted are there, counted in their order.
  private func readAll(_ projects: [Project]) async -> [InventoryRow] {
    let limit = isFiltered ? selection.limit ?? .max : .max
    return await withTaskGroup(of: (Int, InventoryRow?).self) { group in
      var read = [InventoryRow??](repeating: nil, count: projects.count)
      var rows: [InventoryRow] = []
      var next = 0
      var told = 0
      func begin() {
        guard next < projects.count, !stop.isStopping else { return }
        let (index, project) = (next, projects[next])
        group.addTask { (index, await row(of: project)) }
        next += 1
      }
      for _ in 0..<max(1, parallelism) { begin() }
      while let (index, row) = await group.next() {
        read[index] = .some(row)
        observe(.ended(row?.failure == nil ? .unchanged : .failed))
        while told < read.count, let row = read[told] {
          if let row { rows.append(row) }
          told += 1
        }
        if rows.count >= limit {
          group.cancelAll()
          break
        }
        begin()
      }
      return Array(rows.prefix(limit))
    }
  }

  /// The line of a project; `nil` if the filters leave it out.
  private func row(of project: Project) async -> InventoryRow? {
    do throws(AtlasError) {
      var integrations = try await reader.integrations(of: project.id)
      let unlisted = try await addUnlisted(to: &integrations, of: project.id)
      guard selection.has.allSatisfy(Set(integrations.map(\.type)).contains) else { return nil }
      let alerts = try await reader.alertConfigurations(
        of: project.id,
        through: unlisted
      )
      let inventory = ProjectInventory(project, integrations: integrations, alerts: alerts)
      if let tail, !inventory.shows(tail: tail) { return nil }
      return InventoryRow(inventory)
    } catch {
      if error.scope == .run { stop.stop(.trouble(RunError(error))) }
      return InventoryRow(project, failure: error.description)
    }
  }

  /// Adds what was asked for and no list of v2 shows; one request more for each such type.
  ///
  /// - Returns: the generation that shows it, through which the alerts are to be read too.
  private func addUnlisted(
    to integrations: inout [Integration],
    of project: ProjectID
  ) async throws(AtlasError) -> APIGeneration? {
    var result: APIGeneration?
    for type in selection.has {
      let generation = IntegrationRules.generation(for: type, chosen: .v2)
      guard generation != .v2 else { continue }
      result = generation
      if integrations.contains(where: { $0.type == type }) { continue }
      if let found = try await reader.integration(of: project, type: type) {
        integrations.append(found)
      }
    }
    return result
  }
}
