import GodwitCore
import Testing

@testable import GodwitReport

@Suite struct OperationMarksTests {
  private static func operation(
    _ event: String,
    _ id: String?,
    verb: Verb = .update,
    before: JSONObject? = nil,
    after: JSONObject? = nil
  ) -> GodwitCore.Operation {
    Operation(
      number: 1,
      verb: verb,
      target: .alert(
        AlertTarget(id: id.map { AlertConfigurationID($0) }, eventTypeName: event)
      ),
      before: before,
      body: nil,
      after: after,
      changes: [],
      grade: .withSecret,
      position: nil
    )
  }

  @Test func `alerts of one event are told apart, and others need it not`() {
    let operations = [
      Self.operation("HOST_DOWN", "65f0000000000000000000a1"),
      Self.operation("NO_PRIMARY", "65f0000000000000000000a2"),
      Self.operation("HOST_DOWN", "65f0000000000000000000a3", verb: .delete),
      Self.operation("HOST_DOWN", nil, verb: .create),
    ]
    let one = OperationMarks.marks(operations, namesIDs: true)
    #expect(one == ["…0000a1", "", "…0000a3", "new"])
    let many = OperationMarks.marks(operations, namesIDs: false)
    #expect(many == ["1 of 3", "", "2 of 3", "3 of 3"])
  }

  private static let before: JSONObject = [
    "notifications": [
      [
        "typeName": "OPS_GENIE", "notifierId": "g",
        "opsGenieApiKey": .masked(MaskedValue(tail: "77e0", length: 36)),
      ],
      ["typeName": "EMAIL", "notifierId": "e", "emailAddress": "a@b.c"],
    ]
  ]

  @Test(arguments: [nil, ["notifications": []]] as [JSONObject?])
  func `a notification that goes names the secret to have it back`(after: JSONObject?) {
    let operation = Self.operation("HOST_DOWN", "a", before: Self.before, after: after)
    #expect(operation.secretsToRestore == ["notifications[OPS_GENIE].opsGenieApiKey"])
    #expect(
      Wording.grade(of: operation, restoring: operation.secretsToRestore)
        == "can be taken back with a secret: notifications[OPS_GENIE].opsGenieApiKey"
    )
  }

  @Test func `an integration names its secrets, changed or not, and those that Atlas never shows`()
  {
    let key = JSONValue.masked(MaskedValue(tail: "9abc", length: 32))
    func restoring(_ type: IntegrationType, _ before: JSONObject) -> [String] {
      Operation(
        number: 1,
        verb: .update,
        type: type,
        before: before,
        body: nil,
        after: nil,
        changes: [FieldChange(field: "region", before: "US", after: "EU")],
        grade: .withSecret,
        position: nil
      ).secretsToRestore
    }
    #expect(restoring("DATADOG", ["apiKey": key, "region": "US"]) == ["apiKey"])
    #expect(restoring("PROMETHEUS", ["enabled": true]) == ["password"])
    #expect(restoring("SLACK", ["apiToken": key]).isEmpty)
  }
}
