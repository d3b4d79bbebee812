import GodwitCore
import Testing

@Suite struct ProjectTests {
  @Test func `a project is read from an element of Atlas' list`() throws {
    let project = try #require(
      Project([
        "id": "65f000000000000000000001", "name": "prod", "orgId": "o", "clusterCount": 3,
        "created": "2024-01-01T00:00:00Z", "links": [],
        "tags": [["key": "env", "value": "prod"], ["key": "odd"], "nonsense", ["value": "x"]],
      ])
    )
    #expect(project.id == ProjectID("65f000000000000000000001"))
    #expect(project.organization == OrganizationID("o"))
    #expect(project.clusterCount == 3)
    #expect(project.tags == ["env": "prod", "odd": ""])
    #expect(project.variables.isEmpty)
  }

  @Test(arguments: ["id", "name", "orgId"]) func `without what names it there is none`(key: String)
  {
    var object: JSONObject = ["id": "1", "name": "a", "orgId": "o"]
    #expect(Project(object) != nil)
    object[key] = nil
    #expect(Project(object) == nil)
    object[key] = 5
    #expect(Project(object) == nil)
  }

  @Test func `an organization may be deleted and listed still`() {
    #expect(Organization(["id": "o", "name": "n"])?.isDeleted == false)
    #expect(Organization(["id": "o", "name": "n", "isDeleted": true])?.isDeleted == true)
    #expect(Organization(["id": "o"]) == nil)
  }

  static let ids: [(String, Bool)] = [
    ("65f000000000000000000001", true), ("65f00000000000000000000", false),
    ("65F000000000000000000001", false), ("65f0000000000000000000001", false),
    ("65f00000000000000000000g", false), ("", false),
  ]

  @Test(arguments: ids) func `an id has 24 hexadecimal digits`(text: String, isWellFormed: Bool) {
    #expect(ProjectID.isWellFormed(text) == isWellFormed)
  }

  @Test func `identifiers are ordered by bytes`() {
    #expect(IntegrationType("Z") < IntegrationType("a"))
    #expect(ProjectID("1") < ProjectID("2"))
    #expect(OrganizationID("1").description == "1")
  }
}
