import AtlasSimulator
import GodwitCore
import Testing

@Suite struct ProjectListTests {
  @Test func `pages hold every project once, in the order of names`() async throws {
    try await withSimulator { client in
      var ids: [String] = []
      var names: [String] = []
      var path: String? = "/groups?itemsPerPage=15"
      var pages = 0
      while let next = path {
        let reply = try await client.get(next)
        ids += reply.results.compactMap { $0["id"]?.stringValue }
        names += reply.results.compactMap { $0["name"]?.stringValue }
        #expect(reply.json["totalCount"] == 40)
        path = reply.link("next").map { String($0.dropFirst(client.apiRoot.count)) }
        pages += 1
      }
      #expect(pages == 3)
      #expect(Set(ids).count == 40)
      #expect(ids == (try client.simulator.world.projectIDs()))
      #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
  }

  @Test func `links have the forms of recorded answers`() async throws {
    try await withSimulator { client in
      let root = "\(client.apiRoot)/groups"
      let first = try await client.get("/groups?itemsPerPage=10")
      #expect(first.link("self") == "\(root)?includeCount=true&pageNum=1&itemsPerPage=10")
      #expect(first.link("next") == "\(root)?includeCount=true&itemsPerPage=10&pageNum=2")
      #expect(first.link("previous") == nil)
      let last = try await client.get("/groups?itemsPerPage=10&pageNum=4&includeCount=false")
      #expect(last.link("next") == nil)
      #expect(last.link("previous") == "\(root)?includeCount=false&itemsPerPage=10&pageNum=3")
      #expect(last.json["totalCount"] == nil)
    }
  }

  @Test func `a page past the end is empty and leads back`() async throws {
    try await withSimulator { client in
      let reply = try await client.get("/groups?pageNum=9")
      #expect(reply.status == 200)
      #expect(reply.results.isEmpty)
      #expect(reply.link("previous") != nil)
      #expect(reply.link("next") == nil)
    }
  }

  @Test(
    arguments: [
      "itemsPerPage=0", "itemsPerPage=501", "itemsPerPage=ten", "pageNum=0", "pageNum=-1",
      "pageNum=", "includeCount=yes", "pretty=1", "envelope=TRUE",
    ]
  )
  func `a parameter out of bounds is refused by name`(query: String) async throws {
    try await withSimulator { client in
      let reply = try await client.get("/groups?\(query)")
      #expect(reply.status == 400)
      #expect(reply.errorCode == "INVALID_QUERY_PARAMETER")
      #expect(reply.parameters == [.string(String(query.prefix { $0 != "=" }))])
    }
  }

  @Test func `an envelope adds the status to lists and wraps objects and errors`() async throws {
    try await withSimulator { client in
      let list = try await client.get("/groups?envelope=true&itemsPerPage=1")
      #expect(list.json["status"] == 200)
      #expect(list.results.count == 1)
      let id = try #require(list.results[0]["id"]?.stringValue)
      let object = try await client.get("/groups/\(id)?envelope=true")
      #expect(object.json["status"] == 200)
      #expect(object.json["content"]?["id"] == .string(id))
      let error = try await client.get("/groups/\(String(repeating: "0", count: 24))?envelope=true")
      #expect(error.status == 404)
      #expect(error.json["status"] == 404)
      #expect(error.json["content"]?["errorCode"] == "GROUP_NOT_FOUND")
    }
  }

  @Test func `pretty indents and changes nothing else`() async throws {
    try await withSimulator { client in
      let plain = try await client.get("/orgs")
      let pretty = try await client.get("/orgs?pretty=true")
      #expect(!plain.text.contains("\n"))
      #expect(pretty.text.contains("\n  \"results\""))
      #expect(pretty.results.count == plain.results.count)
    }
  }

  @Test func `a project is found by its id and by its encoded name`() async throws {
    try await withSimulator({ $0.projects = 1000 }) { client in
      var all: [JSONValue] = []
      for page in [1, 2] {
        all += try await client.get("/groups?itemsPerPage=500&pageNum=\(page)").results
      }
      let odd = try #require(all.first { $0["name"]?.stringValue?.allSatisfy(\.isASCII) == false })
      let id = try #require(odd["id"]?.stringValue)
      let name = try #require(odd["name"]?.stringValue)
      let byID = try await client.get("/groups/\(id)")
      #expect(byID.json["name"] == .string(name))
      #expect((byID.json["links"]?.arrayValue ?? []).count > 1)
      let encoded = name.utf8.map { "%" + String($0, radix: 16) }.joined()
      let byName = try await client.get("/groups/byName/\(encoded)")
      #expect(byName.json["id"] == .string(id) || byName.errorCode == "MULTIPLE_GROUPS")
      let missing = try await client.get("/groups/byName/no%20such")
      #expect(missing.status == 404)
      #expect(missing.errorCode == "GROUP_NAME_NOT_FOUND")
      #expect(missing.parameters == ["no such"])
    }
  }

  @Test func `a name that two organizations use is ambiguous`() async throws {
    try await withSimulator { client in
      let all = try await client.get("/groups").results
      let names = Dictionary(grouping: all.compactMap { $0["name"]?.stringValue }) { $0 }
      let twice = try #require(names.first { $0.value.count == 2 }?.key)
      let reply = try await client.get("/groups/byName/\(twice)")
      #expect(reply.status == 409)
      #expect(reply.errorCode == "MULTIPLE_GROUPS")
    }
  }

  @Test func `organizations list their own projects, by prefix without regard to case`()
    async throws
  {
    try await withSimulator { client in
      let organizations = try await client.get("/orgs").results
      #expect((3...6).contains(organizations.count))
      var total = 0
      for organization in organizations {
        let id = try #require(organization["id"]?.stringValue)
        let projects = try await client.get("/orgs/\(id)/groups").results
        #expect(projects.allSatisfy { $0["orgId"]?.stringValue == id })
        total += projects.count
        let one = try await client.get("/orgs/\(id)")
        #expect(one.json["name"] == organization["name"])
        if let name = projects.first?["name"]?.stringValue {
          let found = try await client.get("/orgs/\(id)/groups?name=\(name.prefix(4).uppercased())")
          #expect(found.results.contains { $0["name"]?.stringValue == name })
          #expect(found.link("self")?.contains("?name=\(name.prefix(4).uppercased())&") == true)
        }
      }
      #expect(total == 40)
      let missing = try await client.get("/orgs/\(String(repeating: "a", count: 24))")
      #expect(missing.errorCode == "ORG_NOT_FOUND")
    }
  }

  @Test func `the root says for which key it answers`() async throws {
    try await withSimulator { client in
      let root = try await client.get("")
      #expect(root.json["appName"] == "MongoDB Atlas")
      let key = root.json["apiKey"]?["publicKey"]?.stringValue
      #expect(key == client.simulator.credentials.publicKey)
    }
  }
}

extension TestClient {
  var apiRoot: String { "\(simulator.baseURL)/api/atlas/v2" }
}
