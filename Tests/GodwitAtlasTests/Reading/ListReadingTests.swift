import GodwitCore
import Synchronization
import TestSupport
import Testing

@testable import GodwitAtlas

/// Lists that change while they are read.
@Suite struct ListReadingTests {
  /// Reads a list that `change` edits before each page is served.
  private static func read(
    _ list: [Int],
    pageSize: Int = 10,
    showsTotal: Bool = true,
    change: (inout [Int], _ request: Int) -> Void
  ) -> (reading: ListReading<Int>, result: [Int], requests: Int) {
    var list = list
    var reading = ListReading<Int>()
    var result: [Int] = []
    var requests = 0
    while !reading.isDone {
      requests += 1
      change(&list, requests)
      let start = min(list.count, (reading.number - 1) * pageSize)
      let page = list[start...].prefix(pageSize)
      result += reading.take(
        Array(page),
        hasNext: start + page.count < list.count,
        totalCount: showsTotal ? list.count : nil,
        id: { $0 }
      )
    }
    return (reading, result, requests)
  }

  @Test func `reads a list that stays the same once`() {
    for count in [0, 1, 9, 10, 11, 95, 100] {
      let (reading, result, requests) = Self.read(Array(0..<count)) { _, _ in }
      #expect(result == Array(0..<count))
      #expect(requests == max(1, (count + 9) / 10))
      #expect(!reading.isUnsteady && reading.passes == 1)
    }
  }

  @Test(arguments: 2...12)
  func `loses nothing when an element is deleted before any of the pages`(at request: Int) {
    let (reading, result, _) = Self.read(Array(0..<120)) { list, number in
      if number == request { list.removeFirst() }
    }
    #expect(Set(result).isSuperset(of: 1..<120))
    #expect(Set(result).count == result.count)
    #expect(reading.passes == 2 && !reading.isUnsteady)
  }

  @Test(arguments: 0..<300)
  func `loses nothing that stays in the list, whatever is deleted and added`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var next = 1000
    var touched: Set<Int> = []
    let edits = Int.random(in: 0...4, using: &random)
    var moments = Set((0..<edits).map { _ in Int.random(in: 2...14, using: &random) })
    let (reading, result, _) = Self.read(Array(0..<100)) { list, number in
      guard moments.remove(number) != nil, !list.isEmpty else { return }
      let place = Int.random(in: list.indices, using: &random)
      // An edit that keeps the total cannot be seen by it, so that each edit is of one kind.
      if Bool.random(using: &random) {
        touched.insert(list.remove(at: place))
      } else {
        list.insert(next, at: place)
        touched.insert(next)
        next += 1
      }
    }
    #expect(Set(result).count == result.count, "each comes once")
    let missing = Set(0..<100).subtracting(touched).subtracting(result)
    #expect(missing.isEmpty || reading.isUnsteady)
  }

  @Test func `says so when the list changes every time`() {
    let (reading, result, _) = Self.read(Array(0..<60)) { list, _ in list.removeFirst() }
    #expect(reading.isUnsteady && reading.passes == ListReading<Int>.passLimit)
    #expect(Set(result).count == result.count)
  }

  @Test func `takes a total for an estimate when two passes show the same`() {
    var reading = ListReading<Int>()
    var result: [Int] = []
    var requests = 0
    while !reading.isDone {
      requests += 1
      let page = reading.number == 1 ? [1, 2] : [3]
      result += reading.take(page, hasNext: reading.number == 1, totalCount: 99, id: { $0 })
    }
    #expect(result == [1, 2, 3] && requests == 4 && !reading.isUnsteady)
  }

  @Test func `notices an element that comes twice where no total is shown`() {
    let (reading, result, _) = Self.read(Array(0..<40), showsTotal: false) { list, number in
      if number == 2 { list.insert(999, at: 0) }
    }
    #expect(reading.passes == 2)
    #expect(Set(result) == Set(0..<40).union([999]))
  }

  // MARK: - Over HTTP

  /// Serves a list of 1,200 projects, alert configurations or organizations in Atlas' pages; the first
  /// element is deleted before the request of a number.
  private static func server(
    deletingBefore request: Int,
    every: Bool = false
  ) -> ScriptedServer.Script {
    let state = Mutex((list: Array(0..<1_200), requests: 0))
    return { received in
      let items = received.target.split(separator: "?").last.map(String.init) ?? ""
      let number =
        items.split(separator: "&").compactMap { word in
          word.hasPrefix("pageNum=") ? Int(word.dropFirst(8)) : nil
        }.first ?? 1
      let (page, total, hasNext) = state.withLock { state in
        state.requests += 1
        if every || state.requests == request { state.list.removeFirst() }
        let start = min(state.list.count, (number - 1) * 500)
        let page = Array(state.list[start...].prefix(500))
        return (page, state.list.count, start + page.count < state.list.count)
      }
      let texts = page.map { id in
        #"{"id":"\#(id)","name":"project-\#(id)","orgId":"o","eventTypeName":"HOST_DOWN"}"#
      }
      let link = hasNext ? #"{"rel":"next","href":"https://elsewhere.test/"}"# : ""
      return .json(
        #"{"links":[\#(link)],"results":[\#(texts.joined(separator: ","))],"totalCount":\#(total)}"#
      )
    }
  }

  @Test(arguments: 1...4)
  func `no project of 1,200 vanishes when one is deleted before any page`(request: Int)
    async throws
  {
    try await Client.with(script: Self.server(deletingBefore: request)) { client, _ in
      let unsteady = Mutex(0)
      var reader = client.reader
      reader.onUnsteadyList = { _ in unsteady.withLock { $0 += 1 } }
      let projects = try await reader.projects()
      let ids = projects.map(\.id.text)
      #expect(Set(ids).isSuperset(of: (1..<1_200).map(String.init)))
      #expect(Set(ids).count == ids.count)
      #expect(unsteady.withLock { $0 } == 0)
    }
  }

  @Test(arguments: 1...4)
  func `no alert configuration or organization vanishes either`(request: Int) async throws {
    try await Client.with(script: Self.server(deletingBefore: request)) { client, _ in
      let alerts = try await client.reader.alertConfigurations(of: ProjectID("p"))
      #expect(Set(alerts.map(\.id.text)).isSuperset(of: (1..<1_200).map(String.init)))
    }
    try await Client.with(script: Self.server(deletingBefore: request)) { client, _ in
      let organizations = try await client.reader.organizations()
      #expect(Set(organizations.map(\.id.text)).isSuperset(of: (1..<1_200).map(String.init)))
    }
  }

  @Test func `a list that changes every time is reported, or refused where a decision hangs on it`()
    async throws
  {
    try await Client.with(script: Self.server(deletingBefore: 0, every: true)) { client, _ in
      let unsteady = Mutex<[UnsteadyList]>([])
      var reader = client.reader
      reader.onUnsteadyList = { list in unsteady.withLock { $0.append(list) } }
      let projects = try await reader.projects()
      let reports = unsteady.withLock { $0 }
      #expect(reports.map(\.passes) == [3] && reports.map(\.name) == ["projects"])
      #expect(Set(projects.map(\.id)).count == projects.count)
      let error = try await atlasError {
        try await reader.alertConfigurations(of: ProjectID("p"))
      }
      #expect(error.kind == .unsteadyList && error.mayPassOnReading)
    }
  }
}
