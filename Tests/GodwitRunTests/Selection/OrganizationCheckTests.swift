import GodwitAtlas
import GodwitCore
import Testing

@testable import GodwitRun

@Suite struct OrganizationCheckTests {
  private static let visible = (1...12).map { number in
    Organization(id: OrganizationID("5f\(number)"), name: "Org \(number)")
  }

  private static func refusing(
    _ status: Int,
    _ code: String? = nil
  ) -> OrganizationCheck {
    OrganizationCheck { () throws(AtlasError) in
      throw AtlasError(kind: .status, status: status, errorCode: code, arrival: .refused)
    }
  }

  @Test func `without an organization in question nothing is asked`() async throws {
    let complaint = try await Self.refusing(500).complaint(about: [], isComplete: true)
    #expect(complaint == nil)
  }

  @Test func `one that is visible is empty, any other is named with some that are visible`()
    async throws
  {
    let check = OrganizationCheck { () throws(AtlasError) in Self.visible }
    #expect(try await check.complaint(about: ["5f3", "5f4"], isComplete: false) == nil)
    let complaint = try await check.complaint(about: ["5f3", "else"], isComplete: false)
    #expect(complaint?.line == "the credentials can see no organization \"else\"")
    let advice = try #require(complaint?.advice)
    #expect(advice.hasPrefix("visible: 5f1 (Org 1), 5f10 (Org 10), "))
    #expect(advice.hasSuffix(" and 2 more"))
  }

  @Test func `a name is answered with its id`() async throws {
    let check = OrganizationCheck { () throws(AtlasError) in Self.visible }
    let complaint = try await check.complaint(about: ["Org 7"], isComplete: true)
    #expect(complaint?.advice == "that is its name: give its id, 5f7")
  }

  @Test func `where organizations may not be listed, the projects tell, if all were listed`()
    async throws
  {
    let check = Self.refusing(403, "USER_UNAUTHORIZED")
    let complaint = try await check.complaint(about: ["5f1"], isComplete: true)
    #expect(complaint?.line == "none of the visible projects is in organization \"5f1\"")
    #expect(try await check.complaint(about: ["5f1"], isComplete: false) == nil)
  }

  @Test(arguments: [(500, nil), (403, "IP_ADDRESS_NOT_ON_ACCESS_LIST"), (401, nil)])
  func `any other trouble is told as it is`(status: Int, code: String?) async throws {
    await #expect(throws: AtlasError.self) {
      try await Self.refusing(status, code).complaint(about: ["5f1"], isComplete: true)
    }
  }
}
