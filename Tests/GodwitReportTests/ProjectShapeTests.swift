import GodwitCore
import GodwitReport
import Testing

@Suite
struct ProjectShapeTests {
  private let move = Estate.move(tail: "9abc")

  @Test
  func `the tail before and the line of the script are not part of it`() {
    var other = Estate.move(tail: "1234")
    other.position = Estate.position(99)
    #expect(ProjectShape(operations: [move]) == ProjectShape(operations: [other]))
    #expect(
      ProjectShape(operations: [move]).digest == ProjectShape(operations: [other]).digest
    )
  }

  @Test(arguments: 0..<8)
  func `anything that is done differently makes another shape`(change: Int) {
    var other = move
    switch change {
    case 0: other.verb = .create
    case 1: other.target = .integration("PAGER_DUTY")
    case 2: other.grade = .notAtAll
    case 3: other.lostSecrets = ["apiKey"]
    case 4: other.changes[0].after = "US5"
    case 5: other.changes[0].before = nil
    case 6: other.changes[0].before = .null
    default: other.body?["apiKey"] = .secret(SecretReference(name: "otherKey"))
    }
    #expect(ProjectShape(operations: [move]) != ProjectShape(operations: [other]))
    #expect(
      ProjectShape(operations: [move]).digest != ProjectShape(operations: [other]).digest
    )
  }

  @Test
  func `a string that looks like a mask is not a mask`() {
    var other = move
    other.changes[1].before = "****9abc"
    #expect(ProjectShape(operations: [move]) != ProjectShape(operations: [other]))
  }

  @Test
  func `the order of operations counts`() {
    let creation = Estate.creation()
    #expect(
      ProjectShape(operations: [move, creation]) != ProjectShape(operations: [creation, move])
    )
  }

  @Test
  func `the digest is the same in every version`() {
    #expect(ProjectShape(operations: [move]).digest == "81ab2ee20c1eb912")
    #expect(ProjectShape(operations: []).digest == "09612b07b5ecb5a5")
  }
}
