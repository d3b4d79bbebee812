import Testing

@testable import GodwitAtlas

@Suite struct AtlasTargetTests {
  @Test(arguments: [
    ("https://cloud.mongodb.com", "https://cloud.mongodb.com"),
    ("https://Cloud.MongoDB.com/", "https://cloud.mongodb.com"),
    ("HTTPS://cloud.mongodb.com:443", "https://cloud.mongodb.com"),
    ("https://cloud.mongodb.com:8443", "https://cloud.mongodb.com:8443"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("http://localhost:80/", "http://localhost"),
    ("http://[::1]:8080", "http://[::1]:8080"),
    ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ("https://cloud.mongodb.com.", "https://cloud.mongodb.com"),
    ("https://cloud.mongodb.com.:443/", "https://cloud.mongodb.com"),
  ])
  func `takes an origin and writes it in one way`(text: String, expected: String) throws {
    #expect(try AtlasTarget(baseURL: text).baseURL == expected)
  }

  @Test(arguments: [
    "", "cloud.mongodb.com", "ftp://x", "https://", "https:///", "https://x/api/atlas/v2",
    "https://x?y", "https://x#y", "https://user:pass@x", "https://x:0", "https://x:99999",
    "https://x:", "https://x:+1", "https://a b", "https://x\r\nHost: y", "https://ü",
    "https://[::1", "https://.", "https://x..", "https://x..y", "https://.x",
    "http://cloud.mongodb.com", "http://127.0.0.1.example.com",
    "http://128.0.0.1", "http://localhost.example.com",
  ])
  func `refuses what is no origin, and plain http to another machine`(text: String) throws {
    let error = #expect(throws: AtlasError.self) { try AtlasTarget(baseURL: text) }
    #expect(error?.kind == .invalidTarget)
    #expect(error?.scope == .run)
  }

  @Test func `takes plain http to another machine if that is allowed`() throws {
    let target = try AtlasTarget(baseURL: "http://atlas.test:8080", allowHTTP: true)
    #expect(target.baseURL == "http://atlas.test:8080")
  }
}
