import GodwitCore
import Testing

@testable import GodwitReport

@Suite struct ExaminationTests {
  private var sample: Examination {
    var examination = Examination(tool: "godwit 0")
    examination.baseURL = "https://cloud.mongodb.com"
    examination.credential = "API key ****abcd"
    examination.findings = [
      Examination.Finding("clock", .ok, "this machine's clock agrees with the server's"),
      Examination.Finding("writing", .warning, "reading only", advice: "use other credentials"),
      Examination.Finding("limits", .unknown, "not told\u{1b}[2J"),
    ]
    examination.organizations = [
      Examination.OrganizationRow(
        id: OrganizationID("0a"),
        name: "Cedar",
        projects: 2,
        writable: 1,
        roles: ["GROUP_OWNER"]
      ),
      Examination.OrganizationRow(
        id: OrganizationID("0b"),
        name: "Lumen",
        projects: 3,
        writable: nil,
        roles: nil
      ),
    ]
    return examination
  }

  @Test func `text has a line for each finding, what to do, and the organizations`() {
    #expect(
      sample.text() == """
        ok       clock    this machine's clock agrees with the server's
        warning  writing  reading only
                          → use other credentials
        unknown  limits   not told\\u001b[2J

        ORGANIZATION  ID  PROJECTS  WRITABLE   ROLES
        Cedar         0a  2         1          GROUP_OWNER
        Lumen         0b  3         not known  not known

        Found no problems, 1 warning.

        """
    )
  }

  @Test func `one problem is a problem`() {
    var examination = sample
    #expect(examination.isHealthy)
    examination.findings.append(Examination.Finding("access", .problem, "refused"))
    #expect(!examination.isHealthy)
    #expect(examination.text().hasSuffix("Found 1 problem, 1 warning.\n"))
  }

  @Test func `JSON has the promised shape`() throws {
    let document = try JSONValue(parsing: Array(sample.json().utf8))
    let object = try #require(document.objectValue)
    #expect(
      object.map(\.key).sorted() == [
        "findings", "formatVersion", "healthy", "organisations", "target", "tool",
      ]
    )
    let finding = object["findings"]?.arrayValue?[1].objectValue
    #expect(finding?["state"] == "warning")
    #expect(finding?["advice"] == "use other credentials")
    let rows = object["organisations"]?.arrayValue?.compactMap(\.objectValue)
    #expect(rows?[0]["writable"] == 1)
    #expect(rows?[1]["writable"] == .null)
    #expect(object["target"]?.objectValue?["source"] == .null)
  }
}
