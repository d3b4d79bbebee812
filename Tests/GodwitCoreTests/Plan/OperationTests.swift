import GodwitCore
import Testing

@Suite struct OperationTests {
  private static func operation(
    _ grade: Reversibility,
    lost: [String] = [],
    body: JSONObject? = nil
  ) -> Operation {
    Operation(
      number: 1,
      verb: .update,
      type: "WEBHOOK",
      before: nil,
      body: body,
      after: nil,
      changes: [],
      grade: grade,
      lostSecrets: lost,
      position: nil
    )
  }

  @Test func `what loses a secret or has no way back is irreversible`() {
    #expect(Self.operation(.notAtAll).isIrreversible)
    #expect(Self.operation(.withSecret, lost: ["url"]).isIrreversible)
    for grade in [Reversibility.exact, .withSecret, .byPerson] {
      #expect(!Self.operation(grade).isIrreversible)
    }
  }

  @Test func `the secrets of a body are found at every depth`() {
    func secret(_ name: String) -> JSONValue { .secret(SecretReference(name: name)) }
    let body: JSONObject = ["url": secret("a"), "new": ["x": [secret("b"), secret("a")]]]
    #expect(Self.operation(.exact, body: body).secretNames == ["a", "b"])
    #expect(Self.operation(.exact).secretNames == [])
  }
}
