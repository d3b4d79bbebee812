internal import GodwitCore

/// Reads a list page by page and notices when the list changes meanwhile.
///
/// Atlas numbers pages by position: an element that is deleted from an earlier page moves all later
/// ones forward, and the first element of the next page is never shown. The pages of one pass belong
/// together when they agree on the total, repeat no element and hold as many elements as the total
/// says. A pass that does not add up is followed by another one from the first page, at most
/// ``passLimit`` in all. A pass that repeats the one before exactly is taken as it is, since the total
/// may be an estimate.
///
/// No element that any pass showed is lost, and none is given twice.
public struct ListReading<ID: Hashable & Sendable>: Sendable {
  /// How often a list is read before the reading ends as unsteady.
  public static var passLimit: Int { 3 }

  private struct Pass: Equatable {
    var pages = 0
    var ids: [ID] = []
    var totals: Set<Int> = []

    var addsUp: Bool {
      guard pages > 1 else { return true }
      guard totals.count <= 1, Set(ids).count == ids.count else { return false }
      return totals.first.map { $0 == ids.count } ?? true
    }
  }

  /// The number of the page to ask for next, from 1.
  public private(set) var number = 1
  /// Whether nothing is left to ask for.
  public private(set) var isDone = false
  /// Whether the list changed in every pass, so that an element may be missing.
  public private(set) var isUnsteady = false
  /// The number of passes that have begun.
  public private(set) var passes = 1
  private var seen: Set<ID> = []
  private var pass = Pass()
  private var previous: Pass?

  /// Starts with the first page.
  public init() {}

  /// The number of different elements so far.
  public var count: Int { seen.count }

  /// Takes the page that was asked for.
  ///
  /// - Parameters:
  ///   - elements: the page's elements, in their order.
  ///   - hasNext: whether another page follows.
  ///   - totalCount: the number of elements on all pages, where the page shows it.
  ///   - id: what tells elements apart.
  /// - Returns: the elements that no page has shown before.
  public mutating func take<Element>(
    _ elements: [Element],
    hasNext: Bool,
    totalCount: Int?,
    id: (Element) -> ID
  ) -> [Element] {
    pass.pages += 1
    pass.ids += elements.map(id)
    if let totalCount { pass.totals.insert(totalCount) }
    if hasNext, !elements.isEmpty { number += 1 } else { endPass() }
    return elements.filter { seen.insert(id($0)).inserted }
  }

  private mutating func endPass() {
    guard !pass.addsUp, pass != previous else {
      isDone = true
      return
    }
    guard passes < Self.passLimit else {
      isDone = true
      isUnsteady = true
      return
    }
    previous = pass
    pass = Pass()
    passes += 1
    number = 1
  }
}

extension ListReading {
  /// Takes a page as the client decodes it.
  mutating func take<Element>(_ page: Page<Element>, id: (Element) -> ID) -> [Element] {
    take(page.elements, hasNext: page.hasNext, totalCount: page.totalCount, id: id)
  }
}

/// A list that changed each time it was read, so that an element may be missing.
public struct UnsteadyList: Sendable, Hashable {
  /// The name of the list, for example `projects`.
  public var name: String
  /// How often it was read.
  public var passes: Int
  /// The number of different elements that were seen.
  public var count: Int

  /// Describes a list.
  public init(name: String, passes: Int, count: Int) {
    self.name = name
    self.passes = passes
    self.count = count
  }
}

extension AtlasReader {
  /// Reads a list page after page until its pages add up.
  ///
  /// - Parameters:
  ///   - operation: the request for the page of a number, from 1.
  ///   - generation: the API to read through; the chosen one unless set.
  ///   - id: what tells elements apart.
  ///   - make: reads an element; `nil` makes the answer unreadable.
  /// - Returns: every element of the list, each once, in Atlas' order.
  /// - Throws: ``AtlasError``; of kind `unsteadyList` for a list that changed every time, since a
  ///   decision made without a missing element could be wrong.
  func list<Element: Sendable, ID: Hashable & Sendable>(
    _ operation: (Int) -> AtlasOperation,
    through generation: APIGeneration? = nil,
    id: (Element) -> ID,
    make: @escaping (JSONObject) -> Element?
  ) async throws(AtlasError) -> [Element] {
    var reading = ListReading<ID>()
    var result: [Element] = []
    while !reading.isDone {
      let page = try await perform(operation(reading.number), through: generation) {
        (answer) throws(UnreadableAnswer) in
        try Page<Element>(answer.body, make)
      }
      result += reading.take(page, id: id)
    }
    guard !reading.isUnsteady else {
      let request = connection.request(operation(1), through: generation)
      throw connection.error(
        .unsteadyList,
        request,
        attempt: 1,
        detail: "read \(reading.passes) times"
      )
    }
    return result
  }

  /// Reports a list that never added up.
  func report<ID>(_ reading: ListReading<ID>, _ name: String) {
    guard reading.isUnsteady else { return }
    onUnsteadyList(UnsteadyList(name: name, passes: reading.passes, count: reading.count))
  }
}
