import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct ProjectPagingTests {
  /// Serves `total` projects in pages of 500.
  private static func pages(
    of total: Int,
    count: Int?,
    shift: Int = 0
  ) -> ScriptedServer.Script {
    { request in
      let number = Int(request.target.split(separator: "=").last ?? "") ?? 0
      // Projects made meanwhile push the others to later pages.
      let start = max(0, (number - 1) * 500 - (number > 1 ? shift : 0))
      let end = min(total, start + 500)
      let items = (start..<max(start, end)).map {
        #"{"id":"\#($0)","name":"project-\#($0)","orgId":"o"}"#
      }
      let link = end < total ? #"{"rel":"next","href":"https://elsewhere.test/"}"# : ""
      let totalCount = count.map { #","totalCount":\#($0)"# } ?? ""
      let body = #"{"links":[\#(link)],"results":[\#(items.joined(separator: ","))]\#(totalCount)}"#
      return Reply.json(body).delayed(milliseconds: number % 3 * 10)
    }
  }

  @Test(arguments: [
    (0, 0), (1, 1), (499, 499), (500, 500), (501, 501), (4_321, 4_321), (4_321, nil),
    (4_321, 10), (1_200, 99_999),
  ])
  func `lists all projects in order, whatever the total says`(total: Int, count: Int?)
    async throws
  {
    try await Client.with(script: Self.pages(of: total, count: count)) { client, server in
      let projects = try await client.reader.projects()
      #expect(projects.map(\.id.text) == (0..<total).map(String.init))
      if count == total {
        #expect(server.requests.count == max(1, (total + 499) / 500))
      }
    }
  }

  @Test func `lends no project twice when the list moves`() async throws {
    try await Client.with(script: Self.pages(of: 2_100, count: 2_100, shift: 3)) { client, _ in
      let projects = try await client.reader.projects()
      #expect(Set(projects.map(\.id)).count == projects.count)
      #expect(projects.count == 2_100)
    }
  }

  @Test func `lends page by page and stops when the caller does`() async throws {
    struct Enough: Error {}
    try await Client.with(script: Self.pages(of: 50_000, count: 50_000)) { client, server in
      var pages = 0
      await #expect(throws: Enough.self) {
        try await client.reader.forEachProject { page in
          #expect(page.count == 500)
          pages += 1
          if pages == 3 { throw Enough() }
        }
      }
      #expect(server.requests.count < 12)
    }
  }

  @Test func `ends with the error of the page that failed`() async throws {
    let good = Self.pages(of: 3_000, count: 3_000)
    let script: ScriptedServer.Script = { request in
      request.target.hasSuffix("pageNum=4") ? .error(403, "FORBIDDEN") : good(request)
    }
    try await Client.with(script: script) { client, _ in
      let error = try await atlasError { try await client.reader.projects() }
      #expect(error.status == 403)
      #expect(error.path.hasSuffix("pageNum=4"))
    }
  }
}
