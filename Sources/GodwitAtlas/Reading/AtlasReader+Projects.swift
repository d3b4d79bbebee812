public import GodwitCore

extension AtlasReader {
  /// How many pages of projects are fetched at the same time.
  private static let pagesAtOnce = 4

  /// Lends all projects that the credentials can see, page by page and in Atlas' order.
  ///
  /// Pages after the first are fetched ahead, a few at the same time. Each project comes once. A list
  /// that changes while it is read is read again (``ListReading``); projects that only a later reading
  /// shows come last. ``onUnsteadyList`` receives a list that changes every time.
  ///
  /// - Throws: ``AtlasError``, or what `page` throws.
  public func forEachProject(page: ([Project]) async throws -> Void) async throws {
    var reading = ListReading<ProjectID>()
    func lend(_ fetched: Page<Project>) async throws {
      let unseen = reading.take(fetched, id: \.id)
      if !unseen.isEmpty { try await page(unseen) }
    }
    while !reading.isDone {
      let first = try await projectPage(1)
      let pass = reading.passes
      try await lend(first)
      guard !reading.isDone, reading.passes == pass else { continue }
      let size = AtlasOperation.itemsPerPage
      // The total may be an estimate: it says how far to fetch ahead, and the links when to stop.
      let expected = max(2, ((first.totalCount ?? 0) + size - 1) / size)
      guard try await forEachPage(in: 2...expected, lend: lend) else { continue }
      while !reading.isDone, reading.passes == pass {
        try await lend(try await projectPage(reading.number))
      }
    }
    report(reading, "projects")
  }

  /// All projects that the credentials can see, in Atlas' order.
  public func projects() async throws(AtlasError) -> [Project] {
    var result: [Project] = []
    do {
      try await forEachProject { result += $0 }
    } catch {
      guard let error = error as? AtlasError else {
        throw connection.error(.cancelled, connection.request(.projects(page: 1)), attempt: 1)
      }
      throw error
    }
    return result
  }

  /// One page of the projects that the credentials can see, in Atlas' order.
  ///
  /// - Parameter number: the page, from 1.
  /// - Returns: the projects, whether there are more pages, and the number of projects on all pages
  ///   where Atlas shows it.
  /// - Throws: ``AtlasError``.
  public func projects(
    page number: Int
  ) async throws(AtlasError) -> (projects: [Project], hasNext: Bool, totalCount: Int?) {
    let page = try await projectPage(number)
    return (page.elements, page.hasNext && !page.elements.isEmpty, page.totalCount)
  }

  /// Fetches pages ahead and lends them in order.
  ///
  /// - Returns: whether the last of them said that there are more.
  private func forEachPage(
    in numbers: ClosedRange<Int>,
    lend: (Page<Project>) async throws -> Void
  ) async throws -> Bool {
    try await withThrowingTaskGroup(of: (Int, Page<Project>).self) { group in
      var fetched: [Int: Page<Project>] = [:]
      var toFetch = numbers.lowerBound
      for toLend in numbers {
        while fetched[toLend] == nil {
          while toFetch <= numbers.upperBound, toFetch < toLend + Self.pagesAtOnce {
            let number = toFetch
            group.addTask { (number, try await projectPage(number)) }
            toFetch += 1
          }
          guard let (number, page) = try await group.next() else { return false }
          fetched[number] = page
        }
        guard let page = fetched.removeValue(forKey: toLend) else { return false }
        try await lend(page)
        guard page.hasNext, !page.elements.isEmpty else {
          group.cancelAll()
          return false
        }
      }
      return true
    }
  }

  private func projectPage(_ number: Int) async throws(AtlasError) -> Page<Project> {
    try await perform(.projects(page: number)) { (answer) throws(UnreadableAnswer) in
      try Page(answer.body) { Project($0) }
    }
  }
}
