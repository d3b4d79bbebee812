public import GodwitCore

extension AtlasReader {
  /// How many pages of projects are fetched at the same time.
  private static let pagesAtOnce = 4

  /// Lends all projects that the credentials can see, page by page and in Atlas' order.
  ///
  /// Pages after the first are fetched ahead, a few at the same time. No project comes twice, even
  /// if the list moves while it is read; one that is made meanwhile may be missed.
  ///
  /// - Throws: ``AtlasError``, or what `page` throws.
  public func forEachProject(page: ([Project]) async throws -> Void) async throws {
    var seen: Set<ProjectID> = []
    func lend(_ projects: [Project]) async throws {
      let unseen = projects.filter { seen.insert($0.id).inserted }
      if !unseen.isEmpty { try await page(unseen) }
    }
    let first = try await projectPage(1)
    try await lend(first.elements)
    guard first.hasNext else { return }
    let size = AtlasOperation.itemsPerPage
    // The total may be an estimate: it says how far to fetch ahead, and the links when to stop.
    let expected = max(2, ((first.totalCount ?? 0) + size - 1) / size)
    let hasMore = try await forEachPage(in: 2...expected, lend: lend)
    guard hasMore else { return }
    var number = expected + 1
    while true {
      let next = try await projectPage(number)
      try await lend(next.elements)
      guard next.hasNext, !next.elements.isEmpty else { return }
      number += 1
    }
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
  /// - Returns: the projects, and whether there are more pages.
  /// - Throws: ``AtlasError``.
  public func projects(
    page number: Int
  ) async throws(AtlasError) -> (projects: [Project], hasNext: Bool) {
    let page = try await projectPage(number)
    return (page.elements, page.hasNext && !page.elements.isEmpty)
  }

  /// Fetches pages ahead and lends them in order.
  ///
  /// - Returns: whether the last of them said that there are more.
  private func forEachPage(
    in numbers: ClosedRange<Int>,
    lend: ([Project]) async throws -> Void
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
        try await lend(page.elements)
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
