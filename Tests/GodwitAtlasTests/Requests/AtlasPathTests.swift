import GodwitCore
import Testing

@testable import GodwitAtlas

@Suite struct AtlasPathTests {
  @Test(
    arguments: [
      ("/settings", "/groups/0123456789abcdef01234567/settings"),
      ("", "/groups/0123456789abcdef01234567"), ("/", "/groups/0123456789abcdef01234567"),
      ("/a b/ü", "/groups/0123456789abcdef01234567/a%20b/%C3%BC"),
      ("/a%20b/100%25", "/groups/0123456789abcdef01234567/a%20b/100%25"),
    ]
  )
  func `a path is relative to its project`(path: String, text: String) throws {
    #expect(try AtlasPath(path, in: Client.project, query: [:]).text == text)
  }

  @Test func `a query is encoded and in order`() throws {
    let path = try AtlasPath("/orgs", in: nil, query: ["name": "a&b=c", "itemsPerPage": "5"])
    #expect(path.text == "/orgs?itemsPerPage=5&name=a%26b%3Dc")
  }

  @Test(
    arguments: [
      "settings", "//evil.example.com", "/a//b", "/a/", "/../orgs", "/a/./b", "/%2e%2e/orgs",
      "/a?b=c", "/a#b", "/a%", "/a%zz", "/a%0d%0aHost:x", "/a\u{0}b", "https://evil.example.com/",
    ]
  )
  func `a path that would lead elsewhere is refused`(path: String) {
    #expect(throws: RefusedPath.self) { try AtlasPath(path, in: nil, query: [:]) }
  }
}
