import AtlasSimulator
import Foundation
import GodwitAtlas
import GodwitCore
import GodwitReport
import Testing

@testable import godwit

/// `godwit doctor` against a simulator with one thing wrong at a time.
@Suite struct DoctorTests {
  /// What `-o json` prints.
  private struct Document: Decodable {
    struct Finding: Decodable {
      var subject: String
      var state: String
      var summary: String
      var advice: String?
    }
    struct Organization: Decodable {
      var id: String
      var projects: Int
      var writable: Int?
      var roles: [String]?
    }
    var healthy: Bool
    var findings: [Finding]
    var organisations: [Organization]

    func finding(_ subject: String) -> Finding? { findings.first { $0.subject == subject } }
    func state(_ subject: String) -> String? { finding(subject)?.state }
  }

  private func examine(
    _ place: Workplace,
    _ environment: [String: String] = [:],
    _ more: [String] = []
  ) async throws -> (finished: Finished, document: Document) {
    let finished = try await place.start(["doctor", "-o", "json"] + more, environment: environment)
      .finished()
    return (finished, try JSONDecoder().decode(Document.self, from: Data(finished.output)))
  }

  @Test func `all is well with the owner's key, and nothing is written`() async throws {
    try await Atlas.with(projects: 12) { place, atlas in
      let (finished, document) = try await examine(place)
      expect(finished, endsWith: 0)
      #expect(document.healthy)
      #expect(document.findings.allSatisfy { $0.state == "ok" }, "\(document.findings)")
      let subjects = [
        "settings", "credentials", "server", "connection", "clock", "access", "projects", "writing",
        "access list", "reading", "limits",
      ]
      #expect(document.findings.map(\.subject) == subjects)
      let key = atlas.simulator.credentials.publicKey
      #expect(
        document.finding("credentials")?.summary
          == "API key ****\(key.suffix(4)), from the environment"
      )
      #expect(document.finding("limits")?.summary.contains("1200 requests at once") == true)
      #expect(document.organisations.reduce(0) { $0 + $1.projects } == 12)
      #expect(document.organisations.allSatisfy { $0.writable == $0.projects })
      #expect(try atlas.requests().allSatisfy { $0.method == "GET" })
      let text = try await place.godwit("doctor")
      expect(text, endsWith: 0)
      #expect(text.text.hasSuffix("Found no problems, 0 warnings.\n"))
      for word in [atlas.simulator.credentials.privateKey] {
        #expect(!finished.text.contains(word) && !text.text.contains(word))
      }
    }
  }

  @Test func `it sees the organization that commands are narrowed to`() async throws {
    try await Atlas.with(projects: 12) { place, _ in
      let (_, all) = try await examine(place)
      let one = try #require(all.organisations.first { 1..<12 ~= $0.projects })
      let (finished, document) = try await examine(place, ["MONGODB_ATLAS_ORG_ID": one.id])
      expect(finished, endsWith: 0)
      #expect(document.organisations.map(\.id) == [one.id])
      #expect(document.finding("organization")?.summary.contains("MONGODB_ATLAS_ORG_ID") == true)
      #expect(document.finding("projects")?.summary == "\(one.projects) in 1 organization")
      let (wrong, other) = try await examine(place, ["MONGODB_ATLAS_ORG_ID": "nonsense"])
      expect(wrong, endsWith: 1)
      #expect(other.finding("organization")?.state == "problem")
      #expect(other.finding("organization")?.advice?.contains(one.id) == true)
    }
  }

  @Test func `a read-only key is told to be one`() async throws {
    try await Atlas.with(projects: 5) { place, atlas in
      let (finished, document) = try await examine(place, atlas.readOnlyEnvironment)
      expect(finished, endsWith: 0)
      #expect(document.state("writing") == "warning")
      #expect(document.finding("writing")?.advice?.contains("Project Owner") == true)
      #expect(
        document.organisations.allSatisfy { $0.writable == 0 && $0.roles == ["ORG_READ_ONLY"] }
      )
    }
  }

  @Test func `a service account's roles and secret are asked of its organization`() async throws {
    try await Atlas.with(projects: 5) { place, atlas in
      let owner = atlas.environment(of: atlas.simulator.credentials.serviceAccount)
      let (finished, document) = try await examine(place, owner)
      expect(finished, endsWith: 0)
      #expect(document.state("writing") == "ok")
      #expect(document.finding("secret")?.summary.contains("for 89 days") == true)
      #expect(document.state("access list") == "unknown")
      let reader = atlas.environment(of: atlas.simulator.credentials.readOnlyServiceAccount)
      let (_, other) = try await examine(place, reader)
      // Its roles in projects are not told, so nothing is claimed.
      #expect(other.state("writing") == "unknown")
      #expect(other.healthy)
    }
  }

  @Test func `wrong credentials, half of them and none are problems with advice`() async throws {
    try await Atlas.with(projects: 2) { place, _ in
      let wrong = try await examine(place, ["MONGODB_ATLAS_PRIVATE_API_KEY": "wrong"])
      #expect(wrong.finished.status == 1)
      #expect(wrong.document.state("connection") == "ok")
      #expect(wrong.document.state("access") == "problem")
      #expect(wrong.document.finding("access")?.advice != nil)
      let half = try await examine(place, ["MONGODB_ATLAS_PRIVATE_API_KEY": ""])
      #expect(half.finished.status == 1)
      #expect(half.document.finding("credentials")?.summary.contains("is not") == true)
      let both = try await examine(place, ["MONGODB_ATLAS_ACCESS_TOKEN": "t"])
      #expect(both.document.finding("credentials")?.summary.contains("both") == true)
    }
  }

  @Test func `an account that is disabled is told`() async throws {
    try await Atlas.with(projects: 2) { place, atlas in
      let account = atlas.simulator.credentials.serviceAccount
      atlas.simulator.set(account, to: .disabled)
      let (finished, document) = try await examine(place, atlas.environment(of: account))
      #expect(finished.status == 1)
      #expect(document.finding("access")?.summary.contains("disabled") == true)
    }
  }

  @Test func `an address that is not on the access list is told as that`() async throws {
    try await Atlas.with(projects: 2, { $0.faults = [FaultRule(.accessList)] }) { place, _ in
      let (finished, document) = try await examine(place)
      #expect(finished.status == 1)
      #expect(document.state("access list") == "problem")
      #expect(document.finding("access list")?.advice?.contains("API access list") == true)
    }
  }

  @Test func `a server that is not there ends it`() async throws {
    try await Atlas.with(projects: 1) { place, _ in
      let (finished, document) = try await examine(
        place,
        ["MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:1"]
      )
      #expect(finished.status == 1)
      #expect(document.findings.last?.subject == "connection")
      #expect(document.state("connection") == "problem")
    }
  }

  @Test func `the built-in simulator is examined without any of the user's credentials`()
    async throws
  {
    try await Atlas.with(projects: 1) { place, atlas in
      let (finished, document) = try await examine(place, [:], ["--simulator"])
      expect(finished, endsWith: 0)
      #expect(document.finding("credentials")?.summary.contains("the simulator's own") == true)
      #expect(try atlas.requests().isEmpty)
    }
  }

  @Test func `settings that hold are named`() async throws {
    try await Atlas.with(projects: 1) { place, _ in
      try place.write("no-color = true", to: "godwit.toml")
      let (_, document) = try await examine(place, ["GODWIT_PARALLELISM": "3"])
      let summary = try #require(document.finding("settings")?.summary)
      for word in ["godwit.toml", "GODWIT_PARALLELISM", "MONGODB_ATLAS_BASE_URL"] {
        #expect(summary.contains(word))
      }
    }
  }

  // MARK: - Parts

  @Test(arguments: [
    (784_111_777.4, Examination.State.ok, "agrees"), (784_111_776.0, .ok, "agrees"),
    (784_111_777.0 + 29, .ok, "agrees"), (784_111_777.0 + 95, .warning, "95 s ahead"),
    (784_111_777.0 - 3600, .warning, "s behind"),
  ])
  func `a clock that is off by half a minute is told`(
    now: TimeInterval,
    state: Examination.State,
    words: String
  ) {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    let finding = ClockSkew.finding(date: date, before: now, after: now + 0.5)
    #expect(finding.state == state)
    #expect(finding.summary.contains(words), "\(finding)")
    #expect(ClockSkew.finding(date: "today", before: now, after: now).state == .unknown)
    #expect(ClockSkew.finding(date: nil, before: now, after: now).state == .unknown)
  }

  @Test func `rights are counted by organization and project`() {
    let first = OrganizationID("o1")
    let second = OrganizationID("o2")
    let projects = [("a", first), ("b", first), ("c", second)].map { id, organization in
      Project(id: ProjectID(id), name: id, organization: organization)
    }
    var standing = CredentialStanding(roles: [
      CredentialStanding.Role(organization: first, name: "ORG_MEMBER"),
      CredentialStanding.Role(project: ProjectID("a"), name: "GROUP_OWNER"),
      CredentialStanding.Role(project: ProjectID("b"), name: "GROUP_READ_ONLY"),
      CredentialStanding.Role(organization: second, name: "ORG_OWNER"),
    ])
    let organizations = [
      Organization(id: first, name: "One"), Organization(id: second, name: "Two"),
    ]
    let rights = ProjectRights(standing, organizations: organizations, projects: projects)
    #expect(rights.rows.map(\.writable) == [1, 1])
    #expect(rights.rows[0].roles == ["GROUP_OWNER", "GROUP_READ_ONLY", "ORG_MEMBER"])
    #expect(rights.finding(of: "API key").summary == "the roles allow writes in 2 of 3 projects")
    standing.hasProjectRoles = false
    let partial = ProjectRights(standing, organizations: organizations, projects: projects)
    #expect(partial.rows.map(\.writable) == [nil, 1])
    #expect(partial.finding(of: "service account").state == .unknown)
    let nothing = ProjectRights(
      CredentialStanding(),
      organizations: organizations,
      projects: projects
    )
    #expect(nothing.finding(of: "access token").state == .unknown)
    #expect(nothing.rows.allSatisfy { $0.roles == nil && $0.writable == nil })
  }
}
